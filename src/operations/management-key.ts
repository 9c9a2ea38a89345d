import { MiddlewareError } from '../core/errors.js';
import { Secret, wipeableBytes } from '../core/secret.js';

/** Of 3DES and AES keys (SP 800-78-4 table 6-1), in hex digits. */
const lengths: readonly number[] = [32, 48, 64];

/**
 * The bytes of a management key that came as hex digits, which are wiped. No string is made of it.
 *
 * @throws {MiddlewareError} ERR_CARD_MANAGEMENT_KEY with `reason` `malformed`.
 */
export function readManagementKey(digits: Secret): Secret {
  try {
    return digits.use((text) => {
      if (!lengths.includes(text.length)) throw malformed();
      const bytes = wipeableBytes(text.length / 2);
      bytes.forEach((_, index) => {
        bytes[index] = (valueOf(text[2 * index], bytes) << 4) | valueOf(text[2 * index + 1], bytes);
      });
      return Secret.moveFrom(bytes);
    });
  } finally {
    digits.wipe();
  }
}

/** Of an ASCII hex digit in either case; `halfDone` is wiped when it is none. */
function valueOf(character: number | undefined, halfDone: Uint8Array): number {
  const code = character ?? 0;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  if (letter >= 0x61 && letter <= 0x66) return letter - 0x61 + 10;
  halfDone.fill(0);
  throw malformed();
}

const malformed = (): MiddlewareError =>
  new MiddlewareError('ERR_CARD_MANAGEMENT_KEY', 'Not a management key', {
    fields: { reason: 'malformed' },
    retriable: true,
  });
