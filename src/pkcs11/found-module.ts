import type { PinFormat } from '../model/pin.js';

/** A vendor's module that may be loaded, and what is known of it. */
export interface FoundModule {
  readonly name: string;
  /** Absolute, links followed: the file that was checked. */
  readonly path: string;
  /** `configured`: the administrator or the user names it; `usual-place`: it was simply found. */
  readonly origin: 'configured' | 'usual-place';
  /** What its tokens do not tell of their PINs. */
  readonly pinFormat: Partial<PinFormat>;
  /** Some modules claim a PIN pad that is not there. */
  readonly ignorePinPad: boolean;
  /** Whether C_WaitForSlotEvent may be called. */
  readonly slotEvents: boolean;
  /** Variables that it needs. */
  readonly environment: Readonly<Record<string, string>>;
}
