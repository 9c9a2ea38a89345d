import type { Secret } from '../../core/secret.js';
import type { ControlEvent, ControlEvents, ControlMethod, ParamsOf, ResultOf } from '../../control-contract/methods.js';

/** The connection that a request or PIN came by. */
export interface ControlCaller {
  /** Aborted when the connection ends. */
  readonly signal: AbortSignal;
  /** Bytes that were written to it and that it has not read. */
  readonly unreadBytes: number;
  /** Pushes an event to this connection; does nothing once it has ended. */
  notify<E extends ControlEvent>(event: E, payload: ControlEvents[E]): void;
}

/** What the daemon does for each method; an absent one answers ERR_IPC_METHOD_NOT_FOUND. */
export type ControlHandlers = {
  readonly [M in ControlMethod]?: (params: ParamsOf<M>, caller: ControlCaller) => Promise<ResultOf<M>> | ResultOf<M>;
};

/** A PIN as it came in its own frame. */
export interface ReceivedPin {
  /** Hex; names the state of the prompt that it answers. */
  readonly ticket: string;
  readonly lastTryConsent: boolean;
  /** Whoever receives it wipes it. */
  readonly pin: Secret;
}

/** Takes PINs; must not throw. */
export type PinReceiver = (received: ReceivedPin, caller: ControlCaller) => void;
