import { issueCertificate, type CertificateTemplate, type NameAttributes } from '../../pki/issue-certificate.js';
import { exportIssuingKey, generateIssuingKey, importIssuingKey, type IssuingKey } from '../../pki/issuing-key.js';
import type { KeyType } from '../../model/certificate.js';

/** Which CA of the sandbox: the root, a person-issuing one by kind of id and level, or the one for servers. */
export type AuthorityName = 'root' | 'hsaId3' | 'personId3' | 'hsaId2' | 'personId2' | 'function';

/** One CA of the sandbox with its key. */
export interface Authority {
  readonly subject: NameAttributes;
  readonly certificate: Uint8Array;
  readonly key: IssuingKey;
}

/** Common names: those of SITHS e-id, with the prefix of its test issuers. */
const commonNames: Readonly<Record<AuthorityName, string>> = {
  root: 'TEST SITHS e-id Root CA v2',
  hsaId3: 'TEST SITHS e-id Person HSA-id 3 CA v1',
  personId3: 'TEST SITHS e-id Person ID 3 CA v1',
  hsaId2: 'TEST SITHS e-id Person HSA-id 2 CA v1',
  personId2: 'TEST SITHS e-id Person ID 2 CA v1',
  function: 'TEST SITHS e-id Function CA v1',
};

export const authorityNames = Object.keys(commonNames) as readonly AuthorityName[];

export type Authorities = Readonly<Record<AuthorityName, Authority>>;

const tenYears = 10 * 365 * 86_400_000;
const day = 86_400_000;

const subjectOf = (name: AuthorityName): NameAttributes => [
  ['C', 'SE'],
  ['O', 'Inera AB'],
  ['CN', commonNames[name]],
];

/** The addresses in the certificates of one CA, below where the sandbox tells about revocation. */
export function addressesOf(
  issuer: AuthorityName,
  base: string | undefined,
): Pick<CertificateTemplate, 'crlUrl' | 'deltaUrl' | 'ocspUrl'> {
  if (base === undefined) return {};
  return {
    crlUrl: `${base}/crl/${issuer}.crl`,
    deltaUrl: `${base}/crl/${issuer}.delta.crl`,
    ocspUrl: `${base}/ocsp`,
  };
}

/**
 * Makes all CAs anew: a root and, below it, the issuing ones.
 *
 * @param revocationBase - where revocation is told, e.g. `http://127.0.0.1:15940`; none leaves addresses out.
 */
export async function createAuthorities(
  keyType: KeyType,
  now: number,
  revocationBase: string | undefined,
): Promise<Authorities> {
  const rootKey = await generateIssuingKey(keyType);
  const template = (name: AuthorityName, key: IssuingKey): CertificateTemplate => ({
    ...caTemplate(name, key, rootKey, now),
    ...(name === 'root' ? {} : addressesOf('root', revocationBase)),
  });
  const make = async (name: AuthorityName, key: IssuingKey): Promise<[AuthorityName, Authority]> => [
    name,
    { subject: subjectOf(name), key, certificate: await issueCertificate(template(name, key)) },
  ];
  const issuing = authorityNames.filter((name) => name !== 'root');
  const made = await Promise.all([
    make('root', rootKey),
    ...issuing.map(async (name) => await make(name, await generateIssuingKey(keyType))),
  ]);
  return Object.fromEntries(made) as unknown as Authorities;
}

function caTemplate(name: AuthorityName, key: IssuingKey, rootKey: IssuingKey, now: number): CertificateTemplate {
  return {
    subject: subjectOf(name),
    issuer: subjectOf('root'),
    subjectKey: key,
    issuerKey: rootKey,
    notBefore: now - day,
    notAfter: now + tenYears,
    keyUsage: ['keyCertSign', 'cRLSign'],
    pathLength: name === 'root' ? 1 : 0,
  };
}

/** One CA as JSON: certificate and PKCS #8 key in base64. The key is a test key; it protects nothing. */
export interface AuthorityState {
  readonly keyType: KeyType;
  readonly certificate: string;
  readonly privateKey: string;
}

export function exportAuthority({ certificate, key }: Authority): AuthorityState {
  return {
    keyType: key.keyType,
    certificate: Buffer.from(certificate).toString('base64'),
    privateKey: Buffer.from(exportIssuingKey(key)).toString('base64'),
  };
}

export function importAuthority(name: AuthorityName, state: AuthorityState): Authority {
  return {
    subject: subjectOf(name),
    certificate: new Uint8Array(Buffer.from(state.certificate, 'base64')),
    key: importIssuingKey(state.keyType, Buffer.from(state.privateKey, 'base64')),
  };
}
