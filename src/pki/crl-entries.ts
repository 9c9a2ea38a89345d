/*
 * Entries of a certificate revocation list (RFC 5280 §5.1.2.6, §5.3), walked in place: a list of a million entries has
 * 40 MB, and an object an entry would cost ten times that.
 */
import { DerCursor, isSerialNumber, isTime } from './der-cursor.js';
import { contentsOf, derTag, malformedCertificate, readBoolean, readDer, readOid, readOnly, readTime } from './der.js';
import { revocationProblem } from './revocation-problem.js';

/** Reasons by their numbers (RFC 5280 §5.3.1); removeFromCRL is a word of delta lists alone. */
const reasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  undefined,
  'privilegeWithdrawn',
  'aACompromise',
] as const;

/** Why a certificate was revoked. */
export type RevocationReason = NonNullable<(typeof reasons)[number]>;

/** What a list or an OCSP answer says of a revoked certificate; times are milliseconds since the epoch. */
export interface Revocation {
  readonly revokedAt: number;
  readonly reason: RevocationReason | undefined;
  /** Since when the key is thought to be lost. */
  readonly invalidSince: number | undefined;
}

/** The reason that a CRLReason's contents name (RFC 5280 §5.3.1). */
export function readReason(contents: Uint8Array): RevocationReason {
  const reason = contents.length === 1 ? reasons[contents[0] ?? -1] : undefined;
  if (reason === undefined) throw malformedCertificate('reason');
  return reason;
}

/** Walks over entries one after the other and remembers where the last one's serial number is. */
export class EntryWalker {
  readonly #cursor: DerCursor;
  serialStart = 0;
  serialEnd = 0;

  constructor(bytes: Uint8Array) {
    this.#cursor = new DerCursor(bytes);
  }

  /**
   * Checks the entry at `start` and returns where it ends.
   *
   * @throws {MiddlewareError} ERR_CERT_MALFORMED; ERR_VERIFY_REVOCATION_UNKNOWN for a critical extension besides the
   *   reason and the invalidity date, as an indirect list has.
   */
  check(start: number, limit: number): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const { contents, end } = cursor.expect(derTag.sequence, start, limit);
    cursor.expect(derTag.integer, contents, end);
    this.serialStart = cursor.contents;
    this.serialEnd = cursor.end;
    if (!isSerialNumber(bytes, this.serialStart, this.serialEnd)) throw malformedCertificate('serial number');
    cursor.read(cursor.end, end);
    if (!isTime(bytes, cursor.tag, cursor.contents, cursor.end)) throw malformedCertificate('revocation date');
    if (cursor.end < end) checkExtensions(bytes.subarray(cursor.end, end));
    return end;
  }

  /** {@link check} for an entry that was checked before: finds the serial number, and the end. */
  skip(start: number, limit: number): number {
    const cursor = this.#cursor;
    const { contents, end } = cursor.read(start, limit);
    cursor.read(contents, end);
    this.serialStart = cursor.contents;
    this.serialEnd = cursor.end;
    return end;
  }
}

/** DER of an Extensions that holds one reason and nothing else, but for the reason itself: what most entries have. */
const reasonOnly = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];

function checkExtensions(encoded: Uint8Array): void {
  if (encoded.length === 14 && reasonOnly.every((byte, index) => encoded[index] === byte)) {
    readReason(encoded.subarray(13));
    return;
  }
  readEntryExtensions(encoded);
}

const entryOid = { reason: '2.5.29.21', invalidityDate: '2.5.29.24' } as const;

function readEntryExtensions(encoded: Uint8Array): Omit<Revocation, 'revokedAt'> {
  const extensions = readCriticalExtensions(encoded, Object.values(entryOid));
  const reason = extensions.get(entryOid.reason);
  const date = extensions.get(entryOid.invalidityDate);
  return {
    reason: reason && readReason(readOnly(reason, 0x0a, 'reason')),
    invalidSince: date && readTime(readDer(date)[0]),
  };
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

/** What an entry says that {@link EntryWalker} has checked. */
export function readEntry(bytes: Uint8Array, start: number): Revocation {
  const { contents, end } = new DerCursor(bytes).read(start, bytes.length);
  const [, date, extensions] = readDer(bytes.subarray(contents, end));
  const more = extensions && readEntryExtensions(extensions.encoded);
  return { revokedAt: readTime(date), reason: more?.reason, invalidSince: more?.invalidSince };
}
