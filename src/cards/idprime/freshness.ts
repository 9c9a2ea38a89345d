import { MiddlewareError } from '../../core/errors.js';
import { toHex } from '../../core/bytes.js';

/** FID of cardcf, the minidriver's freshness counters. */
export const FRESHNESS_FID = 0x0202;

/**
 * bVersion, bPinsFreshness, wContainersFreshness, wFilesFreshness (Windows Smart Card Minidriver Specification 7.07,
 * CARD_CACHE_FILE_FORMAT); some cards append more.
 */
export const FRESHNESS_LENGTH = 6;

/**
 * A key that changes whenever any program has changed PINs, containers or files: what a cache is valid for.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on less than six bytes.
 */
export function parseFreshness(bytes: Uint8Array): string {
  if (bytes.length < FRESHNESS_LENGTH) {
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Freshness counters are too short', {
      fields: { file: 'cardcf', length: bytes.length },
    });
  }
  return toHex(bytes.subarray(0, FRESHNESS_LENGTH));
}
