import type { AlgorithmUse } from '../model/certificate-inventory.js';
import { knownAlgorithm } from './algorithm-table.js';

/** Key types and curves of JOSE (RFC 7518 §6, RFC 8037 §2, RFC 9964 §3), and the OIDs of the same in certificates. */
const oidOfKind: Readonly<Record<string, string>> = {
  RSA: '1.2.840.113549.1.1.1',
  EC: '1.2.840.10045.2.1',
  Ed25519: '1.3.101.112',
  Ed448: '1.3.101.113',
  'ML-DSA-44': '2.16.840.1.101.3.4.3.17',
  'ML-DSA-65': '2.16.840.1.101.3.4.3.18',
  'ML-DSA-87': '2.16.840.1.101.3.4.3.19',
};
const curveBits: Readonly<Record<string, number>> = { 'P-256': 256, 'P-384': 384, 'P-521': 521 };

/** The algorithm of a public JSON Web Key (RFC 7517); one that is not known here by its `kty`, with an empty OID. */
export function jwkAlgorithm(key: Readonly<Record<string, unknown>>): AlgorithmUse {
  const [kty, crv, alg] = [textOf(key['kty']), textOf(key['crv']), textOf(key['alg'])];
  const kind = kty === 'OKP' ? crv : kty === 'AKP' ? alg : kty;
  const oid = Object.hasOwn(oidOfKind, kind) ? (oidOfKind[kind] ?? '') : '';
  const known = knownAlgorithm(oid);
  if (known === undefined) return { name: kind, oid, quantumVulnerable: undefined };
  const { name, quantumVulnerable } = known;
  if (kty === 'EC') return { name: `${name} ${crv}`, oid, ...bitsOf(curveBits[crv]), quantumVulnerable };
  return { name, oid, ...(kty === 'RSA' ? bitsOf(modulusBits(key['n'])) : {}), quantumVulnerable };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const bitsOf = (bits: number | undefined): { readonly bits?: number } => (bits === undefined ? {} : { bits });

/** Of a modulus without leading zeros (RFC 7518 §6.3.1.1). */
function modulusBits(modulus: unknown): number | undefined {
  if (typeof modulus !== 'string') return undefined;
  const bytes = Buffer.from(modulus, 'base64url');
  return bytes[0] === undefined ? undefined : bytes.length * 8 - Math.clz32(bytes[0]) + 24;
}
