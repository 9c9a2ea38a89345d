import type { ControlMethod, ParamsOf, ResultOf } from '../control-contract/methods.js';
import type { DoctorCheckName, DoctorFinding } from '../model/doctor.js';
import type { DoctorCode } from '../model/doctor-codes.js';

/** What a check found; `notTried` says why it could not be carried out here. */
export type CheckOutcome = readonly DoctorFinding<DoctorCode>[] | { readonly notTried: DoctorFinding<DoctorCode> };

/** One check over its ports. */
export interface DoctorCheck {
  readonly name: DoctorCheckName;
  /** Checks of one lane are carried out one after another, so that they do not disturb each other; all others at once. */
  readonly lane?: 'cards';
  /** Milliseconds that it may take; 10 000 when left out. */
  readonly boundMs?: number;
  /** `signal` is aborted when its time is over, or the user has had enough: nothing may be left running then. */
  run(signal: AbortSignal): Promise<CheckOutcome>;
}

/** The daemon of the instance, as a check sees it: each call is bounded, and one that hangs costs its bound only once. */
export interface DoctorDaemon {
  /**
   * @throws {MiddlewareError} ERR_IPC_DAEMON_UNREACHABLE with `reason`: absent, silent; ERR_IPC_UNAUTHORIZED and others
   *   as the client has them.
   */
  ask<M extends ControlMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
}
