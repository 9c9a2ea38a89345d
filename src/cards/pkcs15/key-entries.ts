import type { Tlv } from '../../core/ber-tlv.js';
import { isMiddlewareError } from '../../core/errors.js';
import { malformed, optionalNumber, setBits, tags, valueOf } from './der.js';
import type { FilePath } from './file-path.js';
import { objectValue, parseObject } from './pkcs15-object.js';

/** One key of the PrKDF or PuKDF: CommonKeyAttributes (ISO/IEC 7816-15:2016 §8.2.10) and what the kind adds. */
export interface KeyEntry {
  /** Equal to that of its certificate and of the other half of the pair. */
  readonly id: Uint8Array;
  readonly algorithm: 'rsa' | 'ec';
  readonly authId: Uint8Array | undefined;
  readonly usage: ReadonlySet<KeyUsage>;
  readonly userConsent: number;
  /** The card itself computes with it. */
  readonly native: boolean;
  readonly reference: number | undefined;
  /** The file that holds it, or the DF that it belongs to. */
  readonly file: FilePath | undefined;
}

/** KeyUsageFlags that we tell apart. */
export type KeyUsage = 'encrypt' | 'decrypt' | 'sign' | 'sign-recover' | 'unwrap' | 'non-repudiation';

/** Bit numbers of KeyUsageFlags. */
const usageBits: Readonly<Record<KeyUsage, number>> = {
  encrypt: 0,
  decrypt: 1,
  sign: 2,
  'sign-recover': 3,
  unwrap: 5,
  'non-repudiation': 9,
};
/** Ids longer than this are none (PKCS#15 v1.1 §6.1.8: at most 255). */
const MAX_ID = 255;

/**
 * Reads one entry of the PrKDF or PuKDF.
 *
 * @returns undefined for a key of a kind that we do not use.
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on an entry that makes no sense.
 */
export function parseKeyEntry(entry: Uint8Array): KeyEntry | undefined {
  const algorithm = entry[0] === tags.sequence ? 'rsa' : entry[0] === tags.constructed(0) ? 'ec' : undefined;
  if (algorithm === undefined) return undefined;
  const { classAttributes, typeAttributes, authId, userConsent } = parseObject(entry);
  const id = valueOf(classAttributes, tags.octetString);
  if (id === undefined || id.length > MAX_ID) throw malformed('key without an id');
  const bits = setBits(valueOf(classAttributes, tags.bitString));
  const usages = Object.keys(usageBits) as KeyUsage[];
  return {
    id,
    algorithm,
    authId,
    userConsent,
    usage: new Set(usages.filter((usage) => bits.has(usageBits[usage]))),
    native: valueOf(classAttributes, tags.boolean)?.[0] !== 0,
    reference: optionalNumber(classAttributes, tags.integer),
    file: fileOf(typeAttributes),
  };
}

/** A key may do without a file that we could follow. */
function fileOf(typeAttributes: readonly Tlv[]): FilePath | undefined {
  try {
    const value = objectValue(typeAttributes);
    return 'file' in value ? value.file : undefined;
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return undefined;
  }
}
