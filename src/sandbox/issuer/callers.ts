import { isMiddlewareError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { TrustPolicy } from '../../model/trust.js';
import { parseCertificate } from '../../pki/certificate.js';
import { evaluateCertificate } from '../../pki/path.js';
import { isSuitableForAuthentication } from '../../pki/suitability.js';
import type { RevocationChecker } from '../../verify/revocation-verdict.js';
import { Refusal } from './answers.js';
import type { Sessions } from './sessions.js';

/** Who asks, by a certificate that counts at this moment. */
export interface Caller {
  readonly personId: string;
  readonly certificate: CertificateInfo;
  /** The key of the certificate secured the connection; otherwise it logged in before. */
  readonly overTls: boolean;
}

/** What a request brings to tell who it comes from. */
export interface Credentials {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  /** DER of the certificate whose key the client has proved to hold. */
  readonly clientCertificate: Uint8Array | undefined;
}

/** What callers are judged by. */
export interface CallerRules {
  readonly sessions: Sessions;
  readonly policy: TrustPolicy;
  readonly revocation: RevocationChecker;
  readonly clock: Clock;
}

/** RFC 7617 §2. */
const challenge = { 'www-authenticate': 'Basic realm="kort sandbox issuer", charset="UTF-8"' };
const unauthorized = (text: string): Refusal => new Refusal(401, text, challenge);

/** Tells who asks (RFC 7030 §3.2.3 and §3.3.2): by the credential of a login, or else by a TLS certificate. @throws {Refusal} 401. */
export async function authenticate(
  { authorization, clientCertificate }: Credentials,
  rules: CallerRules,
): Promise<Caller> {
  if (authorization !== undefined) return await judge(ofCredential(authorization, rules), false, rules);
  if (clientCertificate === undefined) throw unauthorized('Log in at the session address, or show a certificate.');
  return await judge(read(clientCertificate), true, rules);
}

function ofCredential(authorization: string, { sessions }: CallerRules): CertificateInfo {
  const encoded = /^Basic ([A-Za-z0-9+/]{1,512}={0,2})$/i.exec(authorization)?.[1];
  const [, username, password] = /^([^:]*):(.*)$/.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  const certificate = username && password ? sessions.certificateOf(username, password) : undefined;
  if (certificate === undefined) throw unauthorized('This login is not known, or has ended: log in again.');
  return certificate;
}

function read(der: Uint8Array): CertificateInfo {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED')) throw error;
    throw unauthorized('The certificate of the connection cannot be read.');
  }
}

async function judge(
  certificate: CertificateInfo,
  overTls: boolean,
  { policy, revocation, clock }: CallerRules,
): Promise<Caller> {
  const now = clock.now();
  const path = evaluateCertificate(certificate, policy, now);
  const { personId } = certificate.person;
  if (!path.trusted || personId === undefined || !isSuitableForAuthentication(certificate)) {
    throw unauthorized('The certificate is not one for logins that this issuer has issued.');
  }
  if ((await revocation.check(path, now)).status !== 'good') throw unauthorized('The certificate is revoked.');
  return { personId, certificate, overTls };
}
