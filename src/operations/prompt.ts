import type { Secret } from '../core/secret.js';
import type { PromptOutcome, PromptView } from '../model/prompt.js';

export type { PromptCandidate, PromptOutcome, PromptProblem, PromptView } from '../model/prompt.js';

/** What the user answers. */
export type PromptAnswer =
  | { readonly kind: 'pin'; readonly pin: Secret; readonly lastTryConsent: boolean }
  /** The PIN will be typed on the reader's keypad; `language` is that of its display. */
  | { readonly kind: 'pinPad'; readonly lastTryConsent: boolean; readonly language?: 'sv' | 'en' }
  | { readonly kind: 'choose'; readonly candidateId: string }
  /** The confirmation code as the user typed it, where it has to be typed. */
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'acknowledge' }
  /** `noSurface`: not the user's wish, but what showed the prompt has broken down, and nothing else can. */
  | { readonly kind: 'cancel'; readonly because?: 'noSurface' };

/** One open prompt: one order from beginning to end. */
export interface PromptSession {
  /**
   * Waits until the user has come to this prompt: at once where no other stands open, else when it is picked from the
   * waiting ones, which list it by `view` meanwhile. Rejects with the signal's reason.
   */
  turn(view: PromptView, signal: AbortSignal): Promise<'open' | 'cancelled'>;
  /** Shows the new state; answers to older states that are still under way are ignored by the surface. */
  show(view: PromptView): void;
  /** The next answer; rejects with the signal's reason. `cancel` also when the last surface detaches. */
  answer(signal: AbortSignal): Promise<PromptAnswer>;
  close(outcome: PromptOutcome): void;
}

/** Where prompts can be shown. */
export interface PromptSurfaces {
  /** Whether any surface is attached now. */
  readonly available: boolean;
  /** `onOpened` is called once, when the user first sees the prompt: at once, or when it is picked from the waiting ones. */
  open(promptId: string, onOpened?: () => void): PromptSession;
}
