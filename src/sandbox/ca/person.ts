import type { AssuranceLevel, KeyType } from '../../model/certificate.js';
import type { CertificateTemplate, NameAttributes } from '../../pki/issue-certificate.js';
import { clientAuthPurpose } from '../../pki/suitability.js';
import type { AuthorityName } from './authority.js';

/** szOID_KP_SMARTCARD_LOGON of Microsoft's Windows smart-card logon guidelines. */
const smartcardLogonPurpose = '1.3.6.1.4.1.311.20.2.2';

/** What a person's certificate shall say, in the profile of SITHS e-id. */
export interface PersonRequest {
  readonly givenName: string;
  readonly surname: string;
  /** 12-digit personal number, or HSA-id: decides the kind of CA. */
  readonly personId: string;
  readonly level: AssuranceLevel;
  /** RSA 2048 by default. */
  readonly keyType?: KeyType;
  readonly organization?: string;
  readonly county?: string;
  readonly title?: string;
  /** 19 digits. */
  readonly cardNumber?: string;
  /** Domain account: adds smartcardLogon. */
  readonly upn?: string;
  /** OIDs of certificatePolicies; none by default, so that the issuer tells the level. */
  readonly policies?: readonly string[];
  readonly usage?: 'authentication' | 'signature';
  /** Milliseconds since the epoch. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** The CA that issues for this kind of id and level. */
export function authorityOf({ personId, level }: PersonRequest): AuthorityName {
  return `${/^\d{12}$/.test(personId) ? 'personId' : 'hsaId'}${level}`;
}

export function personTemplate(
  request: PersonRequest,
  now: number,
): Omit<CertificateTemplate, 'issuer' | 'issuerKey' | 'subjectKey'> {
  const { policies, upn, cardNumber } = request;
  return {
    subject: subjectOf(request),
    notBefore: request.notBefore ?? now - 60_000,
    notAfter: request.notAfter ?? now + 2 * 365 * 86_400_000,
    keyUsage: request.usage === 'signature' ? ['nonRepudiation'] : ['digitalSignature', 'keyEncipherment'],
    ...(request.usage === 'signature' ? {} : { extendedKeyUsage: purposesOf(request) }),
    ...(policies === undefined ? {} : { policies }),
    ...(upn === undefined ? {} : { upn }),
    ...(cardNumber === undefined ? {} : { cardNumber }),
  };
}

const purposesOf = ({ upn }: PersonRequest): readonly string[] =>
  upn === undefined ? [clientAuthPurpose] : [clientAuthPurpose, smartcardLogonPurpose];

/** The organization in a person's certificate. */
export function organizationOf({ organization }: PersonRequest): string {
  return organization ?? 'TEST Organisation';
}

function subjectOf(request: PersonRequest): NameAttributes {
  const { givenName, surname, personId, title, county } = request;
  return [
    ['C', 'SE'],
    ['L', county ?? 'Testlän'],
    ['O', organizationOf(request)],
    ['CN', `${givenName} ${surname}`],
    ['SN', surname],
    ['GN', givenName],
    ...(title === undefined ? [] : [['title', title] as const]),
    ['serialNumber', personId],
  ];
}

/** The invented people of the sandbox: one with an ordinary card, one with a reserve card. */
export const testPeople = {
  tolvan: {
    givenName: 'Tolvan',
    surname: 'Tolvansson',
    personId: 'TSTNMT2321000156-1024',
    level: 3,
    cardNumber: '9752269900000000001',
  },
  tretton: {
    givenName: 'Tretton',
    surname: 'Trettonsson',
    personId: 'TSTNMT2321000156-1025',
    level: 2,
    cardNumber: '9752269900000000002',
  },
} as const satisfies Record<string, PersonRequest>;
