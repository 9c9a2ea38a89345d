import { gunzipSync } from 'node:zlib';
import { encodeTlv, parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';

/*
 * The contents of a certificate's data object: 70 certificate, 71 CertInfo, 72 MSCUID, optional, FE error detection
 * code, empty; SP 800-73-4 part 1 appendix A, tables 10 and following. MSCUID, which names a container for Microsoft's
 * drivers, holds the id of a key that we made. An object whose certificate is empty keeps a slot that has none (yet):
 * other programs take it for a slot without a certificate.
 */
const CERTIFICATE = 0x70;
const CERT_INFO = 0x71;
const MSCUID = 0x72;
/** Ours alone: makes the object of a slot that is kept as long as its certificate may become. */
const FILLING = 0xc0;
const ERROR_DETECTION = 0xfe;
/** CertInfo says gzip by bit 1; cards from before SP 800-73-3 used bit 8. */
const COMPRESSED = 0x81;
/** What a certificate may inflate to: far more than any, far less than a bomb. */
const MAX_CERTIFICATE = 0xffff;

const malformed = (what: string, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_CARD_RESPONSE', `Malformed certificate object: ${what}`, { cause });

/**
 * The DER of the certificate in a data object.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on anything else, also one that inflates to more than 65 535 bytes.
 */
export function parseCertificateObject(contents: Uint8Array): Uint8Array {
  const parts = parseTlvs(contents);
  const stored = parts.find(({ tag }) => tag === CERTIFICATE)?.value;
  if (stored === undefined) throw malformed('no certificate');
  const info = parts.find(({ tag }) => tag === CERT_INFO)?.value[0] ?? 0;
  const der = (info & COMPRESSED) === 0 ? stored.slice() : inflate(stored);
  const [sequence, ...others] = parseTlvs(der);
  if (sequence?.tag !== 0x30 || others.length > 0) throw malformed('not one SEQUENCE');
  return der;
}

/**
 * The contents of a data object with this certificate, not compressed: every program can read that.
 *
 * @param keyId - of a key that was made with one.
 */
export function encodeCertificateObject(der: Uint8Array, keyId?: Uint8Array): Uint8Array {
  return concatBytes(
    encodeTlv(CERTIFICATE, der),
    encodeTlv(CERT_INFO, Uint8Array.of(0x00)),
    ...(keyId === undefined ? [] : [encodeTlv(MSCUID, keyId)]),
    encodeTlv(ERROR_DETECTION, new Uint8Array()),
  );
}

/** Ids of keys have so many bytes. */
const KEY_ID = 16;
/** Stands for the key of a slot whose holder has given it up and that the card could not delete. */
export const NO_KEY_ID: Uint8Array = new Uint8Array(KEY_ID);

/** The contents of the object of a slot that is kept for a key, as long as with a certificate of so many bytes. */
export function encodeKeptSlot(keyId: Uint8Array, certificateBytes: number): Uint8Array {
  const filling = certificateBytes === 0 ? [] : [encodeTlv(FILLING, new Uint8Array(certificateBytes))];
  return concatBytes(encodeCertificateObject(new Uint8Array(), keyId), ...filling);
}

const keptSlotStart = encodeKeptSlot(NO_KEY_ID, 0).subarray(0, -2 - KEY_ID);
/** Bytes from the beginning of the contents that tell whether a slot is kept, and for which key. */
export const KEPT_SLOT_HEAD: number = keptSlotStart.length + KEY_ID;

/** The id of the key that a slot without a certificate is kept for, from the beginning of its object's contents. */
export function keptFor(contents: Uint8Array): Uint8Array | undefined {
  if (contents.length < KEPT_SLOT_HEAD) return undefined;
  const isKept = equalBytes(contents.subarray(0, keptSlotStart.length), keptSlotStart);
  return isKept ? contents.slice(keptSlotStart.length, KEPT_SLOT_HEAD) : undefined;
}

/** The key id that stands beside a certificate. Never throws. */
export function keyIdOf(contents: Uint8Array): Uint8Array | undefined {
  try {
    const id = parseTlvs(contents).find(({ tag }) => tag === MSCUID)?.value;
    return id?.length === KEY_ID ? id.slice() : undefined;
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return undefined;
  }
}

function inflate(stored: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(gunzipSync(stored, { maxOutputLength: MAX_CERTIFICATE }));
  } catch (cause) {
    throw malformed('compressed data', cause);
  }
}
