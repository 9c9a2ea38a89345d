import { existsSync } from 'node:fs';
import { concatBytes } from '../core/bytes.js';
import { issuePerson, type IssuedCertificate, type SandboxCa } from './ca/sandbox-ca.js';
import { resettableStore } from './resettable-store.js';
import { sandboxPin, sandboxPuk, type SandboxCardKind, type SandboxCardPlan } from './sandbox-cards.js';
import type { CardState } from './virtual-card/card-state.js';
import type { StateStore } from './virtual-card/card-store.js';
import { fileCardStore } from './virtual-card/file-card-store.js';
import { personalize } from './virtual-card/personalize.js';
import { VirtualIdPrimeCard } from './virtual-card/virtual-idprime-card.js';
import type { VirtualCard } from './virtual-card/virtual-card.js';
import { personalizePiv } from './virtual-piv/personalize-piv.js';
import type { PivCardState } from './virtual-piv/piv-card-state.js';
import { filePivStore } from './virtual-piv/piv-card-stores.js';
import { newCode } from './virtual-piv/piv-defaults.js';
import { VirtualPivCard } from './virtual-piv/virtual-piv-card.js';
import { personalizePkcs15 } from './virtual-pkcs15/personalize-pkcs15.js';
import { padPin, pinBlocks } from './virtual-pkcs15/pin-block.js';
import type { Pkcs15CardState } from './virtual-pkcs15/pkcs15-card-state.js';
import { filePkcs15Store } from './virtual-pkcs15/pkcs15-stores.js';
import { VirtualPkcs15Card } from './virtual-pkcs15/virtual-pkcs15-card.js';

/** A sandbox card that can be put into a reader. */
export interface SandboxCard {
  readonly plan: SandboxCardPlan;
  readonly card: VirtualCard;
  /** Gives it the codes and tries of a new card. It must not be in a reader. */
  readonly resetCodes: () => void;
}

/** What differs between one kind of virtual card and another. */
interface CardMaker<State> {
  readonly storeAt: (path: string) => StateStore<State>;
  readonly create: (plan: SandboxCardPlan, issued: IssuedCertificate) => State;
  readonly open: (store: StateStore<State>) => VirtualCard;
  readonly renewCodes: (state: State) => void;
}

/** Opens the card that is kept at `path`, making it first where it is not there yet. */
export async function openSandboxCard(plan: SandboxCardPlan, path: string, ca: SandboxCa): Promise<SandboxCard> {
  const issue = (): Promise<IssuedCertificate> => issuePerson(ca, { ...plan.person, keyType: plan.keyType });
  switch (plan.kind.application) {
    case 'idprime':
      return await openWith(idprime(plan.kind), plan, path, issue);
    case 'pkcs15':
      return await openWith(pkcs15(plan.kind), plan, path, issue);
    case 'piv':
      return await openWith(piv, plan, path, issue);
  }
}

async function openWith<State>(
  maker: CardMaker<State>,
  plan: SandboxCardPlan,
  path: string,
  issue: () => Promise<IssuedCertificate>,
): Promise<SandboxCard> {
  const store = resettableStore(maker.storeAt(path), maker.renewCodes);
  if (!existsSync(path)) store.save(maker.create(plan, await issue()));
  return { plan, card: maker.open(store), resetCodes: () => store.resetCodes() };
}

const codes = (): { pin: Uint8Array; puk: Uint8Array } => ({
  pin: Buffer.from(sandboxPin),
  puk: Buffer.from(sandboxPuk),
});

const idprime = (kind: SandboxCardKind & { application: 'idprime' }): CardMaker<CardState> => ({
  storeAt: fileCardStore,
  create: ({ label }, { certificate, privateKey }) =>
    personalize({ ...kind, ...codes(), label, certificates: [{ der: certificate, privateKey }] }),
  open: (store) => new VirtualIdPrimeCard({ store }),
  renewCodes: ({ pins, puk, adminKey }) => {
    for (const held of [...pins, puk]) {
      held.value.fill(0);
      held.value.set(held === puk ? codes().puk : codes().pin);
      held.triesLeft = held.maxTries;
    }
    adminKey.triesLeft = adminKey.maxTries;
  },
});

/** IsoApplet wants a PUK of 16 digits, and takes extended lengths. */
const pkcs15 = ({ commandSet }: SandboxCardKind & { application: 'pkcs15' }): CardMaker<Pkcs15CardState> => {
  const { pin, puk } = codes();
  const fitting = { pin, puk: commandSet === 'isoapplet' ? concatBytes(puk, puk) : puk };
  return {
    storeAt: filePkcs15Store,
    create: ({ label }, { certificate, privateKey }) =>
      personalizePkcs15({ commandSet, ...fitting, label, certificates: [{ der: certificate, privateKey }] }),
    open: (store) => new VirtualPkcs15Card({ store, extendedLength: commandSet === 'isoapplet' }),
    renewCodes: ({ secrets }) => {
      for (const held of secrets) {
        held.value.set(padPin(pinBlocks[commandSet], fitting[held.role]));
        held.triesLeft = held.maxTries;
      }
    },
  };
};

/** A YubiKey, which the tools of its maker know too. */
const piv: CardMaker<PivCardState> = {
  storeAt: filePivStore,
  create: (_, { certificate, privateKey }) =>
    personalizePiv({ ...codes(), atrKind: 'yubikey', slots: [{ reference: 0x9a, der: certificate, privateKey }] }),
  open: (store) => new VirtualPivCard({ store }),
  renewCodes: (state) => {
    state.pin = newCode(codes().pin, state.pin.maxTries);
    state.puk = newCode(codes().puk, state.puk.maxTries);
  },
};
