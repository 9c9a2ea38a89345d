import { isMiddlewareError } from '../core/errors.js';
import { levelUri, type CertificateInfo, type LevelUri } from '../model/certificate.js';
import { protocol } from '../oob/protocol.js';
import { parseCertificate } from '../pki/certificate.js';
import { buildPath, type CertificatePath } from '../pki/path.js';
import { isSuitableForAuthentication } from '../pki/suitability.js';
import { askedFor, type AskedFor, type Expectations } from './expected.js';
import { parseAssertion, type AssertionClaims, type ParsedAssertion } from './parse-assertion.js';
import { refusal } from './refusal.js';
import type { RemovalJwk } from './removal-jwk.js';
import type { RevocationVerdict } from './revocation-verdict.js';
import { fitsKey, isSignedWith } from './signature.js';

/** A login that holds: who and at which level by the certificate, the rest by the word of the user's own computer. */
export interface VerifiedLogin {
  /** Personal number or HSA-id, from the certificate. */
  readonly subject: string;
  readonly level: LevelUri;
  readonly certificate: CertificateInfo;
  /** The certificate comes from a test issuer: never let it into production. */
  readonly testIssuer: boolean;
  readonly launcher: string;
  readonly origin: string | undefined;
  /** By the user's computer. */
  readonly amr: readonly string[];
  /** When the card signed: milliseconds since the epoch by the clock of the user's computer. */
  readonly authTime: number;
  /** `jti` of the assertion; `sid` of the message that the card was removed. */
  readonly orderId: string;
  /** False only where `allowUnbound` took it: no browser brought it back. */
  readonly bound: boolean;
  /** Keep it with `orderId`: it verifies the message that the card was removed. */
  readonly removalJwk: RemovalJwk | undefined;
  /** What the revocation check found; undefined when none was asked for. */
  readonly revocation: RevocationVerdict | undefined;
}

/**
 * Verifies the answer to a request object. Reaches out to nothing but through `expectations.revocation`, which is asked
 * last.
 *
 * @throws {MiddlewareError} with a code `ERR_VERIFY_…` for each refusal. The nonce is used up only when signature,
 *   audience and request have been found right.
 * @throws {TypeError} when the stored request is not one of this client's for a login.
 */
export async function verifyAssertion(assertion: string, expectations: Expectations): Promise<VerifiedLogin> {
  const now = expectations.now ?? Date.now();
  const asked = askedFor(expectations, 'auth');
  const parsed = parseAssertion(assertion);
  const path = verifyCertificate(parsed, expectations, now);
  if (!isSignedWith(path.leaf, parsed.algorithm, parsed.signingInput, parsed.signature)) {
    throw refusal('ERR_VERIFY_SIGNATURE', 'signature');
  }
  const { claims } = parsed;
  checkAddressee(claims, expectations, asked);
  await checkNonce(claims, expectations, asked);
  checkLaunch(claims, expectations, asked);
  checkTimes(claims, asked, expectations, now);
  checkPerson(claims, path, asked);
  const revocation = await expectations.revocation?.require(path, now);
  return {
    subject: claims.sub,
    level: levelUri(path.level),
    certificate: path.leaf,
    testIssuer: path.test,
    launcher: claims.launcher,
    origin: claims.origin,
    amr: claims.amr,
    authTime: claims.auth_time * 1000,
    orderId: claims.jti,
    bound: claims.bound,
    removalJwk: claims.removal_jwk,
    revocation,
  };
}

/** Key, path and suitability of the leaf. Of `x5c` only the leaf counts: the rest of the path is the configured one. */
function verifyCertificate(
  { algorithm, chain }: ParsedAssertion,
  { policy }: Expectations,
  now: number,
): CertificatePath {
  try {
    const leaf = parseCertificate(chain[0]);
    if (!fitsKey(algorithm, leaf)) throw refusal('ERR_VERIFY_ALGORITHM', 'alg does not fit the key');
    const path = buildPath(leaf, policy, now);
    if (!isSuitableForAuthentication(path.leaf)) {
      throw refusal('ERR_VERIFY_CERTIFICATE', 'not for authentication', { reason: 'not-for-authentication' });
    }
    return path;
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED', 'ERR_CERT_UNTRUSTED')) throw error;
    const reason = error.fields['reason'] ?? 'malformed';
    throw refusal('ERR_VERIFY_CERTIFICATE', 'certificate', { reason }, error);
  }
}

function checkAddressee(claims: AssertionClaims, { clientId }: Expectations, asked: AskedFor): void {
  if (claims.iss !== protocol.assertionIssuer) throw refusal('ERR_VERIFY_MALFORMED', 'iss', { detail: 'iss' });
  if (claims.aud !== clientId) throw refusal('ERR_VERIFY_AUDIENCE', 'aud');
  if (claims.request_hash !== asked.requestHash) throw refusal('ERR_VERIFY_REQUEST', 'request_hash');
}

async function checkNonce(claims: AssertionClaims, { consumeNonce }: Expectations, asked: AskedFor): Promise<void> {
  if (claims.nonce !== asked.nonce || !(await consumeNonce(claims.nonce))) throw refusal('ERR_VERIFY_NONCE', 'nonce');
}

/** Launchers whose browser proves the origin: by Origin, or by Referer. */
const withOrigin: readonly string[] = ['page', 'redirect'];

function checkLaunch(claims: AssertionClaims, expectations: Expectations, asked: AskedFor): void {
  if (!asked.launchers.includes(claims.launcher)) throw refusal('ERR_VERIFY_LAUNCHER', 'launcher');
  const mayBeUnbound = expectations.allowUnbound === true && claims.launcher === 'scheme';
  if (!claims.bound && !mayBeUnbound) throw refusal('ERR_VERIFY_UNBOUND', 'not bound');
  const { origin } = claims;
  const right = withOrigin.includes(claims.launcher)
    ? origin !== undefined && expectations.origins.includes(origin)
    : origin === undefined;
  if (!right) throw refusal('ERR_VERIFY_ORIGIN', 'origin');
}

/** Age is counted by the IdP's own clock; the times of the user's computer can only rule out. */
function checkTimes(claims: AssertionClaims, asked: AskedFor, expectations: Expectations, now: number): void {
  const seconds = Math.floor(now / 1000);
  const { clockToleranceSeconds: tolerance, assertionSeconds } = protocol;
  if (seconds - asked.issuedAt > (expectations.maxAgeSeconds ?? 660))
    throw refusal('ERR_VERIFY_TIME', 'age', { claim: 'age' });
  const wrong: readonly (readonly [string, boolean])[] = [
    ['iat', claims.iat > seconds + tolerance || claims.iat < asked.issuedAt - tolerance],
    ['exp', claims.exp < seconds - tolerance || claims.exp - claims.iat > assertionSeconds],
    ['auth_time', claims.auth_time > claims.iat || claims.auth_time < asked.issuedAt - tolerance],
  ];
  const claim = wrong.find(([, isWrong]) => isWrong)?.[0];
  if (claim !== undefined) throw refusal('ERR_VERIFY_TIME', claim, { claim });
}

/** Identity and level come from the certificate; `sub` and `acr` must agree, and both must be what was asked. */
function checkPerson(claims: AssertionClaims, { leaf, issuer, level }: CertificatePath, asked: AskedFor): void {
  if (!asked.acrValues.includes(levelUri(level))) throw refusal('ERR_VERIFY_LEVEL', 'level', { level });
  const { personId } = leaf.person;
  const isAsked = asked.user === undefined || asked.user === personId;
  if (personId === undefined || claims.sub !== personId || claims.acr !== levelUri(level) || !isAsked) {
    throw refusal('ERR_VERIFY_IDENTITY', 'person');
  }
  if (asked.issuers.length > 0 && !asked.issuers.includes(issuer.subject)) {
    throw refusal('ERR_VERIFY_CERTIFICATE', 'issuer', { reason: 'issuer-not-asked' });
  }
}
