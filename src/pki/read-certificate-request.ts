import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { toHex } from '../core/bytes.js';
import type { KeyType } from '../model/certificate.js';
import type { KeySpec } from '../model/key.js';
import { contentsOf, derTag, readBitString, readDer, readOnly } from './der.js';
import { readName, type DistinguishedName } from './distinguished-name.js';
import { extensionOid } from './extensions.js';
import { isSignedBytes, signatureScheme } from './signature-algorithm.js';
import { loadX509Library } from './x509-library.js';

/** A certification request whose signature was verified: whoever sent it, or sent it on, holds the key. */
export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly keyType: KeyType;
  /** Undefined for an RSA key of a size that no card makes. */
  readonly keySpec: KeySpec | undefined;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** The extension's value that it asks for, DER. */
  readonly subjectAltName: Uint8Array | undefined;
  /** challengePassword (RFC 2985 §5.4.1), by which a request may be tied to a TLS connection (RFC 7030 §3.5). */
  readonly challengePassword: string | undefined;
}

/** Why a request is refused: it cannot be read, its signature does not hold, or its key is of a kind that we do not know. */
export type RequestProblem = 'malformed' | 'signature' | 'key';

const maxRequestBytes = 16_384;
const challengePasswordOid = '1.2.840.113549.1.9.7';

/**
 * Reads a PKCS #10 request (RFC 2986 §4.2, DER) and verifies the proof of possession in it.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED with a {@link RequestProblem} as `reason`.
 */
export async function readCertificateRequest(der: Uint8Array): Promise<CertificateRequest> {
  const x509 = await loadX509Library();
  try {
    const signed = readSigned(der);
    const request = new x509.Pkcs10CertificateRequest(Uint8Array.from(der));
    const spki = new Uint8Array(request.publicKey.rawData);
    const publicKey = readKey(spki);
    const facts = factsOf(publicKey);
    const scheme = signatureScheme(signed.algorithm);
    if (scheme === undefined || !isSignedBytes(scheme, publicKey, signed.bytes, signed.signature)) {
      throw problem('signature');
    }
    const altName = request.getExtension(extensionOid.subjectAltName);
    const [challenge] = request.getAttribute(challengePasswordOid)?.values ?? [];
    return {
      ...facts,
      subject: readName(readDer(new Uint8Array(request.subjectName.toArrayBuffer()))[0]),
      publicKey,
      spkiSha256: toHex(createHash('sha256').update(spki).digest()),
      subjectAltName: altName === null ? undefined : new Uint8Array(altName.value),
      challengePassword: challenge === undefined ? undefined : textOf(new Uint8Array(challenge)),
    };
  } catch (error) {
    if (isMiddlewareError(error) && error.fields['reason'] !== undefined) throw error;
    throw problem('malformed', error);
  }
}

const problem = (reason: RequestProblem, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_CERT_MALFORMED', `Certification request: ${reason}`, { fields: { reason }, cause });

/** The three parts of a request: strict DER, since what is signed is its bytes. */
function readSigned(der: Uint8Array) {
  if (der.length > maxRequestBytes) throw problem('malformed');
  const [info, algorithm, signature, ...rest] = readDer(readOnly(der, derTag.sequence, 'request'));
  const { bytes, unused } = readBitString(contentsOf(signature, derTag.bitString, 'signature'));
  if (info === undefined || algorithm === undefined || rest.length > 0 || unused > 0) throw problem('malformed');
  return { bytes: info.encoded, algorithm: algorithm.encoded, signature: bytes };
}

function readKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch (error) {
    throw problem('key', error);
  }
}

const rsaSizes = [2048, 3072, 4096] as const;

function factsOf(key: KeyObject): Pick<CertificateRequest, 'keyType' | 'keySpec'> {
  const { modulusLength, namedCurve, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (namedCurve === 'prime256v1') return { keyType: 'ec-p256', keySpec: 'ec-p256' };
  if (namedCurve === 'secp384r1') return { keyType: 'ec-p384', keySpec: 'ec-p384' };
  // Smaller exponents have broken padding checks before (FIPS 186-5 §A.1.1 wants more than 2^16).
  if (key.asymmetricKeyType !== 'rsa' || publicExponent === undefined || publicExponent < 65_537n) throw problem('key');
  const size = rsaSizes.find((known) => known === modulusLength);
  return { keyType: 'rsa', keySpec: size === undefined ? undefined : `rsa-${size}` };
}

/** DirectoryString or IA5String: what is compared is ASCII. */
function textOf(encoded: Uint8Array): string {
  return Buffer.from(readDer(encoded)[0]?.contents ?? []).toString('latin1');
}
