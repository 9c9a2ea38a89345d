import type { AssuranceLevel, KeyType } from '../model/certificate.js';
import { testPeople, type PersonRequest } from './ca/person.js';
import type { Personalization } from './virtual-card/personalize.js';
import type { Pkcs15Personalization } from './virtual-pkcs15/personalize-pkcs15.js';

/** Which virtual card plays a card of the sandbox, and how that one is made. */
export type SandboxCardKind =
  | ({ readonly application: 'idprime' } & Pick<Personalization, 'model' | 'capacity' | 'containers' | 'writing'>)
  | ({ readonly application: 'pkcs15' } & Pick<Pkcs15Personalization, 'commandSet'>)
  | { readonly application: 'piv' };

/** A card of the sandbox as it is made at the first start. */
export interface SandboxCardPlan {
  readonly id: string;
  readonly label: string;
  readonly person: PersonRequest;
  readonly keyType: KeyType;
  /** Of a second key, for signatures: under a PIN of its own where the kind of card has one. */
  readonly signatureKeyType?: KeyType;
  readonly kind: SandboxCardKind;
}

/** Every sandbox card is made with these; they are no secret. An IsoApplet's PUK, which has 16 digits, is that twice. */
export const sandboxPin = '123456';
/** Of the key for signatures, on cards where that has its own. */
export const sandboxSignaturePin = '654321';
export const sandboxPuk = '12345678';

const idprime = (more: Omit<SandboxCardKind & { application: 'idprime' }, 'application'> = {}): SandboxCardKind => ({
  application: 'idprime',
  ...more,
});

/**
 * An ordinary card, a reserve card of level 2, the first person's card with an elliptic-curve key, and cards of other
 * kinds. Three can sign documents: one and the PIV card want the PIN for each, the PKCS #15 card once for all. The last
 * three refuse new keys and certificates, each in its own way, and have keys that are made quickly.
 */
export const sandboxCards: readonly SandboxCardPlan[] = [
  { id: 'tolvan', label: 'Tolvan 940', person: testPeople.tolvan, keyType: 'rsa', kind: idprime() },
  { id: 'tretton', label: 'Tretton reserve', person: testPeople.tretton, keyType: 'rsa', kind: idprime() },
  { id: 'tolvan-ec', label: 'Tolvan 940 EC', person: testPeople.tolvan, keyType: 'ec-p256', kind: idprime() },
  {
    id: 'tolvan-500',
    label: 'Tolvan 500',
    person: testPeople.tolvan,
    keyType: 'rsa',
    kind: idprime({ model: 'md840' }),
  },
  {
    id: 'tolvan-piv',
    label: 'Tolvan PIV',
    person: testPeople.tolvan,
    keyType: 'rsa',
    kind: { application: 'piv' },
  },
  {
    id: 'tolvan-pkcs15',
    label: 'Tolvan PKCS15',
    person: testPeople.tolvan,
    keyType: 'rsa',
    kind: { application: 'pkcs15', commandSet: 'myeid' },
  },
  {
    id: 'tolvan-isoapplet',
    label: 'Tolvan IsoApplet',
    person: testPeople.tolvan,
    keyType: 'rsa',
    kind: { application: 'pkcs15', commandSet: 'isoapplet' },
  },
  {
    id: 'tolvan-sign',
    label: 'Tolvan 940 signature',
    person: testPeople.tolvan,
    keyType: 'ec-p256',
    signatureKeyType: 'rsa',
    kind: idprime(),
  },
  {
    id: 'tolvan-piv-sign',
    label: 'Tolvan PIV signature',
    person: testPeople.tolvan,
    keyType: 'ec-p256',
    signatureKeyType: 'ec-p256',
    kind: { application: 'piv' },
  },
  {
    id: 'tolvan-pkcs15-sign',
    label: 'Tolvan PKCS15 signature',
    person: testPeople.tolvan,
    keyType: 'ec-p256',
    signatureKeyType: 'ec-p384',
    kind: { application: 'pkcs15', commandSet: 'myeid' },
  },
  {
    id: 'full',
    label: 'Full 500',
    person: testPeople.tretton,
    keyType: 'ec-p256',
    kind: idprime({ model: 'md840', capacity: 'full' }),
  },
  {
    id: 'no-container',
    label: 'No container 500',
    person: testPeople.tretton,
    keyType: 'ec-p256',
    kind: idprime({ model: 'md840', containers: 1 }),
  },
  {
    id: 'read-only',
    label: 'Read-only 500',
    person: testPeople.tretton,
    keyType: 'ec-p256',
    kind: idprime({ model: 'md840', writing: 'never' }),
  },
];

/** How a plan's holder is shown. */
export function holderOf({ person }: SandboxCardPlan): { readonly holder: string; readonly level: AssuranceLevel } {
  return { holder: `${person.givenName} ${person.surname}`, level: person.level };
}
