import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Random } from '../../core/ports.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';
import { externalAuthenticate, getChallenge } from './admin-commands.js';
import { AnswerShaper } from './answer-shaper.js';
import { withoutPin, type TracedExchange } from './apdu-trace.js';
import { freshVolatileState, type CardContext, type VolatileState } from './card-context.js';
import { cardModel } from './card-models.js';
import type { CardState, CardStore, KeyState } from './card-state.js';
import { CommandChain } from './command-chain.js';
import { getData, getPinObject } from './data-commands.js';
import { createFile, deleteFile, readBinary, updateBinary } from './file-commands.js';
import { generateKeyPair } from './generate-key-pair.js';
import { parseCommand, type ParsedCommand } from './parsed-command.js';
import { changeReferenceData, resetRetryCounter, verify } from './pin-commands.js';
import { manageSecurityEnvironment, performSecurityOperation } from './security-commands.js';
import { selectCommand } from './select-command.js';
import { status, sw, type Reply } from './status-words.js';

const GET_RESPONSE = 0xc0;

type Handler = (card: CardContext, command: ParsedCommand) => Reply;

/** Commands that need the applet. */
const appletCommands: Readonly<Record<number, Handler>> = {
  0x20: verify,
  0x21: verify,
  0x22: manageSecurityEnvironment,
  0x24: changeReferenceData,
  0x2a: performSecurityOperation,
  0x2c: resetRetryCounter,
  0x47: generateKeyPair,
  0x82: externalAuthenticate,
  0xb0: readBinary,
  0xcb: getPinObject,
  0xd6: updateBinary,
  0xe0: createFile,
  0xe4: deleteFile,
};

/** Commands that are there from power on. */
const cardCommands: Readonly<Record<number, Handler>> = { 0x84: getChallenge, 0xa4: selectCommand, 0xca: getData };

export interface VirtualCardOptions {
  readonly store: CardStore;
  readonly protocol?: CardProtocol;
  readonly atr?: Uint8Array;
  readonly random?: Random;
  /** Sees every exchange, without PINs. Must not throw. */
  readonly trace?: (exchange: TracedExchange) => void;
}

/** One answer, and how many private-key operations it took. */
export interface CardAnswer {
  readonly response: Uint8Array;
  readonly keyOperations: number;
}

/** What a virtual reader needs of any virtual card. */
export interface VirtualCard {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  /** Carries out one command; always at least two bytes, never throws. */
  process(command: Uint8Array): CardAnswer;
  transmit(command: Uint8Array): Promise<Uint8Array>;
  reset(): void;
  powerOff(): void;
}

/**
 * A virtual IDPrime card, the 940 or whichever model its state names: flat file system, PINs 11 and 83, RSA and EC keys,
 * admin key. Its tables are its own and not the
 * driver's, so that one wrong constant cannot make both sides agree.
 */
export class VirtualCard940 implements VirtualCard {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  readonly #options: VirtualCardOptions;
  readonly #shaper: AnswerShaper;
  readonly #chain = new CommandChain();
  #context: CardContext & { volatile: VolatileState };
  #keyOperations = 0;

  constructor(options: VirtualCardOptions) {
    this.#options = options;
    this.#context = this.#createContext();
    this.atr = options.atr ?? this.#context.model.atr;
    this.protocol = options.protocol ?? this.#context.model.protocol;
    this.#shaper = new AnswerShaper(this.protocol);
  }

  process(command: Uint8Array): CardAnswer {
    this.#keyOperations = 0;
    // As a plain view, since slice() of a Buffer does not copy.
    const response = this.#respond(new Uint8Array(command.buffer, command.byteOffset, command.length));
    this.#options.trace?.({ command: withoutPin(command), response: response.slice() });
    return { response, keyOperations: this.#keyOperations };
  }

  transmit(command: Uint8Array): Promise<Uint8Array> {
    return Promise.resolve(this.process(command).response);
  }

  reset(): void {
    this.#context.volatile = freshVolatileState();
    this.#shaper.forget();
    this.#chain.forget();
  }

  powerOff(): void {
    this.reset();
  }

  #respond(bytes: Uint8Array): Uint8Array {
    const block = parseCommand(bytes, this.protocol);
    if (block === undefined) return this.#refuse(sw.wrongLength);
    if ((block.cla & ~0x10) !== 0) return this.#refuse(sw.badCla);
    if (block.ins === GET_RESPONSE) return this.#shaper.getResponse(block);
    const command = this.#chain.add(block);
    if (typeof command === 'number') return this.#refuse(command);
    return this.#shaper.shape(command, this.#shaper.takeRepeated(command) ?? this.#carryOut(command));
  }

  #refuse(statusWord: number): Uint8Array {
    this.#shaper.forget();
    return Uint8Array.of(statusWord >> 8, statusWord & 0xff);
  }

  #carryOut(command: ParsedCommand): Reply {
    const always = cardCommands[command.ins];
    const handler = always ?? appletCommands[command.ins];
    if (handler === undefined) return status(sw.badIns);
    if (always === undefined && !this.#context.volatile.appletSelected) return status(sw.conditions);
    try {
      return handler(this.#context, command);
    } catch (error) {
      return this.#recover(error);
    }
  }

  /** Back to what the store holds, since nothing may happen that was not saved. */
  #recover(error: unknown): Reply {
    try {
      this.#context = this.#createContext();
    } catch {
      this.reset();
    }
    return status(error instanceof StoreFailure ? sw.memoryFailure : sw.internal);
  }

  #createContext(): CardContext & { volatile: VolatileState } {
    const { store, random } = this.#options;
    const state = store.load();
    const keyObjects = new Map<KeyState, KeyObject>();
    return {
      model: cardModel(state.model),
      state,
      volatile: freshVolatileState(),
      random: random ?? ((length) => new Uint8Array(randomBytes(length))),
      save: () => saveTo(store, state),
      keyObject: (key) => {
        const known = keyObjects.get(key) ?? importKey(key);
        keyObjects.set(key, known);
        return known;
      },
      countKeyOperation: () => {
        this.#keyOperations += 1;
      },
    };
  }
}

class StoreFailure extends Error {}

function saveTo(store: CardStore, state: CardState): void {
  try {
    store.save(state);
  } catch (cause) {
    throw new StoreFailure('Card state not saved', { cause });
  }
}

function importKey(key: KeyState): KeyObject {
  return createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
}
