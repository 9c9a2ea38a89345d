import { MiddlewareError, type ErrorFields } from '../../core/errors.js';
import { toHex } from '../../core/bytes.js';
import type { VirtualCard } from '../virtual-card/virtual-card.js';
import type { Fault } from './fault.js';
import { VirtualPinPad, type PinPadOptions } from './pin-pad.js';
import { VirtualReader, type VirtualReaderOptions } from './virtual-reader.js';

/** What a reader that is plugged in can do. */
type NewReader = Pick<VirtualReaderOptions, 'maxApduDataSize'> & { readonly pinPad?: PinPadOptions };

/** PC/SC knows no more readers (pcsc-lite: PCSCLITE_MAX_READERS_CONTEXTS). */
const MAX_READERS = 16;
/** pcsc-lite: MAX_READERNAME, with its NUL. */
const MAX_READER_NAME = 127;

/** One reader as `kort sandbox` shows it. */
export interface VirtualReaderState {
  readonly name: string;
  /** Name of the inserted card. */
  readonly card: string | undefined;
  /** Hexadecimal; undefined without a card. */
  readonly atr: string | undefined;
  readonly apduCount: number;
  readonly faults: readonly Fault[];
}

/** One card as `kort sandbox` shows it. */
export interface VirtualCardState {
  readonly name: string;
  /** Name of the reader that it is in. */
  readonly reader: string | undefined;
}

/** All virtual readers and cards at one moment; plain data. */
export interface VirtualHardwareState {
  readonly readers: readonly VirtualReaderState[];
  readonly cards: readonly VirtualCardState[];
}

/** Up to 16 virtual readers, and the cards that can be put into them; both by name. */
export class VirtualHardware {
  readonly #readers = new Map<string, VirtualReader>();
  readonly #cards = new Map<string, VirtualCard>();
  readonly #listeners = new Set<() => void>();

  /** In the order in which they were added. */
  get readers(): readonly VirtualReader[] {
    return [...this.#readers.values()];
  }

  /** Calls back when readers come and go and when cards do; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Plugs a reader in, with a keypad where `pinPad` is given.
   *
   * @throws {MiddlewareError} ERR_USAGE, with a `reason`, when the name is taken or unfit, or there are 16 readers.
   */
  addReader(name: string, { pinPad, maxApduDataSize }: NewReader = {}): VirtualReader {
    if (this.#readers.has(name)) throw unusable('Reader name taken', { name, reason: 'readerNameTaken' });
    if (this.#readers.size >= MAX_READERS) throw unusable('Too many readers', { name, reason: 'readersTooMany' });
    if (!isReaderName(name)) throw unusable('Reader name unfit', { name, reason: 'readerNameUnfit' });
    const reader = new VirtualReader(name, { pinPad: pinPad && new VirtualPinPad(pinPad), maxApduDataSize });
    reader.onChange(() => this.#changed());
    this.#readers.set(name, reader);
    this.#changed();
    return reader;
  }

  /** Unplugs a reader; a card that is in it is pulled first. @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN */
  removeReader(name: string): void {
    const reader = this.reader(name);
    this.#readers.delete(name);
    if (!reader.remove()) this.#changed();
  }

  /** @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN */
  reader(name: string): VirtualReader {
    const reader = this.#readers.get(name);
    if (reader === undefined) throw unknown('reader', name);
    return reader;
  }

  /** Makes a card known, not yet inserted. @throws {MiddlewareError} ERR_USAGE when the name is taken. */
  addCard(name: string, card: VirtualCard): void {
    if (name === '' || this.#cards.has(name)) throw unusable('Card name taken', { name });
    this.#cards.set(name, card);
    this.#changed();
  }

  /**
   * Puts a card into a reader: out of the reader that it was in, in place of the card that was there.
   *
   * @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN for either name.
   */
  insert(readerName: string, cardName: string): void {
    const reader = this.reader(readerName);
    const card = this.#cards.get(cardName);
    if (card === undefined) throw unknown('card', cardName);
    if (reader.card === card) return;
    this.#readerOf(card)?.remove();
    reader.insert(card);
  }

  /** Pulls the card; false when there was none. @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN */
  remove(readerName: string): boolean {
    return this.reader(readerName).remove();
  }

  /** @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN */
  armFault(readerName: string, fault: Fault): void {
    this.reader(readerName).armFault(fault);
  }

  /** Disarms all faults of a reader; a card that is silent already stays so. @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN */
  clearFaults(readerName: string): void {
    this.reader(readerName).clearFaults();
  }

  state(): VirtualHardwareState {
    const readers = this.readers.map((reader) => ({
      name: reader.name,
      card: this.#nameOf(reader.card),
      atr: reader.atr && toHex(reader.atr),
      apduCount: reader.apduCount,
      faults: reader.faults,
    }));
    const cards = [...this.#cards].map(([name, card]) => ({ name, reader: this.#readerOf(card)?.name }));
    return { readers, cards };
  }

  #readerOf(card: VirtualCard): VirtualReader | undefined {
    return this.readers.find((reader) => reader.card === card);
  }

  #nameOf(card: VirtualCard | undefined): string | undefined {
    return [...this.#cards].find(([, candidate]) => candidate === card)?.[0];
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const unknown = (kind: 'reader' | 'card', name: string): MiddlewareError =>
  new MiddlewareError('ERR_SANDBOX_UNKNOWN', `No such virtual ${kind}`, { fields: { kind, name } });

const unusable = (message: string, fields: ErrorFields): MiddlewareError =>
  new MiddlewareError('ERR_USAGE', message, { fields });

/** Without control characters: it is shown on terminals, and PC/SC programs take it for a C string. */
function isReaderName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= MAX_READER_NAME && !/\p{Cc}/u.test(name);
}
