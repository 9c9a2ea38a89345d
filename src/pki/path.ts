import { MiddlewareError } from '../core/errors.js';
import type { AssuranceLevel, CertificateInfo } from '../model/certificate.js';
import type { PersonIssuer, TrustPolicy } from '../model/trust.js';
import { readX509, x509Of, type X509 } from './certificate.js';
import { isSignedBytes, signatureScheme } from './signature-algorithm.js';

/** Why a certificate is not trusted; in `fields.reason` of ERR_CERT_UNTRUSTED. */
export type TrustProblem =
  | 'leaf-is-ca'
  | 'critical-extension'
  | 'weak-key'
  | 'issuer-unknown'
  | 'issuer-unfit'
  | 'anchor-unknown'
  | 'not-yet-valid'
  | 'expired';

/** A verified path from a person's certificate through a configured person-issuing CA to a configured anchor. */
export interface CertificatePath {
  readonly leaf: CertificateInfo;
  readonly issuer: CertificateInfo;
  readonly anchor: CertificateInfo;
  /** By the leaf's policy OIDs, else by its issuer. */
  readonly level: AssuranceLevel;
  /** Whether the issuer is a test issuer. */
  readonly test: boolean;
  /** DER, leaf first, without the anchor: what goes into `x5c`. */
  readonly chain: readonly Uint8Array[];
}

/** {@link buildPath} as a value. */
export type CertificateEvaluation =
  ({ readonly trusted: true } & CertificatePath) | { readonly trusted: false; readonly problem: TrustProblem };

/**
 * Verifies the path of a person's certificate (RFC 5280 §6.1, for paths of exactly one CA below the anchor): signatures,
 * CA flags, key usage, critical extensions, validity. Revocation is not checked.
 *
 * The issuer is found among the configured ones by its key: a CA that only has the right name leads nowhere, and
 * neither does a certificate of another CA below the same anchor, such as a server's.
 *
 * @param leaf - the certificate to judge.
 * @param policy - whom to trust.
 * @param at - milliseconds since the epoch for which validity is judged.
 * @throws {MiddlewareError} ERR_CERT_UNTRUSTED with a {@link TrustProblem} in `fields.reason`.
 */
export function buildPath(leaf: CertificateInfo, policy: TrustPolicy, at: number): CertificatePath {
  const evaluation = evaluateCertificate(leaf, policy, at);
  if (evaluation.trusted) return evaluation;
  throw new MiddlewareError('ERR_CERT_UNTRUSTED', `Certificate is not trusted: ${evaluation.problem}`, {
    fields: { reason: evaluation.problem },
  });
}

/** Like {@link buildPath}, with the reason of a refusal as a value instead of an exception. */
export function evaluateCertificate(leaf: CertificateInfo, policy: TrustPolicy, at: number): CertificateEvaluation {
  const read = x509Of(leaf);
  const refusal = leafProblem(read);
  if (refusal) return { trusted: false, problem: refusal };
  // Several configured certificates may hold one key (a renewed CA): any complete path will do.
  let problem: TrustProblem = 'issuer-unknown';
  for (const issuer of preparedIssuers(policy)) {
    if (!isSignedBy(read, issuer.x509)) continue;
    const result = pathThrough(read, issuer, policy, at);
    if (result.trusted) return result;
    problem = result.problem;
  }
  return { trusted: false, problem };
}

/** A configured issuer that was read, and the anchor that it leads to: the same for every certificate of it. */
interface PreparedIssuer {
  readonly configured: PersonIssuer;
  readonly x509: X509;
  readonly anchor: X509 | undefined;
}

/** By policy, since an identity provider judges every login by the same one. */
const prepared = new WeakMap<TrustPolicy, readonly PreparedIssuer[]>();

function preparedIssuers(policy: TrustPolicy): readonly PreparedIssuer[] {
  const known = prepared.get(policy);
  if (known !== undefined) return known;
  const anchors = policy.anchors.map(readX509);
  const issuers = policy.personIssuers.map((configured): PreparedIssuer => {
    const x509 = readX509(configured.certificate);
    return { configured, x509, anchor: anchors.find((candidate) => isSignedBy(x509, candidate)) };
  });
  prepared.set(policy, issuers);
  return issuers;
}

function pathThrough(
  leaf: X509,
  { configured, x509: issuer, anchor }: PreparedIssuer,
  policy: TrustPolicy,
  at: number,
): CertificateEvaluation {
  const refuse = (problem: TrustProblem): CertificateEvaluation => ({ trusted: false, problem });
  if (!mayIssue(issuer)) return refuse('issuer-unfit');
  if (!anchor || !mayIssue(anchor) || anchor.extensions.pathLength === 0) return refuse('anchor-unknown');
  const outside = [leaf, issuer, anchor].map(({ info }) => validityProblem(info, at)).find(Boolean);
  if (outside) return refuse(outside);
  return {
    trusted: true,
    leaf: leaf.info,
    issuer: issuer.info,
    anchor: anchor.info,
    level: levelOf(leaf.info, configured, policy),
    test: configured.test,
    chain: [leaf.info.der, issuer.info.der],
  };
}

function leafProblem({ info, extensions }: X509): TrustProblem | undefined {
  if (info.isCa || info.keyUsage.includes('keyCertSign')) return 'leaf-is-ca';
  if (extensions.unknownCritical.length > 0) return 'critical-extension';
  return isWeakKey(info) ? 'weak-key' : undefined;
}

/** Whether a key is too short to be believed. */
export const isWeakKey = (info: CertificateInfo): boolean => info.keyType === 'rsa' && info.keyBits < 2048;

/** Whether a certificate is valid at a moment, milliseconds since the epoch. */
export const isWithinValidity = (info: CertificateInfo, at: number): boolean => validityProblem(info, at) === undefined;

const mayIssue = ({ info, extensions }: X509): boolean =>
  info.isCa && info.keyUsage.includes('keyCertSign') && extensions.unknownCritical.length === 0 && !isWeakKey(info);

function validityProblem(info: CertificateInfo, at: number): TrustProblem | undefined {
  return at < info.notBefore ? 'not-yet-valid' : at > info.notAfter ? 'expired' : undefined;
}

/** Whether a certificate names this issuer and is signed with its key. */
export function isSignedBy({ issuer: name, signatureAlgorithm, signedBytes, signature }: X509, issuer: X509): boolean {
  if (Buffer.compare(name.encoded, issuer.subject.encoded) !== 0) return false;
  const scheme = signatureScheme(signatureAlgorithm);
  return scheme !== undefined && isSignedBytes(scheme, issuer.publicKey, signedBytes, signature);
}

/** Policy OIDs first; when they name several levels, the lowest: a doubt never raises a level. */
function levelOf(leaf: CertificateInfo, issuer: PersonIssuer, policy: TrustPolicy): AssuranceLevel {
  const byPolicy = new Map(Object.entries(policy.levelByPolicy));
  const named = leaf.policies.flatMap((oid) => byPolicy.get(oid) ?? []);
  return named.length === 0 ? issuer.level : named.includes(2) ? 2 : 3;
}
