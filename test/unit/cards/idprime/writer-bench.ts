import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import type { CardApplication, CardContents, CardWriter } from '../../../../src/cards/card-application.js';
import { createIdPrimeFamily } from '../../../../src/cards/idprime/idprime-family.js';
import { verifyPin } from '../../../../src/cards/pin-commands.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { Secret } from '../../../../src/core/secret.js';
import type { CardState } from '../../../../src/sandbox/virtual-card/card-state.js';
import { memoryCardStore } from '../../../../src/sandbox/virtual-card/memory-card-store.js';
import { VirtualIdPrimeCard } from '../../../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { ascii, testPin } from '../../../support/virtual-card-fixture.js';

/** What happens at one command of the writing, counted from 0. */
export interface CommandFault {
  readonly at: number;
  /** What the card, or the reader, answers instead; without one the card is gone from then on. */
  readonly statusWord?: number;
  /** Whether the card carries that command out. */
  readonly carriedOut?: boolean;
}

export type Write = (writer: CardWriter, exchange: ApduExchange) => Promise<unknown>;

const removed = new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');

export interface CardInMemory {
  readonly card: VirtualIdPrimeCard;
  readonly state: () => CardState;
}

/** A card from its memory, as after it was put in again. */
export function cardFrom(start: CardState): CardInMemory {
  const store = memoryCardStore(start);
  return { card: new VirtualIdPrimeCard({ store }), state: () => store.load() };
}

export function exchangeWith(
  card: VirtualIdPrimeCard,
  answer = (command: Uint8Array) => card.process(command).response,
) {
  return createApduExchange(
    {
      protocol: card.protocol,
      // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown must be a rejection
      transmit: async (command) => answer(command),
      control: () => Promise.reject(new Error('unexpected control call')),
    },
    { clock: systemClock },
  );
}

export async function recognized(card: VirtualIdPrimeCard, exchange = exchangeWith(card)): Promise<CardApplication> {
  const application = await createIdPrimeFamily({ writing: 'experimental' }).recognize(exchange, card.atr);
  if (application === undefined) throw new Error('card not recognized');
  return application;
}

export async function contentsOf(card: VirtualIdPrimeCard): Promise<CardContents> {
  card.reset();
  const exchange = exchangeWith(card);
  return (await recognized(card, exchange)).readContents(exchange);
}

/** One line for each certificate: its key and its bytes. */
export const shown = ({ certificates }: CardContents): string[] =>
  certificates.map(({ der, key }) => `${key === undefined ? '-' : key.reference} ${Buffer.from(der).toString('hex')}`);

/** Writes in a transaction of its own; throws what the work throws. Returns the commands that the writing took. */
export async function write(card: VirtualIdPrimeCard, work: Write, fault?: CommandFault): Promise<number> {
  card.reset();
  const application = await recognized(card);
  const { pins } = await application.readContents(exchangeWith(card));
  let count = -Infinity;
  const exchange = exchangeWith(card, (command) => {
    const number = count;
    count += 1;
    if (fault === undefined || number < fault.at) return card.process(command).response;
    if (number > fault.at && fault.statusWord !== undefined) return card.process(command).response;
    if (number === fault.at && fault.carriedOut === true) card.process(command);
    if (fault.statusWord === undefined) throw removed;
    return Uint8Array.of(fault.statusWord >> 8, fault.statusWord & 0xff);
  });
  await application.select(exchange);
  await verifyPin(exchange, pins[0]!, Secret.moveFrom(ascii(testPin)));
  count = 0;
  await work(application.writer!, exchange);
  return count;
}

/** The outcome of {@link write} as a value: undefined, or what was thrown. */
export async function outcomeOf(card: VirtualIdPrimeCard, work: Write, fault?: CommandFault): Promise<unknown> {
  return await write(card, work, fault).then(
    () => undefined,
    (error: unknown) => error,
  );
}

const file = ({ files }: CardState, fid: number): Uint8Array =>
  files.find((one) => one.fid === fid)?.content ?? new Uint8Array();

/** What names something that is not there, in words. */
export function dangling(state: CardState): string[] {
  const index = Buffer.from(file(state, 0x0101));
  const containers = Buffer.from(file(state, 0x0204));
  const keyMap = Buffer.from(file(state, 0x0005));
  const references = new Set(state.keys.map(({ reference }) => reference));
  const found: string[] = [];
  for (let at = 1; at < 1 + 21 * index[0]!; at += 21) {
    const [fid, size] = [index.readUInt16BE(at), index.readUInt16BE(at + 2)];
    if (fid !== 0 && file(state, fid).length !== size) found.push(`index: ${fid.toString(16)}`);
  }
  const mapped = new Map<number, number>();
  for (let at = 0; at < keyMap.length; at += 8) {
    if (keyMap[at] === 0) continue;
    mapped.set(keyMap[at + 2]!, keyMap[at + 1]!);
    if (!references.has(keyMap[at + 1]!)) found.push(`key map: ${at / 8}`);
  }
  for (let at = 0; at < containers.length; at += 86) {
    if ((containers[at + 80]! & 1) === 0) continue;
    const container = at / 86;
    const reference = state.model === 'md840' ? (0xf7 + container) & 0xff : mapped.get(container);
    if (reference === undefined || !references.has(reference)) found.push(`container map: ${container}`);
  }
  return found;
}
