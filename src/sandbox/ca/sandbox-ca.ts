import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../core/ports.js';
import { MiddlewareError } from '../../core/errors.js';
import type { KeyType } from '../../model/certificate.js';
import type { TrustPolicy } from '../../model/trust.js';
import { issueCertificate, type CertificateTemplate, type SubjectKey } from '../../pki/issue-certificate.js';
import { generateIssuingKey } from '../../pki/issuing-key.js';
import { defaultLevelTable, trustPolicyFrom } from '../../pki/level-table.js';
import {
  addressesOf,
  authorityNames,
  createAuthorities,
  exportAuthority,
  importAuthority,
  type Authorities,
  type AuthorityName,
} from './authority.js';
import { authorityOf, personTemplate, type PersonRequest } from './person.js';

export interface SandboxCa {
  readonly authorities: Authorities;
  readonly clock: Clock;
  /** Where revocation is told; left out of certificates when undefined. */
  readonly revocationBase: string | undefined;
}

/** A certificate with the key that a card will hold. */
export interface IssuedCertificate {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly keyType: KeyType;
  readonly privateKey: KeyObject;
  /** DER of the issuing CA, then of the root. */
  readonly caCertificates: readonly Uint8Array[];
  readonly authority: AuthorityName;
}

/** A sandbox CA as JSON. */
export type SandboxCaState = z.infer<typeof stateSchema>;

export interface SandboxCaOptions {
  readonly clock: Clock;
  /** Where its server of lists and OCSP answers is, e.g. `http://127.0.0.1:15940`. */
  readonly revocationBase?: string | undefined;
  /** Keys of the CAs; RSA by default, as in the field. */
  readonly keyType?: KeyType;
}

/** Makes a root, four person-issuing CAs and a CA for servers, all valid for ten years from now. */
export async function createSandboxCa({
  clock,
  revocationBase,
  keyType = 'rsa',
}: SandboxCaOptions): Promise<SandboxCa> {
  return { authorities: await createAuthorities(keyType, clock.now(), revocationBase), clock, revocationBase };
}

const authoritySchema = z.strictObject({
  keyType: z.enum(['rsa', 'ec-p256', 'ec-p384']),
  certificate: z.base64(),
  privateKey: z.base64(),
});

const stateSchema = z.strictObject({
  version: z.literal(1),
  authorities: z.strictObject({
    root: authoritySchema,
    hsaId3: authoritySchema,
    personId3: authoritySchema,
    hsaId2: authoritySchema,
    personId2: authoritySchema,
    function: authoritySchema,
  }),
});

/** The CA as JSON, private keys included: test keys, to be kept like any other file of the sandbox. */
export function exportSandboxCa({ authorities }: SandboxCa): SandboxCaState {
  return { version: 1, authorities: mapAuthorities((name) => exportAuthority(authorities[name])) };
}

/** The CA that {@link exportSandboxCa} gave out; throws ERR_CONFIG_INVALID for anything else. */
export function importSandboxCa(
  state: unknown,
  { clock, revocationBase }: Pick<SandboxCaOptions, 'clock' | 'revocationBase'>,
): SandboxCa {
  const parsed = stateSchema.safeParse(state);
  if (!parsed.success) throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not the state of a sandbox CA');
  const states = parsed.data.authorities;
  return { authorities: mapAuthorities((name) => importAuthority(name, states[name])), clock, revocationBase };
}

/** Issues a person's certificate with a new key. Two years from now unless the request says otherwise. */
export async function issuePerson(ca: SandboxCa, request: PersonRequest): Promise<IssuedCertificate> {
  return await issue(ca, authorityOf(request), request.keyType ?? 'rsa', personTemplate(request, ca.clock.now()));
}

/** Signs a person's certificate for a key that somebody else holds; says otherwise what {@link issuePerson}'s does. */
export async function certifyPerson(ca: SandboxCa, request: PersonRequest, key: SubjectKey): Promise<Uint8Array> {
  return await certify(ca, authorityOf(request), personTemplate(request, ca.clock.now()), key);
}

/** A server certificate for these names, from the function CA under the same root. */
export async function issueServer(
  ca: SandboxCa,
  dnsNames: readonly string[],
  keyType: KeyType,
  ipAddresses: readonly string[] = [],
): Promise<IssuedCertificate> {
  const now = ca.clock.now();
  return await issue(ca, 'function', keyType, {
    subject: [
      ['C', 'SE'],
      ['O', 'Inera AB'],
      ['CN', dnsNames[0] ?? 'localhost'],
    ],
    dnsNames,
    ipAddresses,
    notBefore: now - 60_000,
    notAfter: now + 365 * 86_400_000,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
  });
}

/** The policy under which exactly this CA's persons are trusted, with the shipped level table. */
export function trustPolicyOf(ca: SandboxCa): TrustPolicy {
  return trustPolicyFrom(caCertificatesOf(ca), defaultLevelTable);
}

/** DER of every CA certificate, root first. */
export function caCertificatesOf({ authorities }: SandboxCa): readonly Uint8Array[] {
  return authorityNames.map((name) => authorities[name].certificate);
}

type LeafTemplate = Omit<CertificateTemplate, 'issuer' | 'issuerKey' | 'subjectKey'>;

async function issue(
  ca: SandboxCa,
  authorityName: AuthorityName,
  keyType: KeyType,
  template: LeafTemplate,
): Promise<IssuedCertificate> {
  const { root, [authorityName]: authority } = ca.authorities;
  const subjectKey = await generateIssuingKey(keyType);
  return {
    certificate: await certify(ca, authorityName, template, subjectKey),
    keyType,
    privateKey: subjectKey.privateKey,
    caCertificates: [authority.certificate, root.certificate],
    authority: authorityName,
  };
}

async function certify(
  { authorities, revocationBase }: SandboxCa,
  authorityName: AuthorityName,
  template: LeafTemplate,
  subjectKey: SubjectKey,
): Promise<Uint8Array> {
  const { subject: issuer, key: issuerKey } = authorities[authorityName];
  const addresses = addressesOf(authorityName, revocationBase);
  return await issueCertificate({ ...addresses, ...template, subjectKey, issuer, issuerKey });
}

function mapAuthorities<T>(of: (name: AuthorityName) => T): Record<AuthorityName, T> {
  return Object.fromEntries(authorityNames.map((name) => [name, of(name)])) as Record<AuthorityName, T>;
}
