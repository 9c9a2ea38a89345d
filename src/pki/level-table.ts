import type { AssuranceLevel } from '../model/certificate.js';
import type { PersonIssuer, TrustPolicy } from '../model/trust.js';
import { readX509, type X509 } from './certificate.js';
import { attributeOf } from './distinguished-name.js';

/** Which level policies and issuers stand for: configuration that a policy file may replace. */
export interface LevelTable {
  /** certificatePolicies OID to level. */
  readonly byPolicy: Readonly<Record<string, AssuranceLevel>>;
  /** Common name of a person-issuing CA, without `TEST `, to level. A CA that is not named issues no persons. */
  readonly byIssuer: Readonly<Record<string, AssuranceLevel>>;
}

/**
 * The shipped table. Issuer names are those that Inera publishes for SITHS e-id; of the policy OIDs only that of mobile
 * e-ids is publicly verified.
 */
export const defaultLevelTable: LevelTable = {
  byPolicy: { '1.2.752.74.8.512': 3 },
  byIssuer: {
    'SITHS e-id Person ID 3 CA v1': 3,
    'SITHS e-id Person HSA-id 3 CA v1': 3,
    'SITHS e-id Person ID Mobile CA v1': 3,
    'SITHS e-id Person ID 2 CA v1': 2,
    'SITHS e-id Person HSA-id 2 CA v1': 2,
  },
};

const testPrefix = 'TEST ';

/**
 * The trust policy that a folder of CA certificates means: self-issued ones are anchors, those that the table names are
 * person issuers, and the rest (such as a CA for servers) are not trusted for persons.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED when one of them cannot be read.
 */
export function trustPolicyFrom(certificates: readonly Uint8Array[], table: LevelTable): TrustPolicy {
  const read = certificates.map(readX509);
  return {
    anchors: read.filter(isSelfIssued).map(({ info }) => info.der),
    personIssuers: read.filter((one) => !isSelfIssued(one)).flatMap((one) => personIssuerOf(one, table)),
    levelByPolicy: table.byPolicy,
  };
}

function personIssuerOf(certificate: X509, table: LevelTable): PersonIssuer[] {
  const commonName = attributeOf(certificate.subject, 'CN') ?? '';
  const test = commonName.startsWith(testPrefix);
  const level = new Map(Object.entries(table.byIssuer)).get(test ? commonName.slice(testPrefix.length) : commonName);
  return level === undefined ? [] : [{ certificate: certificate.info.der, level, test }];
}

const isSelfIssued = ({ subject, issuer }: X509): boolean => Buffer.compare(subject.encoded, issuer.encoded) === 0;
