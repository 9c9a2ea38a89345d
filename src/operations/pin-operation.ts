import type { PinCodeName, PinOperationName } from '../model/pin-care.js';
import type { PinReference } from '../model/pin.js';
import type { PinEntry, PinResult, PinToken, PinUse } from '../tokens/token.js';

/** The codes of one operation; each is wiped by whoever runs it. */
export type PinCodes = Readonly<Partial<Record<PinCodeName, PinEntry>>>;

/** One thing to do with a PIN. */
export interface PinOperation {
  readonly name: PinOperationName;
  /** What it asks for, in the order of typing. */
  readonly codes: readonly PinCodeName[];
  /** Whose tries a wrong code costs. */
  readonly atStake: 'PIN' | 'PUK';
  /** Throws what the token throws. */
  run(token: PinToken, reference: PinReference, codes: PinCodes, use: PinUse): Promise<PinResult>;
}

/** A code of those that the operation asks for, which whoever collected them has made sure of. */
export function codeOf(codes: PinCodes, name: PinCodeName): PinEntry {
  const code = codes[name];
  if (code === undefined) throw new TypeError(`Code ${name} is missing`);
  return code;
}
