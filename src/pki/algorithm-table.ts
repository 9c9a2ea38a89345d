import type { AlgorithmUse } from '../model/certificate-inventory.js';

/** What an OID stands for: an algorithm, or in a composite two that both must hold. */
export interface KnownAlgorithm {
  readonly name: string;
  /** Shor's algorithm breaks RSA and everything on elliptic curves; nothing known breaks lattices and hashes. */
  readonly quantumVulnerable: boolean;
  readonly second?: Pick<AlgorithmUse, 'name' | 'quantumVulnerable'>;
}

const broken = (name: string): KnownAlgorithm => ({ name, quantumVulnerable: true });
const holds = (name: string): KnownAlgorithm => ({ name, quantumVulnerable: false });

/** RFC 3279 §2.2 and §2.3, RFC 4055 §3 and §5, RFC 5758 §3.2, RFC 8410 §3. */
const classical: Readonly<Record<string, KnownAlgorithm>> = {
  '1.2.840.113549.1.1.1': broken('RSA'),
  '1.2.840.113549.1.1.4': broken('RSA with MD5'),
  '1.2.840.113549.1.1.5': broken('RSA with SHA-1'),
  '1.2.840.113549.1.1.10': broken('RSA-PSS'),
  '1.2.840.113549.1.1.11': broken('RSA with SHA-256'),
  '1.2.840.113549.1.1.12': broken('RSA with SHA-384'),
  '1.2.840.113549.1.1.13': broken('RSA with SHA-512'),
  '1.2.840.10040.4.1': broken('DSA'),
  '1.2.840.10045.2.1': broken('ECDSA'),
  '1.2.840.10045.4.1': broken('ECDSA with SHA-1'),
  '1.2.840.10045.4.3.2': broken('ECDSA with SHA-256'),
  '1.2.840.10045.4.3.3': broken('ECDSA with SHA-384'),
  '1.2.840.10045.4.3.4': broken('ECDSA with SHA-512'),
  '1.3.101.110': broken('X25519'),
  '1.3.101.111': broken('X448'),
  '1.3.101.112': broken('Ed25519'),
  '1.3.101.113': broken('Ed448'),
};

/** NIST CSOR, arcs sigAlgs (RFC 9881 §2, RFC 9909 §3) and kems (RFC 9935 §3). */
const [sigAlgs, kems] = ['2.16.840.1.101.3.4.3', '2.16.840.1.101.3.4.4'];
const slhDsaSets = ['SHA2', 'SHAKE'].flatMap((hash) =>
  ['128s', '128f', '192s', '192f', '256s', '256f'].map((size) => `SLH-DSA-${hash}-${size}`),
);
const quantumSafe: Readonly<Record<string, KnownAlgorithm>> = Object.fromEntries([
  ...['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'].map((name, index) => [`${sigAlgs}.${17 + index}`, holds(name)] as const),
  ...slhDsaSets.map((name, index) => [`${sigAlgs}.${20 + index}`, holds(name)] as const),
  ...['44', '65', '87'].map((size, index) => [`${sigAlgs}.${32 + index}`, holds(`HashML-DSA-${size}`)] as const),
  ...slhDsaSets.map((name, index) => [`${sigAlgs}.${35 + index}`, holds(`Hash${name}`)] as const),
  ...['512', '768', '1024'].map((size, index) => [`${kems}.${1 + index}`, holds(`ML-KEM-${size}`)] as const),
]);

/** Composite ML-DSA, from 1.3.6.1.5.5.7.6.37 on (draft-ietf-lamps-pq-composite-sigs-19 §6). */
const composites: readonly (readonly [string, string])[] = [
  ['ML-DSA-44', 'RSA-PSS 2048'],
  ['ML-DSA-44', 'RSA 2048'],
  ['ML-DSA-44', 'Ed25519'],
  ['ML-DSA-44', 'ECDSA P-256'],
  ['ML-DSA-65', 'RSA-PSS 3072'],
  ['ML-DSA-65', 'RSA 3072'],
  ['ML-DSA-65', 'RSA-PSS 4096'],
  ['ML-DSA-65', 'RSA 4096'],
  ['ML-DSA-65', 'ECDSA P-256'],
  ['ML-DSA-65', 'ECDSA P-384'],
  ['ML-DSA-65', 'ECDSA brainpoolP256r1'],
  ['ML-DSA-65', 'Ed25519'],
  ['ML-DSA-87', 'ECDSA P-384'],
  ['ML-DSA-87', 'ECDSA brainpoolP384r1'],
  ['ML-DSA-87', 'Ed448'],
  ['ML-DSA-87', 'RSA-PSS 3072'],
  ['ML-DSA-87', 'RSA-PSS 4096'],
  ['ML-DSA-87', 'ECDSA P-521'],
];
const compositeKeys: Readonly<Record<string, KnownAlgorithm>> = Object.fromEntries(
  composites.map(([first, second], index) => [
    `1.3.6.1.5.5.7.6.${37 + index}`,
    { ...holds(first), second: broken(second) },
  ]),
);

const table: Readonly<Record<string, KnownAlgorithm>> = { ...classical, ...quantumSafe, ...compositeKeys };

/** Named curves (RFC 5480 §2.1.1.1, RFC 5639 §4.1) and the size of their field in bits. */
const curves: Readonly<Record<string, readonly [string, number]>> = {
  '1.2.840.10045.3.1.1': ['P-192', 192],
  '1.3.132.0.33': ['P-224', 224],
  '1.2.840.10045.3.1.7': ['P-256', 256],
  '1.3.132.0.34': ['P-384', 384],
  '1.3.132.0.35': ['P-521', 521],
  '1.3.132.0.10': ['secp256k1', 256],
  '1.3.36.3.3.2.8.1.1.7': ['brainpoolP256r1', 256],
  '1.3.36.3.3.2.8.1.1.11': ['brainpoolP384r1', 384],
  '1.3.36.3.3.2.8.1.1.13': ['brainpoolP512r1', 512],
};

/** The algorithm of a key or of a signature; undefined for an OID that is not known here. */
export function knownAlgorithm(oid: string): KnownAlgorithm | undefined {
  return Object.hasOwn(table, oid) ? table[oid] : undefined;
}

/** Name and field size of a curve, by its OID. */
export function knownCurve(oid: string): { readonly name: string; readonly bits: number } | undefined {
  const [name, bits] = (Object.hasOwn(curves, oid) ? curves[oid] : undefined) ?? [];
  return name === undefined || bits === undefined ? undefined : { name, bits };
}
