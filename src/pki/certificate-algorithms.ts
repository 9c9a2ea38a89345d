import { createPublicKey } from 'node:crypto';
import type { CertificateInfo } from '../model/certificate.js';
import type { AlgorithmUse, InventoryEntry } from '../model/certificate-inventory.js';
import { knownAlgorithm, knownCurve } from './algorithm-table.js';
import { x509Of } from './certificate.js';
import { contentsOf, derTag, readDer, readOid, readOnly } from './der.js';
import { readAlgorithmId, readSpki } from './spki.js';

/** What a key is, or a signature was made with; two where two must be broken. */
export interface AlgorithmUses {
  readonly first: AlgorithmUse;
  /** Of a composite. */
  readonly second?: AlgorithmUse;
}

/** What a certificate works with. */
export interface CertificateAlgorithms {
  readonly key: AlgorithmUse;
  /** Of a composite, or in the extensions of a hybrid (ITU-T X.509 (10/2019) §9.8): a key, else a signature alone. */
  readonly second?: AlgorithmUse;
  readonly signature: AlgorithmUse;
  readonly quantumVulnerable: QuantumVerdict;
}

/** As {@link InventoryEntry.quantumVulnerable}. */
export type QuantumVerdict = InventoryEntry['quantumVulnerable'];

/** Extensions of a hybrid certificate: subjectAltPublicKeyInfo and altSignatureAlgorithm. */
const alternativeOid = { key: '2.5.29.72', signature: '2.5.29.73' } as const;
const ecPublicKey = '1.2.840.10045.2.1';

/**
 * The algorithms of a certificate's key and of its issuer's signature, known here or not; verifies nothing.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED when a second key in an extension is none.
 */
export function certificateAlgorithms(certificate: CertificateInfo): CertificateAlgorithms {
  const { spki, signatureAlgorithm, alternatives } = partsOf(certificate);
  const key = keyAlgorithm(spki);
  const secondKey = key.second ?? (alternatives.key && keyAlgorithm(alternatives.key).first);
  const second = secondKey ?? (alternatives.signature && signatureUse(alternatives.signature));
  return {
    key: key.first,
    ...(second === undefined ? {} : { second }),
    signature: signatureUse(signatureAlgorithm),
    quantumVulnerable: quantumVerdict([key.first, ...(secondKey === undefined ? [] : [secondKey])]),
  };
}

/** What people are shown as the kind of a certificate's key: of an `other`, its algorithm. */
export function shownKeyType(certificate: CertificateInfo): string {
  const { keyType } = certificate;
  return keyType === 'other' ? keyAlgorithm(x509Of(certificate).spki).first.name : keyType;
}

/** Whether a quantum computer breaks all of these keys, which stand beside each other. */
export function quantumVerdict(keys: readonly AlgorithmUse[]): QuantumVerdict {
  const verdicts = keys.map(({ quantumVulnerable }) => quantumVulnerable);
  if (verdicts.includes(undefined)) return 'unknown';
  if (verdicts.every(Boolean)) return 'yes';
  return verdicts.some(Boolean) ? 'hybrid' : 'no';
}

/**
 * The algorithm of a SubjectPublicKeyInfo, DER.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function keyAlgorithm(spki: Uint8Array): AlgorithmUses {
  const { algorithm: oid, parameters } = readSpki(spki);
  const { second, ...known } = knownAlgorithm(oid) ?? { name: oid, quantumVulnerable: undefined };
  const size = oid === ecPublicKey ? curveOf(parameters) : sizeOf(spki);
  const first = { ...known, oid, ...size, name: size.name === undefined ? known.name : `${known.name} ${size.name}` };
  return { first, ...(second === undefined ? {} : { second: { ...second, oid } }) };
}

/** By an AlgorithmIdentifier, DER. */
function signatureUse(algorithmId: Uint8Array): AlgorithmUse {
  const { algorithm: oid } = readAlgorithmId(algorithmId);
  const known = knownAlgorithm(oid);
  if (known === undefined) return { name: oid, oid, quantumVulnerable: undefined };
  const { name, quantumVulnerable, second } = known;
  return { name: second === undefined ? name : `${name} + ${second.name}`, oid, quantumVulnerable };
}

function curveOf(parameters: Uint8Array | undefined): { readonly name?: string; readonly bits?: number } {
  const [curve] = readDer(parameters ?? new Uint8Array());
  if (curve?.tag !== derTag.oid) return {};
  const oid = readOid(curve.contents);
  return knownCurve(oid) ?? { name: oid };
}

/** Only RSA keys have a size of their own. */
function sizeOf(spki: Uint8Array): { readonly name?: undefined; readonly bits?: number } {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    return bits === undefined ? {} : { bits };
  } catch {
    return {};
  }
}

/** Read only here, where it is asked for: every other reader of certificates has no use for a second key. */
function partsOf(certificate: CertificateInfo) {
  const { spki, signatureAlgorithm, signedBytes } = x509Of(certificate);
  const wrapper = readDer(readOnly(signedBytes, derTag.sequence, 'to-be-signed part')).find(({ tag }) => tag === 0xa3);
  const extensions = new Map(
    readDer(wrapper === undefined ? new Uint8Array() : readOnly(wrapper.contents, derTag.sequence, 'extensions')).map(
      (element) => {
        const parts = readDer(contentsOf(element, derTag.sequence, 'extension'));
        const value = contentsOf(parts.at(-1), derTag.octetString, 'extension value');
        return [readOid(contentsOf(parts[0], derTag.oid, 'extension type')), value] as const;
      },
    ),
  );
  return {
    spki,
    signatureAlgorithm,
    alternatives: { key: extensions.get(alternativeOid.key), signature: extensions.get(alternativeOid.signature) },
  };
}
