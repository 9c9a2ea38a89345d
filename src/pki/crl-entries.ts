/*
 * Entries of a certificate revocation list (RFC 5280 §5.1.2.6, §5.3), walked in place: a list of a million entries has
 * 40 MB, and an object an entry would cost ten times that.
 */
import { DerCursor, isSerialNumber, readSeconds } from './der-cursor.js';
import { contentsOf, derTag, malformedCertificate, readBoolean, readDer, readOid, readOnly } from './der.js';
import { revocationProblem } from './revocation-problem.js';

/** Reasons by their numbers (RFC 5280 §5.3.1). */
export const reasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

/** What an entry says: why, or, in delta lists alone, that the certificate is revoked no longer. */
export type EntryReason = NonNullable<(typeof reasons)[number]>;

/** Why a certificate was revoked. */
export type RevocationReason = Exclude<EntryReason, 'removeFromCRL'>;

/** What a list or an OCSP answer says of a revoked certificate. */
export interface Revocation {
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason: RevocationReason | undefined;
}

/** The reason that a CRLReason's contents name (RFC 5280 §5.3.1). */
export function readReason(contents: Uint8Array): RevocationReason {
  const reason = readEntryReason(contents);
  return reason === 'removeFromCRL' ? bad() : reason;
}

function readEntryReason(contents: Uint8Array): EntryReason {
  return (contents.length === 1 ? reasons[contents[0] ?? -1] : undefined) ?? bad();
}

function bad(): never {
  throw malformedCertificate('reason');
}

/** Walks over entries one after the other, and tells of the last one. Makes no object but for rare extensions. */
export class EntryWalker {
  readonly #cursor: DerCursor;
  readonly #isDelta: boolean;
  serialStart = 0;
  serialEnd = 0;
  /** Seconds since the epoch. */
  revokedAt = 0;
  reason: EntryReason | undefined;

  constructor(bytes: Uint8Array, isDelta: boolean) {
    this.#cursor = new DerCursor(bytes);
    this.#isDelta = isDelta;
  }

  /**
   * Reads the entry at `start` and returns where it ends.
   *
   * @throws {MiddlewareError} ERR_CERT_MALFORMED; ERR_VERIFY_REVOCATION_UNKNOWN for a critical extension besides the
   *   reason and the invalidity date, as an indirect list has.
   */
  read(start: number, limit: number): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    cursor.expect(derTag.sequence, start, limit);
    const { contents, end } = cursor;
    cursor.expect(derTag.integer, contents, end);
    this.serialStart = cursor.contents;
    this.serialEnd = cursor.end;
    if (!isSerialNumber(bytes, this.serialStart, this.serialEnd)) throw malformedCertificate('serial number');
    cursor.read(cursor.end, end);
    this.revokedAt = readSeconds(bytes, cursor.tag, cursor.contents, cursor.end);
    this.reason = cursor.end === end ? undefined : readReasonAt(bytes, cursor.end, end);
    if (this.reason === 'removeFromCRL' && !this.#isDelta) bad();
    return end;
  }
}

/** DER of an Extensions that holds one reason and nothing else, but for the reason itself: what most entries have. */
const reasonOnly = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];

const entryOid = { reason: '2.5.29.21', invalidityDate: '2.5.29.24' } as const;

/** The reason in the extensions of an entry; the invalidity date, which changes nothing, is only understood. */
function readReasonAt(bytes: Uint8Array, start: number, end: number): EntryReason | undefined {
  if (end - start === reasonOnly.length + 1 && isReasonOnly(bytes, start)) return reasons[bytes[end - 1] ?? 0] ?? bad();
  const extensions = readCriticalExtensions(bytes.subarray(start, end), Object.values(entryOid));
  const reason = extensions.get(entryOid.reason);
  return reason && readEntryReason(readOnly(reason, 0x0a, 'reason'));
}

function isReasonOnly(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < reasonOnly.length; at += 1) if (bytes[start + at] !== reasonOnly[at]) return false;
  return true;
}

/**
 * Extensions by OID, of a list, an entry or an OCSP answer.
 *
 * @throws {MiddlewareError} ERR_VERIFY_REVOCATION_UNKNOWN for a critical one that is not among the understood; RFC 5280
 *   §5.2 and §5.3: nothing of the list may then be used. ERR_CERT_MALFORMED, also for none and for one twice.
 */
export function readCriticalExtensions(
  encoded: Uint8Array,
  understood: readonly string[],
): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const list = readDer(readOnly(encoded, derTag.sequence, 'extensions'));
  if (list.length === 0) throw malformedCertificate('no extensions');
  for (const element of list) {
    const [type, ...rest] = readDer(contentsOf(element, derTag.sequence, 'extension'));
    const oid = readOid(contentsOf(type, derTag.oid, 'extension type'));
    const [first, value = first] = rest;
    const critical = rest.length === 2 && readBoolean(contentsOf(first, derTag.boolean, 'critical'));
    if (rest.length > 2 || found.has(oid)) throw malformedCertificate('extension');
    if (critical && !understood.includes(oid)) throw revocationProblem(`critical extension ${oid}`);
    found.set(oid, contentsOf(value, derTag.octetString, 'extension value'));
  }
  return found;
}
