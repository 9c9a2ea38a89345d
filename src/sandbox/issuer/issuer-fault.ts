import type { IssuerFault } from '../../model/issuer-fault.js';

/** How often `retry-later` asks to come again, before it gives what was asked for. */
const putOffs = 2;

/** What is wrong with the issuer now. */
export class IssuerFaults {
  #now: IssuerFault = 'none';
  #putOff = 0;

  get now(): IssuerFault {
    return this.#now;
  }

  set(fault: IssuerFault): void {
    this.#now = fault;
    this.#putOff = 0;
  }

  /** Whether this request is put off: the first ones since `retry-later` was set. */
  putsOff(): boolean {
    if (this.#now !== 'retry-later' || this.#putOff === putOffs) return false;
    this.#putOff += 1;
    return true;
  }
}
