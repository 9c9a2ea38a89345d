import { toHex } from '../../core/bytes.js';
import { announcesExtendedLength, compactTlvs, historicalBytes } from '../../iso7816/answer-to-reset.js';

/** What the answer to reset hints at. It never decides whether a card speaks PIV: SELECT does. */
export interface PivHint {
  readonly isPiv: boolean;
  readonly isYubiKey: boolean;
  readonly extendedLength: boolean;
}

/** `YubiKey`, `Yubikey4`, `YubikeyNEOr3`. */
const YUBIKEY = /Yubi[Kk]ey/;
/** Application identifier in historical bytes: NIST's, PIV (SP 800-73-4 part 1 §2.2). */
const PIV_APPLICATION = 'a000000308';
const APPLICATION_IDENTIFIER = 0xf;

/** Reads an ATR. */
export function readAtrHint(atr: Uint8Array): PivHint {
  const historical = historicalBytes(atr);
  const isYubiKey = YUBIKEY.test(Buffer.from(historical).toString('latin1'));
  const application = compactTlvs(historical).get(APPLICATION_IDENTIFIER) ?? new Uint8Array();
  return {
    isYubiKey,
    isPiv: isYubiKey || toHex(application).startsWith(PIV_APPLICATION),
    extendedLength: announcesExtendedLength(atr),
  };
}
