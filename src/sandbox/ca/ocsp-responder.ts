import { createHash } from 'node:crypto';
import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, toHex } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';
import { contentsOf, derTag, readDer, readOid, readOnly, type DerElement } from '../../pki/der.js';
import { oidOf, octetString, sequenceOf } from '../../pki/der-writing.js';
import { issueCertificate } from '../../pki/issue-certificate.js';
import { generateIssuingKey, type IssuingKey } from '../../pki/issuing-key.js';
import type { Authority } from './authority.js';
import { subjectKeyOf, subjectNameOf } from './authority-parts.js';
import { enumeratedReason, type RevokedCertificate } from './revocation-reason.js';
import { extensionOf, generalizedTime, signDer } from './sign-der.js';

/** What a responder answers from. */
export interface OcspBook {
  readonly authorities: readonly Authority[];
  /** Undefined for a certificate that is not revoked. */
  readonly revoked: (authority: Authority, serial: Uint8Array) => RevokedCertificate | undefined;
}

/** Names of OCSPResponseStatus (RFC 6960 §4.2.1). */
const refusals = { malformedRequest: 1, unauthorized: 6 } as const;

/** OIDs of RFC 6960 §4.2.1 and RFC 8954 §2.1, and of the hashes that a request may name its issuer by. */
const basicResponse = '1.3.6.1.5.5.7.48.1.1';
const nonceExtension = '1.3.6.1.5.5.7.48.1.2';
const hashes: Readonly<Record<string, string>> = { '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.1': 'sha256' };

/** How long an answer counts: short, so that what is revoked by hand is seen soon. */
const answerMs = 60_000;
const day = 86_400_000;

/** A delegate's key and certificate. */
interface Delegate {
  readonly key: IssuingKey;
  readonly certificate: Uint8Array;
}

/** The OCSP responder of all CAs of a sandbox (RFC 6960); answers are signed by a delegate of the CA that is asked about. */
export class OcspResponder {
  readonly #book: OcspBook;
  readonly #now: () => number;
  /** Made when first needed, since writing a certificate loads much. */
  readonly #delegates = new Map<Authority, Promise<Delegate>>();

  constructor(book: OcspBook, now: () => number) {
    this.#book = book;
    this.#now = now;
  }

  /** The DER response to a DER request; one that cannot be answered gets the response that says so. */
  async respond(request: Uint8Array): Promise<Uint8Array> {
    let asked: Asked;
    try {
      asked = readRequest(request);
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED')) throw error;
      return refuse('malformedRequest');
    }
    const [first] = asked.ids;
    const authority = first && this.#book.authorities.find((candidate) => isAbout(first, candidate));
    if (!authority || !asked.ids.every((id) => isAbout(id, authority))) return refuse('unauthorized');
    const delegate = await (this.#delegates.get(authority) ?? this.#newDelegate(authority));
    return this.#sign(authority, delegate, asked);
  }

  #newDelegate(authority: Authority): Promise<Delegate> {
    const made = makeDelegate(authority, this.#now());
    this.#delegates.set(authority, made);
    return made;
  }

  #sign(authority: Authority, { key, certificate }: Delegate, { ids, nonce }: Asked): Uint8Array {
    const now = this.#now();
    const answers = ids.map(({ encoded, serial }) =>
      sequenceOf(
        encoded,
        statusOf(this.#book.revoked(authority, serial)),
        generalizedTime(now),
        encodeTlv(0xa0, generalizedTime(now + answerMs)),
      ),
    );
    const keyHash = createHash('sha1')
      .update(subjectKeyOf({ ...authority, key }))
      .digest();
    const signedBytes = sequenceOf(
      encodeTlv(0xa2, octetString(keyHash)),
      generalizedTime(now),
      sequenceOf(...answers),
      ...(nonce === undefined ? [] : [encodeTlv(0xa1, sequenceOf(extensionOf(nonceExtension, nonce)))]),
    );
    const basic = sequenceOf(signDer(signedBytes, key), encodeTlv(0xa0, sequenceOf(certificate)));
    return sequenceOf(Uint8Array.of(0x0a, 1, 0), encodeTlv(0xa0, sequenceOf(oidOf(basicResponse), octetString(basic))));
  }
}

const refuse = (why: keyof typeof refusals): Uint8Array => sequenceOf(Uint8Array.of(0x0a, 1, refusals[why]));

function statusOf(revoked: RevokedCertificate | undefined): Uint8Array {
  if (revoked === undefined) return Uint8Array.of(0x80, 0);
  const reason = revoked.reason === 'unspecified' ? [] : [encodeTlv(0xa0, enumeratedReason(revoked.reason))];
  return encodeTlv(0xa1, concatBytes(generalizedTime(revoked.revokedAt), ...reason));
}

/** RFC 6960 §4.2.2.2: for OCSP alone, and, by id-pkix-ocsp-nocheck, not to be checked itself. */
async function makeDelegate(authority: Authority, now: number): Promise<Delegate> {
  const key = await generateIssuingKey('ec-p256');
  const certificate = await issueCertificate({
    subject: [
      ['C', 'SE'],
      ['CN', 'TEST OCSP responder'],
    ],
    issuer: authority.subject,
    subjectKey: key,
    issuerKey: authority.key,
    notBefore: now - day,
    notAfter: now + 365 * day,
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.9'],
    ocspNoCheck: true,
  });
  return { key, certificate };
}

/** What a request asks (RFC 6960 §4.1.1). */
interface Asked {
  readonly ids: readonly AskedId[];
  /** DER of the nonce's value. */
  readonly nonce: Uint8Array | undefined;
}

interface AskedId {
  readonly encoded: Uint8Array;
  readonly hash: string | undefined;
  readonly nameHash: Uint8Array;
  readonly keyHash: Uint8Array;
  readonly serial: Uint8Array;
}

function readRequest(request: Uint8Array): Asked {
  const [body] = readDer(readOnly(request, derTag.sequence, 'OCSP request'));
  const parts = readDer(contentsOf(body, derTag.sequence, 'OCSP request'));
  // An optional version and the name of whoever asks come before; nobody here looks at them.
  const list = parts.find(({ tag }) => tag === derTag.sequence);
  const ids = readDer(contentsOf(list, derTag.sequence, 'requests')).map(readId);
  return { ids, nonce: readNonce(parts.find(({ tag }) => tag === 0xa2)) };
}

function readId(element: DerElement): AskedId {
  const [id] = readDer(contentsOf(element, derTag.sequence, 'request'));
  const [algorithm, name, key, serial] = readDer(contentsOf(id, derTag.sequence, 'certificate id'));
  const [oid] = readDer(contentsOf(algorithm, derTag.sequence, 'hash algorithm'));
  return {
    encoded: id?.encoded ?? new Uint8Array(),
    hash: hashes[readOid(contentsOf(oid, derTag.oid, 'hash algorithm'))],
    nameHash: contentsOf(name, derTag.octetString, 'name hash'),
    keyHash: contentsOf(key, derTag.octetString, 'key hash'),
    serial: contentsOf(serial, derTag.integer, 'serial number'),
  };
}

function readNonce(element: DerElement | undefined): Uint8Array | undefined {
  if (element === undefined) return undefined;
  const found = readDer(readOnly(element.contents, derTag.sequence, 'extensions')).find((extension) => {
    const [type] = readDer(contentsOf(extension, derTag.sequence, 'extension'));
    return toHex(type?.encoded ?? new Uint8Array()) === toHex(oidOf(nonceExtension));
  });
  return found && contentsOf(readDer(found.contents).at(-1), derTag.octetString, 'nonce');
}

function isAbout({ hash, nameHash, keyHash }: AskedId, authority: Authority): boolean {
  if (hash === undefined) return false;
  const of = (bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest();
  return equalBytes(nameHash, of(subjectNameOf(authority))) && equalBytes(keyHash, of(subjectKeyOf(authority)));
}
