import { createHash } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { fromHex } from '../../core/bytes.js';
import { sequenceOf, timeOf, unsignedInteger } from '../../pki/der-writing.js';
import type { Authority } from './authority.js';
import { subjectKeyOf, subjectNameOf } from './authority-parts.js';
import { enumeratedReason, type RevokedCertificate } from './revocation-reason.js';
import { algorithmOf, extensionOf, signDer } from './sign-der.js';

/** What a list says. */
export interface ListContents {
  readonly revoked: readonly RevokedCertificate[];
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Grows from list to list. */
  readonly number: number;
  /** DER of further list extensions, for lists that a verifier must refuse. */
  readonly extensions?: readonly Uint8Array[];
}

/** Writes and signs a full certificate revocation list (RFC 5280 §5.1), DER. */
export function writeRevocationList(authority: Authority, contents: ListContents): Uint8Array {
  const { revoked, thisUpdate, nextUpdate, number, extensions = [] } = contents;
  const entries = revoked.map(writeEntry);
  const signedBytes = sequenceOf(
    Uint8Array.of(0x02, 1, 1),
    algorithmOf(authority.key),
    subjectNameOf(authority),
    timeOf(thisUpdate),
    timeOf(nextUpdate),
    // RFC 5280 §5.1.2.6: no empty list.
    ...(entries.length === 0 ? [] : [sequenceOf(...entries)]),
    encodeTlv(0xa0, sequenceOf(authorityKeyExtension(authority), numberExtension(number), ...extensions)),
  );
  return sequenceOf(signDer(signedBytes, authority.key));
}

function writeEntry({ serial, revokedAt, reason }: RevokedCertificate): Uint8Array {
  // RFC 5280 §5.3.1: "unspecified" is said by saying nothing.
  const extensions = reason === 'unspecified' ? [] : [sequenceOf(extensionOf('2.5.29.21', enumeratedReason(reason)))];
  return sequenceOf(encodeTlv(0x02, serial), timeOf(revokedAt), ...extensions);
}

/** AuthorityKeyIdentifier: SHA-1 of the key, as the certificates of the sandbox have it (RFC 5280 §4.2.1.2, method 1). */
function authorityKeyExtension(authority: Authority): Uint8Array {
  const identifier = createHash('sha1').update(subjectKeyOf(authority)).digest();
  return extensionOf('2.5.29.35', sequenceOf(encodeTlv(0x80, identifier)));
}

function numberExtension(number: number): Uint8Array {
  return extensionOf('2.5.29.20', unsignedInteger(fromHex(number.toString(16).padStart(16, '0'))));
}
