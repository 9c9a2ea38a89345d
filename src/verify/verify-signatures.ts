import { constants, createHash, verify } from 'node:crypto';
import { equalBytes } from '../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { levelUri, type CertificateInfo, type LevelUri } from '../model/certificate.js';
import type { OrderDocument } from '../model/signature.js';
import { protocol } from '../oob/protocol.js';
import { publicKeyOf, readX509, x509Of, type X509 } from '../pki/certificate.js';
import { buildPath, isSignedBy, type CertificatePath } from '../pki/path.js';
import { isSuitableForSignature } from '../pki/suitability.js';
import { askedFor, type AskedFor, type Expectations } from './expected.js';
import { malformedSignature, parseSignature, type ParsedSignature } from './parse-signature.js';
import { refusal } from './refusal.js';
import type { RevocationVerdict } from './revocation-verdict.js';

/** What an IdP knows when signatures come back. What was to be signed is read from the request object. */
export interface SignatureExpectations extends Omit<Expectations, 'origins' | 'allowUnbound'> {
  /** Personal number or HSA-id of the person who signed in before, and who must be the one that signs. */
  readonly person?: string;
}

/** Signatures that hold: who and at which level by the certificate, what by the request object that they name. */
export interface VerifiedSignatures {
  /** Personal number or HSA-id, from the certificate. */
  readonly subject: string;
  readonly level: LevelUri;
  readonly certificate: CertificateInfo;
  /** The certificate comes from a test issuer: never let it into production. */
  readonly testIssuer: boolean;
  /** What the signer was shown, by the request object. */
  readonly visibleText: string | undefined;
  /** In the order in which they were asked for. */
  readonly documents: readonly SignedDocument[];
  /** What the revocation check found; undefined when none was asked for. */
  readonly revocation: RevocationVerdict | undefined;
}

/** A document with its signature. */
export interface SignedDocument extends OrderDocument {
  /** Detached CMS signature (`application/pkcs7-signature`), DER: to be kept with the document. */
  readonly signature: Uint8Array;
  /** When the card signed: milliseconds since the epoch by the clock of the user's computer. */
  readonly signedAt: number;
}

/**
 * Verifies the answer to a request for signatures: one for each document, in their order, all by one certificate.
 * Reaches out to nothing but through `expectations.revocation`, which is asked last.
 *
 * @param signatures - base64, as they came.
 * @throws {MiddlewareError} with a code `ERR_VERIFY_…` for each refusal; `document` in its fields is the place in the
 *   list, from 0. The nonce is used up only when all signatures have been found right.
 * @throws {TypeError} when the stored request is not one of this client's for a signature.
 */
export async function verifySignatures(
  signatures: readonly string[],
  expectations: SignatureExpectations,
): Promise<VerifiedSignatures> {
  const now = expectations.now ?? Date.now();
  const asked = askedFor(expectations, 'sign');
  const given: readonly unknown[] = Array.isArray(signatures) ? signatures : [];
  if (given.length !== asked.documents.length) {
    throw refusal('ERR_VERIFY_DOCUMENT', 'number of signatures', { detail: 'count' });
  }
  const verified = asked.documents.map((document, index) =>
    withPlace(index, () => verifyOne(given[index], document, { asked, expectations, now })),
  );
  const [first] = verified;
  if (first === undefined) throw new TypeError('the stored request asks for no documents');
  const { path } = first;
  if (verified.some((one) => one.path.leaf.fingerprint !== path.leaf.fingerprint)) {
    throw refusal('ERR_VERIFY_IDENTITY', 'several signers');
  }
  const subject = checkPerson(path, asked, expectations);
  if (!(await expectations.consumeNonce(asked.nonce))) throw refusal('ERR_VERIFY_NONCE', 'nonce');
  const revocation = await expectations.revocation?.require(path, now);
  return {
    subject,
    level: levelUri(path.level),
    certificate: path.leaf,
    testIssuer: path.test,
    visibleText: asked.visibleText,
    documents: verified.map(({ document }) => document),
    revocation,
  };
}

interface Context {
  readonly asked: AskedFor;
  readonly expectations: SignatureExpectations;
  readonly now: number;
}

function verifyOne(
  base64: unknown,
  document: OrderDocument,
  context: Context,
): { readonly path: CertificatePath; readonly document: SignedDocument } {
  const der = decode(base64);
  const parsed = parseSignature(der);
  const path = verifyCertificate(parsed, context);
  if (!isSigned(parsed, path.leaf)) throw refusal('ERR_VERIFY_SIGNATURE', 'signature');
  const { messageDigest, signingTime } = parsed.attributes;
  const isDocument = parsed.digestAlgorithm === document.digestAlgorithm && equalBytes(messageDigest, document.digest);
  if (!isDocument) throw refusal('ERR_VERIFY_DOCUMENT', 'digest', { detail: 'digest' });
  checkTime(signingTime, context);
  checkRequest(parsed, context.asked);
  return { path, document: { ...document, signature: der, signedAt: signingTime } };
}

/** Strict base64: one text for one byte string. */
function decode(base64: unknown): Uint8Array {
  const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : Buffer.alloc(0);
  if (bytes.length === 0 || bytes.toString('base64') !== base64) throw malformedSignature('base64');
  return bytes;
}

function verifyCertificate(parsed: ParsedSignature, { expectations, now }: Context): CertificatePath {
  try {
    const certificates = parsed.certificates.map(readX509);
    const signer = findSigner(certificates, parsed);
    if (!fitsKey(parsed, signer.info)) throw refusal('ERR_VERIFY_ALGORITHM', 'algorithm does not fit the key');
    const path = buildPath(signer.info, expectations.policy, now);
    if (!isSuitableForSignature(path.leaf)) throw unaccepted('not-for-signatures');
    // The path is the configured one; what else was brought along is at least of the same root.
    const anchor = x509Of(path.anchor);
    const strangers = certificates.filter((one) => one !== signer && !isSignedBy(one, anchor));
    if (strangers.length > 0) throw unaccepted('stranger');
    return path;
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED', 'ERR_CERT_UNTRUSTED')) throw error;
    throw unaccepted(String(error.fields['reason'] ?? 'malformed'), error);
  }
}

const unaccepted = (reason: string, cause?: unknown) =>
  refusal('ERR_VERIFY_CERTIFICATE', 'certificate', { reason }, cause);

/** By issuer and serial number, and by what was signed of it. */
function findSigner(certificates: readonly X509[], { signer, attributes }: ParsedSignature): X509 {
  const isNamed = (one: X509, { issuer, serial }: ParsedSignature['signer']): boolean =>
    equalBytes(one.issuer.encoded, issuer) && equalBytes(one.serial, serial);
  const [found, ...others] = certificates.filter((one) => isNamed(one, signer));
  if (found === undefined || others.length > 0) throw unaccepted('not-the-signer');
  const { digestAlgorithm, digest, issuerSerial } = attributes.signingCertificate;
  const isMeant =
    equalBytes(createHash(digestAlgorithm).update(found.info.der).digest(), digest) &&
    (issuerSerial === undefined || isNamed(found, issuerSerial));
  if (!isMeant) throw unaccepted('not-the-signer');
  return found;
}

/** RSA from 2048 bits. */
function fitsKey({ scheme }: ParsedSignature, { keyType, keyBits }: CertificateInfo): boolean {
  if (keyType === 'other') return false;
  return scheme === 'ecdsa' ? keyType !== 'rsa' : keyType === 'rsa' && keyBits >= 2048;
}

function isSigned({ scheme, digestAlgorithm, toBeSigned, signature }: ParsedSignature, leaf: CertificateInfo): boolean {
  const key = publicKeyOf(leaf);
  const options =
    scheme === 'rsa-pss'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : {};
  return verify(digestAlgorithm, toBeSigned, { key, ...options }, signature);
}

/** Age is counted by the IdP's own clock; the signer's can only rule out. */
function checkTime(signingTime: number, { asked, expectations, now }: Context): void {
  const seconds = Math.floor(now / 1000);
  const { clockToleranceSeconds: tolerance } = protocol;
  const signed = signingTime / 1000;
  const claim =
    seconds - asked.issuedAt > (expectations.maxAgeSeconds ?? 660)
      ? 'age'
      : signed > seconds + tolerance || signed < asked.issuedAt - tolerance
        ? 'signing-time'
        : undefined;
  if (claim !== undefined) throw refusal('ERR_VERIFY_TIME', claim, { claim });
}

/** The text that was shown, all labels, the relying party and the nonce are what the signer signed. */
function checkRequest({ attributes }: ParsedSignature, asked: AskedFor): void {
  const { contentIdentifier } = attributes;
  const expected = Buffer.from(asked.requestHash, 'base64url');
  if (contentIdentifier === undefined || !equalBytes(contentIdentifier, expected)) {
    throw refusal('ERR_VERIFY_REQUEST', 'content-identifier');
  }
}

function checkPerson(
  { leaf, issuer, level }: CertificatePath,
  asked: AskedFor,
  { person }: SignatureExpectations,
): string {
  if (!asked.acrValues.includes(levelUri(level))) throw refusal('ERR_VERIFY_LEVEL', 'level', { level });
  const { personId } = leaf.person;
  const isExpected = [asked.user, person].every((wanted) => wanted === undefined || wanted === personId);
  if (personId === undefined || !isExpected) throw refusal('ERR_VERIFY_IDENTITY', 'person');
  if (asked.issuers.length > 0 && !asked.issuers.includes(issuer.subject)) throw unaccepted('issuer-not-asked');
  return personId;
}

/** Says of which document a refusal is. */
function withPlace<T>(document: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    const { code, message, fields } = error;
    if (!code.startsWith('ERR_VERIFY_')) throw error;
    throw new MiddlewareError(code, message, { fields: { ...fields, document }, cause: error.cause });
  }
}
