import { issuePerson, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import type { PersonRequest } from '../../src/sandbox/ca/person.js';
import type { CardModelName } from '../../src/sandbox/virtual-card/card-models.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../src/sandbox/virtual-card/personalize.js';
import type { CardAnswer, VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { personalizePiv } from '../../src/sandbox/virtual-piv/personalize-piv.js';
import type { PivAtrKind } from '../../src/sandbox/virtual-piv/piv-card-state.js';
import { memoryPivStore } from '../../src/sandbox/virtual-piv/piv-card-stores.js';
import { VirtualPivCard } from '../../src/sandbox/virtual-piv/virtual-piv-card.js';
import { personalizePkcs15 } from '../../src/sandbox/virtual-pkcs15/personalize-pkcs15.js';
import type { CommandSet } from '../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { memoryPkcs15Store } from '../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { VirtualPkcs15Card } from '../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';

/** Which virtual card. */
export type WatchedKind =
  | { readonly family: 'idprime'; readonly model: CardModelName }
  | { readonly family: 'piv'; readonly atrKind: PivAtrKind }
  | { readonly family: 'pkcs15'; readonly commandSet: CommandSet };

/** A VERIFY with a code in it, as the card answered it. */
export interface SeenVerify {
  readonly accepted: boolean;
}

/** A virtual card of a test person that counts what is done with its PIN. */
export interface WatchedCard {
  readonly name: string;
  readonly kind: WatchedKind;
  readonly pin: string;
  readonly puk: string;
  readonly person: PersonRequest;
  readonly holder: string;
  /** DER of the one certificate, which is on the card from the start. */
  readonly certificate: Uint8Array;
  readonly card: VirtualCard;
  /** Every VERIFY with a code that reached the card. */
  readonly verifies: SeenVerify[];
  /** Called when the card has carried one out. */
  onVerify: ((verify: SeenVerify) => void) | undefined;
  readonly highestTries: number;
  /** Of the PIN, from the card's memory. */
  attemptsRemaining(): number;
}

/** Makes a card with one authentication certificate. */
export async function watchedCard(
  ca: SandboxCa,
  options: {
    readonly name: string;
    readonly kind: WatchedKind;
    readonly person: PersonRequest;
    readonly pin: string;
  },
): Promise<WatchedCard> {
  const { name, kind, person, pin } = options;
  const { certificate, privateKey } = await issuePerson(ca, person);
  const puk = kind.family === 'pkcs15' && kind.commandSet === 'isoapplet' ? '8765432187654321' : '87654321';
  const made = make(kind, { name, pin: Buffer.from(pin), puk: Buffer.from(puk), der: certificate, privateKey });
  const verifies: SeenVerify[] = [];
  const watched: WatchedCard = {
    ...{ name, kind, pin, puk, person, certificate, verifies },
    holder: `${person.givenName} ${person.surname}`,
    card: observed(made.card, (verify) => {
      verifies.push(verify);
      watched.onVerify?.(verify);
    }),
    onVerify: undefined,
    highestTries: made.tries(),
    attemptsRemaining: made.tries,
  };
  return watched;
}

interface Contents {
  readonly name: string;
  readonly pin: Uint8Array;
  readonly puk: Uint8Array;
  readonly der: Uint8Array;
  readonly privateKey: Awaited<ReturnType<typeof issuePerson>>['privateKey'];
}

function make(
  kind: WatchedKind,
  { name, pin, puk, der, privateKey }: Contents,
): { readonly card: VirtualCard; readonly tries: () => number } {
  const label = `TEST ${name}`;
  switch (kind.family) {
    case 'idprime': {
      const certificates = [{ der, privateKey }];
      const store = memoryCardStore(personalize({ model: kind.model, pin, puk, label, certificates }));
      return { card: new VirtualIdPrimeCard({ store }), tries: () => store.load().pins[0]!.triesLeft };
    }
    case 'piv': {
      const slots = [{ reference: 0x9a, der, privateKey }];
      const store = memoryPivStore(personalizePiv({ atrKind: kind.atrKind, pin, puk, slots }));
      return { card: new VirtualPivCard({ store }), tries: () => store.load().pin.triesLeft };
    }
    case 'pkcs15': {
      const certificates = [{ der, privateKey }];
      const { commandSet } = kind;
      const store = memoryPkcs15Store(personalizePkcs15({ commandSet, pin, puk, label, certificates }));
      const isPin = ({ role }: { readonly role: string }): boolean => role === 'pin';
      return { card: new VirtualPkcs15Card({ store }), tries: () => store.load().secrets.find(isPin)!.triesLeft };
    }
  }
}

/** VERIFY: ISO/IEC 7816-4:2020 §11.6.6. Without data it only asks for the counter. */
const isVerifyWithCode = (command: Uint8Array): boolean => command[1] === 0x20 && command.length > 5;

function observed(card: VirtualCard, onVerify: (verify: SeenVerify) => void): VirtualCard {
  const process = (command: Uint8Array): CardAnswer => {
    const isVerify = isVerifyWithCode(command);
    const answer = card.process(command);
    if (isVerify) onVerify({ accepted: answer.response.at(-2) === 0x90 && answer.response.at(-1) === 0 });
    return answer;
  };
  return {
    atr: card.atr,
    protocol: card.protocol,
    process,
    transmit: (command) => Promise.resolve(process(command).response),
    reset: () => card.reset(),
    powerOff: () => card.powerOff(),
  };
}
