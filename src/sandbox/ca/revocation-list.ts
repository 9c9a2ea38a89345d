import { createHash } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { fromHex } from '../../core/bytes.js';
import { sequenceOf, timeOf, unsignedInteger } from '../../pki/der-writing.js';
import { freshestCrl, freshestCrlOf } from '../../pki/issue-certificate.js';
import type { Authority } from './authority.js';
import { subjectKeyOf, subjectNameOf } from './authority-parts.js';
import { enumeratedReason, type ListedCertificate } from './revocation-reason.js';
import { algorithmOf, extensionOf, signDer } from './sign-der.js';

/** What a list says. */
export interface ListContents {
  readonly revoked: readonly ListedCertificate[];
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Grows from list to list. */
  readonly number: number;
  /** Makes it a delta list, of what has changed since the full list of this number. */
  readonly baseNumber?: number;
  /** Where the delta list is that goes with this full one. */
  readonly deltaUrl?: string | undefined;
  /** DER of further list extensions, for lists that a verifier must refuse. */
  readonly extensions?: readonly Uint8Array[];
}

/** Writes and signs a certificate revocation list (RFC 5280 §5.1), full or delta (§5.2.4), DER. */
export function writeRevocationList(authority: Authority, contents: ListContents): Uint8Array {
  const { revoked, thisUpdate, nextUpdate, extensions = [] } = contents;
  const entries = revoked.map(writeEntry);
  const signedBytes = sequenceOf(
    Uint8Array.of(0x02, 1, 1),
    algorithmOf(authority.key),
    subjectNameOf(authority),
    timeOf(thisUpdate),
    timeOf(nextUpdate),
    // RFC 5280 §5.1.2.6: no empty list.
    ...(entries.length === 0 ? [] : [sequenceOf(...entries)]),
    encodeTlv(0xa0, sequenceOf(authorityKeyExtension(authority), ...numberExtensions(contents), ...extensions)),
  );
  return sequenceOf(signDer(signedBytes, authority.key));
}

function writeEntry({ serial, revokedAt, reason }: ListedCertificate): Uint8Array {
  // RFC 5280 §5.3.1: "unspecified" is said by saying nothing.
  const extensions = reason === 'unspecified' ? [] : [sequenceOf(extensionOf('2.5.29.21', enumeratedReason(reason)))];
  return sequenceOf(encodeTlv(0x02, serial), timeOf(revokedAt), ...extensions);
}

/** AuthorityKeyIdentifier: SHA-1 of the key, as the certificates of the sandbox have it (RFC 5280 §4.2.1.2, method 1). */
function authorityKeyExtension(authority: Authority): Uint8Array {
  const identifier = createHash('sha1').update(subjectKeyOf(authority)).digest();
  return extensionOf('2.5.29.35', sequenceOf(encodeTlv(0x80, identifier)));
}

/** CRLNumber, and what ties a delta list to the full one: the number of that (critical), or the address of this. */
function numberExtensions({ number, baseNumber, deltaUrl }: ListContents): readonly Uint8Array[] {
  return [
    extensionOf('2.5.29.20', integerOf(number)),
    ...(baseNumber === undefined ? [] : [extensionOf('2.5.29.27', integerOf(baseNumber), true)]),
    ...(deltaUrl === undefined ? [] : [extensionOf(freshestCrl, freshestCrlOf(deltaUrl))]),
  ];
}

const integerOf = (number: number): Uint8Array => unsignedInteger(fromHex(number.toString(16).padStart(16, '0')));
