import type { AssuranceLevel, KeyType } from '../model/certificate.js';
import { issuePerson, type SandboxCa } from './ca/sandbox-ca.js';
import { testPeople, type PersonRequest } from './ca/person.js';
import type { CardState } from './virtual-card/card-state.js';
import { personalize } from './virtual-card/personalize.js';

/** A card of the sandbox as it is made at the first start. */
export interface SandboxCardPlan {
  readonly id: string;
  readonly label: string;
  readonly person: PersonRequest;
  readonly keyType: KeyType;
}

/** Every sandbox card is made with these; they are no secret. */
export const sandboxPin = '123456';
export const sandboxPuk = '12345678';

/** An ordinary card, a reserve card of level 2, and the first person's card with an elliptic-curve key. */
export const sandboxCards: readonly SandboxCardPlan[] = [
  { id: 'tolvan', label: 'Tolvan 940', person: testPeople.tolvan, keyType: 'rsa' },
  { id: 'tretton', label: 'Tretton reserve', person: testPeople.tretton, keyType: 'rsa' },
  { id: 'tolvan-ec', label: 'Tolvan 940 EC', person: testPeople.tolvan, keyType: 'ec-p256' },
];

/** Issues a card's certificate and personalizes the card with it. */
export async function makeSandboxCard(plan: SandboxCardPlan, ca: SandboxCa): Promise<CardState> {
  const issued = await issuePerson(ca, { ...plan.person, keyType: plan.keyType });
  return personalize({
    pin: Buffer.from(sandboxPin),
    puk: Buffer.from(sandboxPuk),
    label: plan.label,
    certificates: [{ der: issued.certificate, privateKey: issued.privateKey }],
  });
}

/** How a plan's holder is shown. */
export function holderOf({ person }: SandboxCardPlan): { readonly holder: string; readonly level: AssuranceLevel } {
  return { holder: `${person.givenName} ${person.surname}`, level: person.level };
}
