import { equalBytes } from '../../core/bytes.js';
import { wipeableBytes } from '../../core/secret.js';
import type { ReaderControlAnswer } from '../../transport/simulator/simulated-reader.js';
import { PinPadEntry, type PinPadEntryEnd } from './pin-pad-entry.js';
import {
  encodeFeatures,
  encodePinProperties,
  encodeTlvProperties,
  features,
  GET_FEATURE_REQUEST,
  type AnnouncedProperties,
} from './pin-pad-features.js';
import { parsePinModify, parsePinVerify, type PinPadPrompt, type PinPadRequest } from './pin-pad-structure.js';

/**
 * How a keypad misbehaves.
 *
 * - `refuses-structure`, `refuses-instruction`: announces PIN entry and answers 6B80 or 6D00 without asking anybody.
 * - `unsupported`, `fails`: the same, and the call itself is refused or fails.
 * - `malformed-features`: the list of features ends in the middle of one.
 * - `empty-answer`, `short-answer`, `long-answer`: carries the command out and answers 0, 1 or 260 bytes.
 * - `silent`: takes the PIN and never answers, until the card is pulled.
 */
export type PinPadFault =
  | 'refuses-structure'
  | 'refuses-instruction'
  | 'unsupported'
  | 'fails'
  | 'malformed-features'
  | 'empty-answer'
  | 'short-answer'
  | 'long-answer'
  | 'silent';

/** What a virtual keypad is made of. */
export interface PinPadOptions {
  /** Whether it changes PINs too; default true. */
  readonly modify?: boolean;
  /** Default 4. */
  readonly minPinLength?: number;
  /** Default 16. */
  readonly maxPinLength?: number;
  /** Lengths that it tells instead of its own. */
  readonly announces?: { readonly minPinLength: number; readonly maxPinLength: number };
  readonly display?: { readonly lines: number; readonly columns: number };
  /** dwMaxAPDUDataSize; above 256 the reader takes extended length. */
  readonly maxApduDataSize?: number;
}

/** The card that the reader holds, as its keypad reaches it. */
export interface PinPadCard {
  readonly pulled: AbortSignal;
  transmit(command: Uint8Array): Promise<Uint8Array>;
}

/** Answers of the reader itself (PC/SC part 10 §2.5.2.3). */
const answers = {
  timeOut: 0x6400,
  cancelled: 0x6401,
  mismatch: 0x6402,
  wrongLength: 0x6403,
  badStructure: 0x6b80,
  badInstruction: 0x6d00,
} as const;

const endings: Readonly<Record<'cancelled' | 'timed-out' | 'wrong-length', number>> = {
  cancelled: answers.cancelled,
  'timed-out': answers.timeOut,
  'wrong-length': answers.wrongLength,
};

const word = (statusWord: number): Uint8Array => Uint8Array.of(statusWord >> 8, statusWord & 0xff);

/**
 * The keypad of a virtual reader: announces itself as libccid does, takes PIN structures strictly, builds the command
 * and sends it to the card. Its keys are pressed by whoever calls {@link press}, {@link ok}, {@link cancel}.
 */
export class VirtualPinPad {
  fault: PinPadFault | undefined;
  readonly #options: PinPadOptions;
  readonly #listeners = new Set<(prompt: PinPadPrompt) => void>();
  #entry: { readonly keys: PinPadEntry; readonly prompt: PinPadPrompt } | undefined;
  #requests = 0;

  constructor(options: PinPadOptions = {}) {
    this.#options = options;
  }

  /** What it asks for now. */
  get asksFor(): PinPadPrompt | undefined {
    return this.#entry?.prompt;
  }

  /** How often it was asked to take a PIN, also where it refused. */
  get requests(): number {
    return this.#requests;
  }

  /** Calls back whenever it asks for a PIN; returns how to stop. */
  onAsk(listener: (prompt: PinPadPrompt) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Presses digit keys, ASCII; they do nothing while it does not ask. */
  press(digits: Uint8Array): void {
    this.#entry?.keys.press(digits);
  }

  ok(): void {
    this.#entry?.keys.ok();
  }

  cancel(): void {
    this.#entry?.keys.cancel();
  }

  /** Lets its time be over now. */
  timeOut(): void {
    this.#entry?.keys.timeOut();
  }

  /** One control call; `card` is undefined while there is none in the reader. */
  async control(code: number, input: Uint8Array, card: PinPadCard | undefined): Promise<ReaderControlAnswer> {
    switch (code) {
      case GET_FEATURE_REQUEST:
        return this.#features();
      case features.pinProperties.code:
        return encodePinProperties(this.#announced());
      case features.tlvProperties.code:
        return encodeTlvProperties(this.#announced());
      case features.verify.code:
        return this.#takePin(parsePinVerify(input, this.#limits()), card);
      case features.modify.code:
        if (this.#options.modify === false) return 'unsupported';
        return this.#takePin(parsePinModify(input, this.#limits()), card);
      default:
        return 'unsupported';
    }
  }

  #features(): Uint8Array {
    const list = encodeFeatures([
      'verify',
      ...(this.#options.modify === false ? [] : (['modify'] as const)),
      'pinProperties',
      'tlvProperties',
    ]);
    return this.fault === 'malformed-features' ? list.subarray(0, 10) : list;
  }

  #limits(): { minPinLength: number; maxPinLength: number; hasDisplay: boolean } {
    const { minPinLength = 4, maxPinLength = 16, display } = this.#options;
    return { minPinLength, maxPinLength, hasDisplay: display !== undefined };
  }

  #announced(): AnnouncedProperties {
    const { display, maxApduDataSize } = this.#options;
    return { ...this.#limits(), ...this.#options.announces, display, maxApduDataSize };
  }

  async #takePin(request: PinPadRequest | undefined, card: PinPadCard | undefined): Promise<ReaderControlAnswer> {
    this.#requests += 1;
    if (this.fault === 'unsupported') return 'unsupported';
    if (this.fault === 'fails' || card === undefined) return 'failed';
    if (this.fault === 'refuses-instruction') return word(answers.badInstruction);
    if (this.fault === 'refuses-structure' || request === undefined) return word(answers.badStructure);
    const entered: Uint8Array[] = [];
    try {
      for (const prompt of request.prompts) {
        const end = await this.#ask(request, prompt, card.pulled);
        if (end.how === 'pulled') return 'failed';
        if (end.how !== 'entered') return word(endings[end.how]);
        entered.push(end.digits);
      }
      return await this.#send(request, entered, card);
    } finally {
      for (const digits of entered) digits.fill(0);
    }
  }

  async #ask(request: PinPadRequest, prompt: PinPadPrompt, pulled: AbortSignal): Promise<PinPadEntryEnd> {
    const keys = new PinPadEntry(request, pulled);
    this.#entry = { keys, prompt };
    for (const listener of [...this.#listeners]) listener(prompt);
    const end = await keys.ended;
    this.#entry = undefined;
    return end;
  }

  async #send(request: PinPadRequest, entered: readonly Uint8Array[], card: PinPadCard): Promise<ReaderControlAnswer> {
    if (!isConfirmed(request, entered)) return word(answers.mismatch);
    const command = fillTemplate(request, entered);
    try {
      if (this.fault === 'silent') {
        await new Promise<void>((resolve) => card.pulled.addEventListener('abort', () => resolve(), { once: true }));
      }
      const answer = await card.transmit(command);
      if (answer.length < 2) return 'failed';
      return this.#garble(answer);
    } finally {
      command.fill(0);
    }
  }

  #garble(answer: Uint8Array): Uint8Array {
    if (this.fault === 'empty-answer') return new Uint8Array();
    if (this.fault === 'short-answer') return answer.subarray(0, 1);
    return this.fault === 'long-answer' ? Uint8Array.from({ length: 260 }, () => 0x90) : answer;
  }
}

function isConfirmed({ prompts }: PinPadRequest, entered: readonly Uint8Array[]): boolean {
  const [next, again] = [entered[prompts.indexOf('new-pin')], entered[prompts.indexOf('confirmation')]];
  return next === undefined || again === undefined || equalBytes(next, again);
}

/** The command with the PINs in their places; without a block, with the PIN's own length as Lc. */
function fillTemplate(request: PinPadRequest, entered: readonly Uint8Array[]): Uint8Array {
  const { template, offsets, prompts } = request;
  const [first] = entered;
  if (template.length <= 5 && first !== undefined) {
    const command = wipeableBytes(5 + first.length);
    command.set([...template.subarray(0, 4), first.length]);
    command.set(first, 5);
    return command;
  }
  const command = wipeableBytes(template.length);
  command.set(template);
  for (const [index, prompt] of prompts.entries()) {
    const offset = offsets[prompt];
    if (offset !== undefined) command.set(entered[index] ?? [], offset);
  }
  return command;
}
