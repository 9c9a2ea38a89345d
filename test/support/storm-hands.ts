import { setTimeout as delay } from 'node:timers/promises';
import type { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import type { SeededRandom } from './seeded-random.js';

/** What was done to a card. */
export type Deed = 'inserted' | 'pulled' | 'silent' | '6f00' | 'reset';

export const stormReaders: readonly string[] = Array.from(
  { length: 16 },
  (_, n) => `TEST Storm Reader ${String(n + 1).padStart(2, '0')}`,
);

/** Hands that insert, pull and swap cards at random, plug readers in and out, and break things now and then. */
export class StormHands {
  readonly counts: Record<Deed | 'readersPlugged' | 'readersUnplugged', number> = {
    inserted: 0,
    pulled: 0,
    silent: 0,
    '6f00': 0,
    reset: 0,
    readersPlugged: 0,
    readersUnplugged: 0,
  };
  readonly #hardware: VirtualHardware;
  readonly #random: SeededRandom;
  readonly #deeds: { readonly card: string; readonly deed: Deed; readonly at: number }[] = [];

  constructor(hardware: VirtualHardware, random: SeededRandom) {
    this.#hardware = hardware;
    this.#random = random;
  }

  /** Everything that was done to a card since a time. */
  deedsTo(card: string, since: number): readonly Deed[] {
    return this.#deeds.filter((deed) => deed.card === card && deed.at >= since).map(({ deed }) => deed);
  }

  /** Names of the cards that are in a reader. */
  get insertedCards(): readonly string[] {
    return this.#hardware.state().cards.flatMap(({ name, reader }) => (reader === undefined ? [] : [name]));
  }

  /** Goes on until aborted. */
  async work(signal: AbortSignal): Promise<void> {
    for (;;) {
      await delay(this.#random.between(60, 500), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.#actOnce();
    }
  }

  /** One of the things that can happen to a card while somebody signs in with it. */
  meddleWith(card: string): void {
    const reader = this.#readerOf(card);
    if (reader === undefined) return;
    const what = this.#random.next();
    if (what < 0.4) this.pull(reader);
    else if (what < 0.6) this.#reset(reader);
    else if (what < 0.8) this.#break(reader, card);
    else this.#swap(reader);
  }

  insert(reader: string, card: string): void {
    const before = this.#cardIn(reader);
    if (before !== undefined) this.#note(before, 'pulled');
    if (this.#readerOf(card) !== undefined) this.#note(card, 'pulled');
    this.#note(card, 'inserted');
    this.#hardware.clearFaults(reader);
    this.#hardware.insert(reader, card);
  }

  pull(reader: string): void {
    const card = this.#cardIn(reader);
    if (card === undefined) return;
    this.#note(card, 'pulled');
    this.#hardware.remove(reader);
    this.#hardware.clearFaults(reader);
  }

  #actOnce(): void {
    const what = this.#random.next();
    const full = this.#plugged().filter((name) => this.#cardIn(name) !== undefined);
    const reader = this.#random.pick(full);
    if (what < 0.45) this.#insertSomewhere();
    else if (what < 0.5) this.#hotPlug();
    else if (reader === undefined) return;
    else if (what < 0.75) this.pull(reader);
    else if (what < 0.85) this.#swap(reader);
    else if (what < 0.95) this.#reset(reader);
    else this.#break(reader, this.#cardIn(reader)!);
  }

  #insertSomewhere(): void {
    const reader = this.#random.pick(this.#plugged().filter((name) => this.#cardIn(name) === undefined));
    const card = this.#freeCard();
    if (reader !== undefined && card !== undefined) this.insert(reader, card);
  }

  /** Another card takes the place of the one in this reader, without a pause; or a card moves here. */
  #swap(reader: string): void {
    const inserted = this.insertedCards.filter((card) => card !== this.#cardIn(reader));
    const card = this.#random.chance(0.7) ? this.#freeCard() : this.#random.pick(inserted);
    if (card !== undefined) this.insert(reader, card);
  }

  #reset(reader: string): void {
    this.#note(this.#cardIn(reader)!, 'reset');
    void this.#hardware.reader(reader).reset();
  }

  /** One answer is 6F00, or the card falls silent, until somebody pulls it some seconds later. */
  #break(reader: string, card: string): void {
    const apdu = 1 + Math.floor(this.#random.next() * 8);
    if (this.#random.chance(0.6)) {
      this.#note(card, '6f00');
      this.#hardware.armFault(reader, { kind: 'status-word', apdu, statusWord: '6f00' });
    } else {
      this.#note(card, 'silent');
      this.#hardware.armFault(reader, { kind: 'silence', apdu });
    }
    const timer = setTimeout(
      () => {
        if (this.#plugged().includes(reader) && this.#cardIn(reader) === card) this.pull(reader);
      },
      this.#random.between(500, 4000),
    );
    timer.unref();
  }

  #hotPlug(): void {
    const plugged = this.#plugged();
    const absent = stormReaders.filter((name) => !plugged.includes(name));
    const [away, back] = [this.#random.pick(plugged), this.#random.pick(absent)];
    if (back !== undefined && (absent.length >= 3 || this.#random.chance(0.5))) {
      this.counts.readersPlugged += 1;
      this.#hardware.addReader(back);
    } else if (away !== undefined) {
      this.pull(away);
      this.counts.readersUnplugged += 1;
      this.#hardware.removeReader(away);
    }
  }

  /** All readers plugged in, all cards out. */
  clear(): void {
    for (const name of stormReaders) {
      if (!this.#plugged().includes(name)) this.#hardware.addReader(name);
      this.pull(name);
      this.#hardware.clearFaults(name);
    }
  }

  #note(card: string, deed: Deed): void {
    this.counts[deed] += 1;
    this.#deeds.push({ card, deed, at: Date.now() });
    if (this.#deeds.length > 10_000) this.#deeds.splice(0, 5000);
  }

  #plugged(): readonly string[] {
    return this.#hardware.readers.map(({ name }) => name);
  }

  #cardIn(reader: string): string | undefined {
    return this.#hardware.state().readers.find(({ name }) => name === reader)?.card;
  }

  #readerOf(card: string): string | undefined {
    return this.#hardware.state().cards.find(({ name }) => name === card)?.reader;
  }

  #freeCard(): string | undefined {
    return this.#random.pick(
      this.#hardware.state().cards.flatMap(({ name, reader }) => (reader === undefined ? [name] : [])),
    );
  }
}
