import type { ReaderControlAnswer, SimulatedReader } from '../../transport/simulator/simulated-reader.js';
import type { VirtualCard } from '../virtual-card/virtual-card.js';
import { concatBytes, fromHex } from '../../core/bytes.js';
import { FairReaderLock } from './fair-reader-lock.js';
import { FaultPlan } from './fault-plan.js';
import type { DelayFault, Fault } from './fault.js';
import type { VirtualPinPad } from './pin-pad.js';
import { tellDataSize } from './pin-pad-features.js';

/** What a reader can do beyond passing commands on. */
export interface VirtualReaderOptions {
  readonly pinPad?: VirtualPinPad | undefined;
  /** dwMaxAPDUDataSize of a reader without a keypad; above 256 it takes extended length. Default: it does not tell. */
  readonly maxApduDataSize?: number | undefined;
}

const nothing = new Uint8Array(0);

/** An inserted card and the moment it is pulled. */
interface Insertion {
  readonly card: VirtualCard;
  readonly pulled: AbortController;
  /** It has given its last answer and is about to be pulled. */
  leaving: boolean;
}

/** A reader without hardware: one card at a time, one command at a time, and faults on demand. */
export class VirtualReader implements SimulatedReader {
  readonly name: string;
  readonly lock = new FairReaderLock();
  readonly connections = { shared: 0, exclusive: false };
  /** The keypad, where the reader has one. */
  readonly pinPad: VirtualPinPad | undefined;
  readonly #maxApduDataSize: number | undefined;
  readonly #faults = new FaultPlan();
  readonly #listeners = new Set<() => void>();
  #insertion: Insertion | undefined;
  #eventCounter = 0;
  #resetCounter = 0;
  #apduCount = 0;
  /** Settles when the reader is done with what was asked of it so far. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(name: string, { pinPad, maxApduDataSize }: VirtualReaderOptions = {}) {
    this.name = name;
    this.pinPad = pinPad;
    this.#maxApduDataSize = maxApduDataSize;
  }

  get card(): VirtualCard | undefined {
    return this.#insertion?.card;
  }

  get atr(): Uint8Array | undefined {
    return this.#insertion?.card.atr;
  }

  get protocol(): 'T=0' | 'T=1' {
    return this.#insertion?.card.protocol ?? 'T=0';
  }

  get eventCounter(): number {
    return this.#eventCounter;
  }

  get resetCounter(): number {
    return this.#resetCounter;
  }

  /** Commands that reached this reader since it was made, also those that a fault kept from the card. */
  get apduCount(): number {
    return this.#apduCount;
  }

  get faults(): Fault[] {
    return this.#faults.list();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts a card in, powered off before; a card that was in is pulled first. */
  insert(card: VirtualCard): void {
    this.remove();
    card.powerOff();
    this.#insertion = { card, pulled: new AbortController(), leaving: false };
    this.#changed();
  }

  /** Pulls the card: whoever waits for its answer gets an empty one. False when there was none. */
  remove(): boolean {
    const insertion = this.#insertion;
    if (insertion === undefined) return false;
    this.#insertion = undefined;
    this.#faults.cardRemoved();
    insertion.pulled.abort();
    insertion.card.powerOff();
    this.#changed();
    return true;
  }

  armFault(fault: Fault): void {
    this.#faults.arm(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  transmit(command: Uint8Array): Promise<Uint8Array> {
    const insertion = this.#insertion;
    if (insertion === undefined) return Promise.resolve(nothing);
    return this.#inTurn(() => this.#exchange(insertion, command));
  }

  async control(code: number, input: Uint8Array): Promise<ReaderControlAnswer> {
    const { pinPad } = this;
    if (pinPad === undefined)
      return this.#maxApduDataSize === undefined ? 'unsupported' : tellDataSize(code, this.#maxApduDataSize);
    return this.#inTurn(() => {
      const insertion = this.#insertion;
      const card = insertion && {
        pulled: insertion.pulled.signal,
        transmit: (command: Uint8Array) => this.#exchange(insertion, command),
      };
      return pinPad.control(code, input, card);
    });
  }

  reset(): Promise<void> {
    const insertion = this.#insertion;
    return this.#inTurn(() => {
      if (insertion === undefined || insertion !== this.#insertion) return;
      this.#resetCard(insertion);
    });
  }

  #resetCard({ card }: Insertion): void {
    card.reset();
    this.#resetCounter += 1;
  }

  /** As {@link reset}, for a service that cuts the power; not counted, since nobody is connected then. */
  powerOff(): Promise<void> {
    const insertion = this.#insertion;
    return this.#inTurn(() => {
      if (insertion === this.#insertion) insertion?.card.powerOff();
    });
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#busy.then(work);
    this.#busy = result.catch(() => undefined);
    return result;
  }

  async #exchange(insertion: Insertion, command: Uint8Array): Promise<Uint8Array> {
    if (insertion.leaving) await aborted(insertion.pulled.signal);
    if (insertion !== this.#insertion) return nothing;
    this.#apduCount += 1;
    const { fault, delay } = this.#faults.next();
    if (fault?.kind === 'remove-before') this.remove();
    if (fault?.kind === 'silence') await aborted(insertion.pulled.signal);
    if (fault?.kind === 'reset') this.#resetCard(insertion);
    if (insertion !== this.#insertion || fault?.kind === 'reset') return nothing;
    if (fault?.kind === 'status-word') return fromHex(fault.statusWord);
    const { response: answer, keyOperations } = insertion.card.process(command);
    const response = spoiled(answer, fault);
    if (fault?.kind === 'remove-during') this.remove();
    if (delay !== undefined) {
      await pause(delayOf(delay, command.length + response.length, keyOperations), insertion.pulled.signal);
    }
    if (insertion !== this.#insertion) return nothing;
    if (fault?.kind === 'remove-after') this.#removeSoon(insertion);
    return response;
  }

  /** So that the caller sees the answer before anybody sees the removal. */
  #removeSoon(insertion: Insertion): void {
    insertion.leaving = true;
    setImmediate(() => {
      if (insertion === this.#insertion) this.remove();
    });
  }

  #changed(): void {
    this.#eventCounter += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}

function spoiled(answer: Uint8Array, fault: Fault | undefined): Uint8Array {
  if (fault?.kind === 'short-answer') return answer.slice(0, fault.length);
  if (fault?.kind !== 'status-word-after') return answer;
  return concatBytes(answer.subarray(0, -2), fromHex(fault.statusWord));
}

const delayOf = (delay: DelayFault, bytes: number, keyOperations: number): number =>
  delay.perCommandMs + delay.perByteMs * bytes + delay.perSignatureMs * keyOperations;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
