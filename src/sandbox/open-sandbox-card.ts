import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { concatBytes } from '../core/bytes.js';
import { issuePerson, type IssuedCertificate, type SandboxCa } from './ca/sandbox-ca.js';
import { resettableStore } from './resettable-store.js';
import {
  sandboxPin,
  sandboxPuk,
  sandboxSignaturePin,
  type SandboxCardKind,
  type SandboxCardPlan,
} from './sandbox-cards.js';
import type { CardState, PinState } from './virtual-card/card-state.js';
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
import { PIN_2 } from './virtual-pkcs15/card-layout.js';
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

/** The certificates of a new card: for logins, and for signatures where the plan has one. */
interface IssuedCertificates {
  readonly authentication: IssuedCertificate;
  readonly signature: IssuedCertificate | undefined;
}

/** What differs between one kind of virtual card and another. */
interface CardMaker<State> {
  readonly storeAt: (path: string) => StateStore<State>;
  readonly create: (plan: SandboxCardPlan, issued: IssuedCertificates) => State;
  readonly open: (store: StateStore<State>) => VirtualCard;
  readonly renewCodes: (state: State) => void;
}

/**
 * Opens the card that is kept at `path`, making it first where it is not there yet; `onIssued` is told of every
 * certificate that is made for it.
 */
export async function openSandboxCard(
  plan: SandboxCardPlan,
  path: string,
  ca: SandboxCa,
  onIssued: (issued: IssuedCertificate) => void = () => undefined,
): Promise<SandboxCard> {
  const issue = async (): Promise<IssuedCertificates> => {
    const issued = await issueFor(plan, ca);
    onIssued(issued.authentication);
    if (issued.signature !== undefined) onIssued(issued.signature);
    return issued;
  };
  switch (plan.kind.application) {
    case 'idprime':
      return await openWith(idprime(plan.kind), plan, path, issue);
    case 'pkcs15':
      return await openWith(pkcs15(plan.kind), plan, path, issue);
    case 'piv':
      return await openWith(piv, plan, path, issue);
  }
}

async function issueFor(plan: SandboxCardPlan, ca: SandboxCa): Promise<IssuedCertificates> {
  const { person, keyType, signatureKeyType } = plan;
  const [authentication, signature] = await Promise.all([
    issuePerson(ca, { ...person, keyType }),
    signatureKeyType && issuePerson(ca, { ...person, keyType: signatureKeyType, usage: 'signature' }),
  ]);
  return { authentication, signature };
}

async function openWith<State>(
  maker: CardMaker<State>,
  plan: SandboxCardPlan,
  path: string,
  issue: () => Promise<IssuedCertificates>,
): Promise<SandboxCard> {
  const store = resettableStore(maker.storeAt(path), maker.renewCodes);
  if (!existsSync(path)) store.save(maker.create(plan, await issue()));
  return { plan, card: maker.open(store), resetCodes: () => store.resetCodes() };
}

interface Codes {
  readonly pin: Uint8Array;
  readonly puk: Uint8Array;
}

const codes = (): Codes => ({ pin: Buffer.from(sandboxPin), puk: Buffer.from(sandboxPuk) });
const signaturePin = (): Uint8Array => Buffer.from(sandboxSignaturePin);

const held = ({ certificate, privateKey }: IssuedCertificate): { der: Uint8Array; privateKey: KeyObject } => ({
  der: certificate,
  privateKey,
});

/** PIN 83 guards the key for signatures. */
const idprime = (kind: SandboxCardKind & { application: 'idprime' }): CardMaker<CardState> => ({
  storeAt: fileCardStore,
  create: ({ label }, { authentication, signature }) =>
    personalize({
      ...kind,
      ...codes(),
      label,
      certificates: [
        held(authentication),
        ...(signature ? [{ ...held(signature), container: 'ksc', pinReference: 0x83 } as const] : []),
      ],
      ...(signature && { signaturePin: signaturePin() }),
    }),
  open: (store) => new VirtualIdPrimeCard({ store }),
  renewCodes: ({ pins, puk, adminKey }) => {
    const renew = (code: PinState, value: Uint8Array): void => {
      code.value.fill(0);
      code.value.set(value);
      code.triesLeft = code.maxTries;
    };
    for (const pin of pins) renew(pin, pin.reference === 0x83 ? signaturePin() : codes().pin);
    renew(puk, codes().puk);
    adminKey.triesLeft = adminKey.maxTries;
  },
});

/** IsoApplet wants a PUK of 16 digits, and takes extended lengths. PIN 2 of a MyEID guards the key for signatures. */
const pkcs15 = ({ commandSet }: SandboxCardKind & { application: 'pkcs15' }): CardMaker<Pkcs15CardState> => {
  const { pin, puk } = codes();
  const fitting = { pin, puk: commandSet === 'isoapplet' ? concatBytes(puk, puk) : puk };
  return {
    storeAt: filePkcs15Store,
    create: ({ label }, { authentication, signature }) =>
      personalizePkcs15({
        commandSet,
        ...fitting,
        label,
        certificates: [
          held(authentication),
          ...(signature ? [{ ...held(signature), usage: 'nonRepudiation', pin: 'signature' } as const] : []),
        ],
        ...(signature && { signaturePin: signaturePin() }),
      }),
    open: (store) => new VirtualPkcs15Card({ store, extendedLength: commandSet === 'isoapplet' }),
    renewCodes: ({ secrets }) => {
      for (const secret of secrets) {
        const isSecondPin = secret.role === 'pin' && secret.reference === PIN_2.reference;
        secret.value.set(padPin(pinBlocks[commandSet], isSecondPin ? signaturePin() : fitting[secret.role]));
        secret.triesLeft = secret.maxTries;
      }
    },
  };
};

/** A YubiKey, which the tools of its maker know too. Its one PIN guards both keys. */
const piv: CardMaker<PivCardState> = {
  storeAt: filePivStore,
  create: (_, { authentication, signature }) =>
    personalizePiv({
      ...codes(),
      atrKind: 'yubikey',
      slots: [
        { reference: 0x9a, ...held(authentication) },
        ...(signature ? [{ reference: 0x9c, ...held(signature) }] : []),
      ],
    }),
  open: (store) => new VirtualPivCard({ store }),
  renewCodes: (state) => {
    state.pin = newCode(codes().pin, state.pin.maxTries);
    state.puk = newCode(codes().puk, state.puk.maxTries);
  },
};
