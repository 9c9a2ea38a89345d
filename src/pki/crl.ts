import { createVerify } from 'node:crypto';
import { toHex } from '../core/bytes.js';
import type { CertificateInfo } from '../model/certificate.js';
import { x509Of, type X509 } from './certificate.js';
import { readCriticalExtensions, type Revocation } from './crl-entries.js';
import { othersTurn, RevocationIndex, type ListedEntry } from './crl-index.js';
import { DerCursor } from './der-cursor.js';
import {
  contentsOf,
  derTag,
  malformedCertificate,
  readBitString,
  readBoolean,
  readDer,
  readOnly,
  readTime,
} from './der.js';
import { readListAddresses, readPointName } from './revocation-addresses.js';
import { revocationProblem } from './revocation-problem.js';
import { fitsScheme, signatureScheme } from './signature-algorithm.js';

/** What a full list and a delta list both say. Times are milliseconds since the epoch. */
interface ListFacts {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Grows from list to list. */
  readonly number: bigint | undefined;
  /** Entries. */
  readonly size: number;
  /** Whether the list would name this certificate of its issuer, by kind and by the address that it was found at. */
  covers(certificate: CertificateInfo, addresses: readonly string[]): boolean;
  /** DER of what the list is about, in hex; empty where it is about everything. */
  readonly scope: string;
}

/** A list of revoked certificates whose signature was verified. */
export interface RevocationList extends ListFacts {
  /** Where lists are of what has changed since (RFC 5280 §5.2.6). */
  readonly deltaAddresses: readonly string[];
  /** Microseconds, however long the list is. */
  find(certificate: CertificateInfo): Revocation | undefined;
}

/** A list of what has changed since a full one (RFC 5280 §5.2.4), whose signature was verified. */
export interface DeltaList extends ListFacts {
  /** Of the full list that it began with. */
  readonly baseNumber: bigint;
  /** `removed`: revoked no longer, whatever the full list says. */
  find(certificate: CertificateInfo): Revocation | 'removed' | undefined;
}

/**
 * Whether a delta list goes with a full one (RFC 5280 §5.2.4 and §6.3.3): of the same scope, begun no later than the full
 * one was made, and made after it.
 */
export function isDeltaOf(delta: DeltaList, full: RevocationList): boolean {
  if (full.number === undefined || delta.number === undefined) return false;
  return delta.scope === full.scope && delta.baseNumber <= full.number && full.number < delta.number;
}

/** Bytes that are hashed before others get their turn on the event loop: about 2 ms. */
const turnBytes = 1 << 20;

/**
 * Opens a certificate revocation list (RFC 5280 §5.1), keeping only an index of it. Walks it in turns, so that the
 * event loop goes on meanwhile. Whether the list is the newest, and still counts, is for the caller to judge.
 *
 * @param der - must not change meanwhile.
 * @param issuer - a CA whose path was verified.
 * @throws {MiddlewareError} ERR_VERIFY_REVOCATION_UNKNOWN for a list that is not signed by this issuer, is a delta or an
 *   indirect list, has no end, or has a critical extension that is not understood; ERR_CERT_MALFORMED.
 */
export async function openRevocationList(der: Uint8Array, issuer: CertificateInfo): Promise<RevocationList> {
  const { facts, header, index } = await openList(der, issuer, false);
  return {
    ...facts,
    deltaAddresses: header.freshest === undefined ? [] : readListAddresses(header.freshest),
    find: (certificate) => revocationIn(index.find(x509Of(certificate).serial)),
  };
}

/**
 * Opens a delta list as {@link openRevocationList} does a full one.
 *
 * @throws {MiddlewareError} likewise; ERR_VERIFY_REVOCATION_UNKNOWN for a full list, and one that tells no numbers.
 */
export async function openDeltaList(der: Uint8Array, issuer: CertificateInfo): Promise<DeltaList> {
  const { facts, header, index } = await openList(der, issuer, true);
  const { baseNumber } = header;
  if (baseNumber === undefined) throw revocationProblem('no delta list');
  return {
    ...facts,
    baseNumber,
    find: (certificate) => {
      const entry = index.find(x509Of(certificate).serial);
      return entry?.reason === 'removeFromCRL' ? 'removed' : revocationIn(entry);
    },
  };
}

/** The walker lets no other through in a full list. */
function revocationIn(entry: ListedEntry | undefined): Revocation | undefined {
  if (entry === undefined || entry.reason === 'removeFromCRL') return undefined;
  return { revokedAt: entry.revokedAt, reason: entry.reason };
}

async function openList(
  der: Uint8Array,
  issuer: CertificateInfo,
  isDelta: boolean,
): Promise<{ readonly facts: ListFacts; readonly header: Header; readonly index: RevocationIndex }> {
  const ca = x509Of(issuer);
  if (!issuer.keyUsage.includes('cRLSign')) throw revocationProblem('issuer may sign no lists');
  const outer = readOuter(der);
  await verifySignature(der, outer, ca);
  const header = readHeader(der, outer, ca);
  // A delta list is critical by the standard; one that is not marked so is still no list to find "good" in.
  if (header.baseNumber !== undefined && !isDelta) throw revocationProblem('delta list');
  const index = await RevocationIndex.build(der, header.entriesStart, header.entriesEnd, isDelta);
  const { thisUpdate, nextUpdate, scope, number } = header;
  const facts: ListFacts = {
    thisUpdate,
    nextUpdate,
    number,
    size: index.size,
    scope: scope.encoded,
    covers: ({ isCa }, addresses) =>
      (isCa ? scope.authorities : scope.users) &&
      (scope.addresses === undefined || scope.addresses.some((address) => addresses.includes(address))),
  };
  return { facts, header, index };
}

/** Places of the three parts of a CertificateList. */
interface Outer {
  readonly tbsStart: number;
  readonly tbsContents: number;
  readonly tbsEnd: number;
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
}

function readOuter(der: Uint8Array): Outer {
  const cursor = new DerCursor(der).expect(derTag.sequence, 0, der.length);
  const { contents: tbsStart, end } = cursor;
  if (end !== der.length) throw malformedCertificate('list followed by more');
  cursor.expect(derTag.sequence, tbsStart, end);
  const { contents: tbsContents, end: tbsEnd } = cursor;
  const [algorithm, signature, ...rest] = readDer(der.subarray(tbsEnd, end));
  const { bytes, unused } = readBitString(contentsOf(signature, derTag.bitString, 'signature'));
  if (algorithm === undefined || rest.length > 0 || unused > 0) throw malformedCertificate('list');
  return { tbsStart, tbsContents, tbsEnd, algorithm: algorithm.encoded, signature: bytes };
}

async function verifySignature(der: Uint8Array, outer: Outer, { publicKey }: X509): Promise<void> {
  const scheme = signatureScheme(outer.algorithm);
  if (scheme === undefined || !fitsScheme(scheme, publicKey)) throw revocationProblem('signature algorithm');
  const verifier = createVerify(scheme.digest);
  for (let offset = outer.tbsStart; offset < outer.tbsEnd; offset += turnBytes) {
    verifier.update(der.subarray(offset, Math.min(offset + turnBytes, outer.tbsEnd)));
    if (offset > outer.tbsStart) await othersTurn();
  }
  if (!verifier.verify(publicKey, outer.signature)) throw revocationProblem('signature');
}

interface Header {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly entriesStart: number;
  readonly entriesEnd: number;
  readonly number: bigint | undefined;
  readonly scope: ListScope;
  /** Of a delta list. */
  readonly baseNumber: bigint | undefined;
  /** DER, a copy: the list itself is given back. */
  readonly freshest: Uint8Array | undefined;
}

/** The TBSCertList but for its entries (RFC 5280 §5.1.2). */
function readHeader(der: Uint8Array, { tbsContents, tbsEnd, algorithm }: Outer, issuer: X509): Header {
  const cursor = new DerCursor(der);
  let offset = tbsContents;
  const take = (): Uint8Array => {
    cursor.read(offset, tbsEnd);
    const element = der.subarray(offset, cursor.end);
    offset = cursor.end;
    return element;
  };
  if (Buffer.compare(take(), Uint8Array.of(derTag.integer, 1, 1)) !== 0) throw malformedCertificate('not version 2');
  if (Buffer.compare(take(), algorithm) !== 0) throw malformedCertificate('two signature algorithms');
  if (Buffer.compare(take(), issuer.subject.encoded) !== 0) throw revocationProblem('issuer');
  const thisUpdate = readTime(readDer(take())[0]);
  const nextUpdate = readTime(readDer(take())[0]);
  const isNext = (tag: number): boolean => offset < tbsEnd && der[offset] === tag;
  const hasEntries = isNext(derTag.sequence);
  if (hasEntries) take();
  const [entriesStart, entriesEnd] = hasEntries ? [cursor.contents, cursor.end] : [0, 0];
  const extensions = isNext(0xa0) ? readOnly(take(), 0xa0, 'list extensions') : undefined;
  if (offset !== tbsEnd) throw malformedCertificate('list followed by more');
  return { thisUpdate, nextUpdate, entriesStart, entriesEnd, ...readListExtensions(extensions) };
}

/** What a list is about (RFC 5280 §5.2.5). */
interface ListScope {
  readonly users: boolean;
  readonly authorities: boolean;
  /** Of the part of a divided list, one of which the certificate must name; undefined for an undivided one. */
  readonly addresses: readonly string[] | undefined;
  /** DER in hex; empty for everything. */
  readonly encoded: string;
}

const listOid = {
  number: '2.5.29.20',
  issuingDistributionPoint: '2.5.29.28',
  delta: '2.5.29.27',
  freshest: '2.5.29.46',
} as const;

function readListExtensions(
  encoded: Uint8Array | undefined,
): Pick<Header, 'number' | 'scope' | 'baseNumber' | 'freshest'> {
  const everything: ListScope = { users: true, authorities: true, addresses: undefined, encoded: '' };
  if (encoded === undefined) {
    return { number: undefined, scope: everything, baseNumber: undefined, freshest: undefined };
  }
  const extensions = readCriticalExtensions(encoded, [listOid.number, listOid.issuingDistributionPoint, listOid.delta]);
  const number = extensions.get(listOid.number);
  const point = extensions.get(listOid.issuingDistributionPoint);
  const base = extensions.get(listOid.delta);
  const freshest = extensions.get(listOid.freshest);
  return {
    number: number && readNumber(number),
    scope: point === undefined ? everything : readScope(point),
    baseNumber: base && readNumber(base),
    freshest: freshest && Uint8Array.from(freshest),
  };
}

function readNumber(value: Uint8Array): bigint {
  const contents = readOnly(value, derTag.integer, 'list number');
  if (contents.length === 0 || contents.length > 21) throw malformedCertificate('list number');
  return BigInt(`0x${Buffer.from(contents).toString('hex')}`);
}

const scopeTag = { point: 0xa0, users: 0x81, authorities: 0x82, reasons: 0x83, indirect: 0x84, attributes: 0x85 };

/** An IssuingDistributionPoint; what it restricts beyond users, CAs and address cannot be judged here. */
function readScope(value: Uint8Array): ListScope {
  const parts = new Map(readDer(readOnly(value, derTag.sequence, 'scope')).map(({ tag, contents }) => [tag, contents]));
  const says = (tag: number): boolean => {
    const contents = parts.get(tag);
    return contents !== undefined && readBoolean(contents);
  };
  const isKnown = [...parts.keys()].every((tag) => Object.values(scopeTag).includes(tag));
  if (!isKnown || parts.has(scopeTag.reasons) || says(scopeTag.indirect) || says(scopeTag.attributes)) {
    throw revocationProblem('scope');
  }
  const point = parts.get(scopeTag.point);
  return {
    users: !says(scopeTag.authorities),
    authorities: !says(scopeTag.users),
    addresses: point && readPointName(point),
    encoded: toHex(value),
  };
}
