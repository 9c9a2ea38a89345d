import type { SurfaceKind } from '../model/surface.js';
import type { PromptCandidate, PromptOutcome, PromptProblem, PromptUnfit, PromptView } from '../model/prompt.js';

/** The JSON form of a type: what may be undefined may be absent. */
type Jsonable<T> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: T[K] | undefined;
};

/** A candidate as it crosses the socket. */
export type WireCandidate = Jsonable<PromptCandidate>;

/** A certificate that does not fit, as it crosses the socket. */
export type WireUnfit = Jsonable<PromptUnfit>;

/** A prompt as it crosses the socket. */
export type WirePrompt = Jsonable<Omit<PromptView, 'candidates' | 'unfit' | 'problem'>> & {
  readonly candidates: readonly WireCandidate[];
  readonly unfit: readonly WireUnfit[];
  readonly problem?: PromptProblem | undefined;
  /**
   * 16 random bytes in hex that name this state of the prompt: every answer carries it, so that one that was meant for
   * an earlier state is refused.
   */
  readonly ticket: string;
};

/** An order whose prompt opens when the user picks it. */
export interface WaitingPrompt {
  readonly promptId: string;
  readonly relyingParty: PromptView['relyingParty'];
  readonly purpose: PromptView['purpose'];
  readonly launcher: PromptView['launcher'];
  readonly origin?: string | undefined;
  readonly own?: PromptView['own'] | undefined;
}

/** Where prompts come to. */
export interface PromptPlace {
  readonly here: boolean;
  /** Of the surface that has them. */
  readonly kind: SurfaceKind;
  /** What is asked there now; absent where prompts come here, and while nothing is asked. */
  readonly question?: WaitingPrompt | undefined;
}

/** What a surface that attaches finds. */
export interface PromptOverview {
  readonly place: PromptPlace;
  /** The user's personal phrase, to be shown with every prompt. */
  readonly phrase?: string | undefined;
  /** Where prompts come here, the one that stands open. */
  readonly current?: WirePrompt | undefined;
  readonly waiting: readonly WaitingPrompt[];
}

/** A prompt that has ended. */
export interface ClosedPrompt {
  readonly promptId: string;
  readonly outcome: PromptOutcome;
}

/** Why a PIN frame was wiped and not used. */
export interface RefusedPin {
  readonly ticket: string;
  /**
   * `deaf`: too soon after the prompt came here; `late`: not the state that stands open now; `elsewhere`: another
   * surface has the prompt; `detached`: no surface.
   */
  readonly reason: 'deaf' | 'late' | 'elsewhere' | 'detached';
}
