import type { CardProtocol } from '../../iso7816/command-apdu.js';
import { AnswerShaper } from './answer-shaper.js';
import { withoutPin, type TracedExchange } from './apdu-trace.js';
import { StoreFailure } from './card-store.js';
import { CommandChain, type ChainRules } from './command-chain.js';
import { parseCommand, type ParsedCommand } from './parsed-command.js';
import { status, sw, type Reply } from './status-words.js';
import type { CardAnswer, VirtualCard } from './virtual-card.js';

const GET_RESPONSE = 0xc0;
const CHAINING_BIT = 0x10;

/** What makes one kind of card: its commands and its memory. */
export interface CardProgram {
  /** Carries out one whole command. What it throws is answered with 6581 when the store failed, else with 6F00. */
  carryOut(command: ParsedCommand): Reply;
  /** Something came that is no command of this card, and was refused; whatever waits for the very next one is over. */
  interrupted?(): void;
  /** Drops all that a reset wipes. */
  reset(): void;
  /** After a failure: as `reset`, and back to what the store holds. May throw when the store fails again. */
  restart(): void;
}

export interface CardShellSettings {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  readonly chaining: ChainRules;
  /** Whether the card takes lengths of two bytes, which T=0 has not. Default false. */
  readonly extendedLength?: boolean;
  /** Class bytes without the chaining bit. Default 00 alone. */
  readonly classes?: readonly number[];
  /** Sees every exchange, without PINs. Must not throw. */
  readonly trace?: ((exchange: TracedExchange) => void) | undefined;
  /** The card's own part; it calls `countKeyOperation` for each private-key operation, which takes a real card long. */
  readonly program: (countKeyOperation: () => void) => CardProgram;
}

/** What all virtual cards have in common: lengths, classes, chaining, GET RESPONSE, trace, recovery. */
export class CardShell implements VirtualCard {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  readonly #settings: CardShellSettings;
  readonly #program: CardProgram;
  readonly #shaper: AnswerShaper;
  readonly #chain: CommandChain;
  readonly #classes: readonly number[];
  #keyOperations = 0;

  constructor(settings: CardShellSettings) {
    this.atr = settings.atr;
    this.protocol = settings.protocol;
    this.#settings = settings;
    this.#shaper = new AnswerShaper(settings.protocol);
    this.#chain = new CommandChain(settings.chaining);
    this.#classes = settings.classes ?? [0x00];
    this.#program = settings.program(() => {
      this.#keyOperations += 1;
    });
  }

  process(command: Uint8Array): CardAnswer {
    this.#keyOperations = 0;
    // As a plain view, since slice() of a Buffer does not copy.
    const response = this.#respond(new Uint8Array(command.buffer, command.byteOffset, command.length));
    this.#settings.trace?.({ command: withoutPin(command), response: response.slice() });
    return { response, keyOperations: this.#keyOperations };
  }

  transmit(command: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(this.process(command).response);
  }

  reset(): void {
    this.#program.reset();
    this.#shaper.forget();
    this.#chain.forget();
  }

  powerOff(): void {
    this.reset();
  }

  #respond(bytes: Uint8Array): Uint8Array {
    const block = parseCommand(bytes, this.protocol, this.#settings.extendedLength);
    if (block === undefined) return this.#refuse(sw.wrongLength);
    if (!this.#classes.includes(block.cla & ~CHAINING_BIT)) return this.#refuse(sw.badCla);
    if (block.ins === GET_RESPONSE) return this.#shaper.getResponse(block);
    const command = this.#chain.add(block);
    if (command === sw.ok) return this.#withoutAnswer(sw.ok);
    if (typeof command === 'number') return this.#refuse(command);
    return this.#shaper.shape(command, this.#shaper.takeRepeated(command) ?? this.#carryOut(command));
  }

  #refuse(statusWord: number): Uint8Array {
    this.#program.interrupted?.();
    return this.#withoutAnswer(statusWord);
  }

  #withoutAnswer(statusWord: number): Uint8Array {
    this.#shaper.forget();
    return Uint8Array.of(statusWord >> 8, statusWord & 0xff);
  }

  #carryOut(command: ParsedCommand): Reply {
    try {
      return this.#program.carryOut(command);
    } catch (error) {
      this.#recover();
      return status(error instanceof StoreFailure ? sw.memoryFailure : sw.internal);
    }
  }

  /** Back to what the store holds, since nothing may happen that was not saved. */
  #recover(): void {
    try {
      this.#program.restart();
    } catch {
      this.#program.reset();
    }
  }
}
