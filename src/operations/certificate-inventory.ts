import { isMiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { InventoryEntry } from '../model/certificate-inventory.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import { certificateAlgorithms, quantumVerdict } from '../pki/certificate-algorithms.js';
import { issuersAbove } from '../pki/issuers-above.js';
import { jwkAlgorithm } from '../pki/jwk-algorithm.js';
import { isSuitableForAuthentication } from '../pki/suitability.js';
import type { TokenEntry } from '../tokens/token-registry.js';

/** Where an inventory looks. */
export interface InventorySources {
  readonly entries: readonly TokenEntry[];
  readonly trust: TrustPolicy;
  readonly relyingParties: readonly RelyingParty[];
}

/**
 * The algorithms of everything that logins and signatures of the inserted cards rest upon: their certificates, each CA
 * of the trust policy above one of them once, and the keys in relying parties' entries. Asks no card anew.
 */
export function certificateInventory({ entries, trust, relyingParties }: InventorySources): readonly InventoryEntry[] {
  const held = entries.flatMap(({ token, certificates = [] }) =>
    certificates.map(({ certificate }) => ({ cardLabel: token?.info.label, certificate })),
  );
  const issuers = new Map(
    held.flatMap(({ certificate }) => issuersAbove(certificate, trust)).map((issuer) => [issuer.fingerprint, issuer]),
  );
  return [
    ...held.flatMap(({ cardLabel, certificate }) => entryOf('card', certificate, cardLabel)),
    ...[...issuers.values()].flatMap((issuer) => entryOf('issuer', issuer, undefined)),
    ...relyingParties.flatMap(requestKeys),
  ];
}

/** None for a certificate with a second key that is none: it is on no list that somebody acts upon. */
function entryOf(
  where: 'card' | 'issuer',
  certificate: CertificateInfo,
  cardLabel: string | undefined,
): readonly InventoryEntry[] {
  const { person, subject, fingerprint, notAfter } = certificate;
  return algorithmsOf(certificate).map((algorithms) => ({
    where,
    name: sanitizeOutsideText(person.commonName || subject),
    ...(cardLabel === undefined ? {} : { cardLabel }),
    fingerprint,
    ...algorithms,
    use: usesOf(certificate),
    notAfter: new Date(notAfter).toISOString(),
  }));
}

function algorithmsOf(certificate: CertificateInfo): readonly ReturnType<typeof certificateAlgorithms>[] {
  try {
    return [certificateAlgorithms(certificate)];
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_CERT_MALFORMED')) return [];
    throw error;
  }
}

function usesOf(certificate: CertificateInfo): InventoryEntry['use'] {
  const { isCa, keyUsage } = certificate;
  if (isCa) return ['ca'];
  return [
    ...(isSuitableForAuthentication(certificate) ? (['login'] as const) : []),
    ...(keyUsage.includes('nonRepudiation') ? (['signature'] as const) : []),
    ...(keyUsage.includes('keyEncipherment') ? (['encryption'] as const) : []),
  ];
}

function requestKeys({ clientId, jwks }: RelyingParty): readonly InventoryEntry[] {
  return jwks.keys.map((jwk): InventoryEntry => {
    const key = jwkAlgorithm(jwk);
    const name = typeof jwk['kid'] === 'string' ? `${clientId} ${sanitizeOutsideText(jwk['kid'])}` : clientId;
    // As OpenID Federation 1.0 §8.7.2 has it.
    const ends = typeof jwk['exp'] === 'number' ? { notAfter: new Date(jwk['exp'] * 1000).toISOString() } : {};
    const quantumVulnerable = quantumVerdict([key]);
    return { where: 'relying-party', name, key, use: ['request-signing'], ...ends, quantumVulnerable };
  });
}
