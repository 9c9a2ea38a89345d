import { randomBytes, type KeyObject } from 'node:crypto';
import { fromHex } from '../../core/bytes.js';
import type { Random } from '../../core/ports.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';
import { AnswerShaper } from '../virtual-card/answer-shaper.js';
import { withoutPin, type TracedExchange } from '../virtual-card/apdu-trace.js';
import { parseCommand, type ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw } from '../virtual-card/status-words.js';
import type { CardAnswer, VirtualCard } from '../virtual-card/virtual-card-940.js';
import type { Pkcs15Handlers, Pkcs15Reply } from './command-handler.js';
import { isoAppletHandlers } from './isoapplet-commands.js';
import { myEidHandlers } from './myeid-commands.js';
import type { CommandSet, Pkcs15CardStore } from './pkcs15-card-state.js';
import { freshPkcs15Volatile, type Pkcs15Context, type Pkcs15Volatile } from './pkcs15-context.js';
import { importKey } from './private-keys.js';
import { CommandChain } from './command-chain.js';

const GET_RESPONSE = 0xc0;
const DELETE_FILE = 0xe4;

/** T=1, historical bytes T500-P15 and T500MyEID: OpenSC knows a MyEID card by the end of these. */
const atrs: Record<CommandSet, Uint8Array> = {
  isoapplet: fromHex('3BF81800008131FE45543530302D503135F3'),
  myeid: fromHex('3BF91800008131FE45543530304D79454944F7'),
};

const handlers: Record<CommandSet, Pkcs15Handlers> = { isoapplet: isoAppletHandlers, myeid: myEidHandlers };

export interface VirtualPkcs15CardOptions {
  readonly store: Pkcs15CardStore;
  readonly atr?: Uint8Array;
  readonly random?: Random;
  /** Sees every exchange, without PINs. Must not throw. */
  readonly trace?: (exchange: TracedExchange) => void;
}

/**
 * A virtual PKCS #15 card (ISO/IEC 7816-15): a tree of files with access conditions and keys, under the command set of
 * IsoApplet or of MyEID. Its tables are its own and not the driver's, so that one wrong constant cannot make both sides
 * agree.
 */
export class VirtualPkcs15Card implements VirtualCard {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol = 'T=1';
  readonly #options: VirtualPkcs15CardOptions;
  readonly #shaper = new AnswerShaper('T=1');
  readonly #chain = new CommandChain();
  #context: Pkcs15Context & { volatile: Pkcs15Volatile };
  #keyOperations = 0;

  constructor(options: VirtualPkcs15CardOptions) {
    this.#options = options;
    this.#context = this.#createContext();
    this.atr = options.atr ?? atrs[this.#context.state.commandSet];
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
    this.#context.volatile = freshPkcs15Volatile(this.#context.state.root);
    this.#shaper.forget();
    this.#chain.forget();
  }

  powerOff(): void {
    this.reset();
  }

  #respond(bytes: Uint8Array): Uint8Array {
    const block = parseCommand(bytes, this.protocol);
    if (block === undefined) return this.#refuse(sw.wrongLength);
    if (!this.#isClass(block)) return this.#refuse(sw.badCla);
    if (block.ins === GET_RESPONSE) return this.#shaper.getResponse(block);
    const command = this.#chain.add(block);
    if (typeof command === 'number') return this.#refuse(command);
    const reply = this.#carryOut(command);
    return this.#shaper.shape(reply.unasked === true ? { ...command, ne: 256 } : command, reply);
  }

  /** 00, 10 in a chain; MyEID deletes files with A0. */
  #isClass({ cla, ins }: ParsedCommand): boolean {
    if ((cla & ~0x10) === 0) return true;
    return cla === 0xa0 && ins === DELETE_FILE && this.#context.state.commandSet === 'myeid';
  }

  #refuse(statusWord: number): Uint8Array {
    this.#shaper.forget();
    return Uint8Array.of(statusWord >> 8, statusWord & 0xff);
  }

  #carryOut(command: ParsedCommand): Pkcs15Reply {
    const handler = handlers[this.#context.state.commandSet][command.ins];
    if (handler === undefined) return status(sw.badIns);
    try {
      return handler(this.#context, command);
    } catch (error) {
      return this.#recover(error);
    }
  }

  /** Back to what the store holds, since nothing may happen that was not saved. */
  #recover(error: unknown): Pkcs15Reply {
    try {
      this.#context = this.#createContext();
    } catch {
      this.reset();
    }
    return status(error instanceof StoreFailure ? sw.memoryFailure : sw.internal);
  }

  #createContext(): Pkcs15Context & { volatile: Pkcs15Volatile } {
    const { store, random } = this.#options;
    const state = store.load();
    const keyObjects = new WeakMap<Uint8Array, KeyObject>();
    const save = (): void => {
      try {
        store.save(state);
      } catch (cause) {
        throw new StoreFailure('Card state not saved', { cause });
      }
    };
    return {
      state,
      volatile: freshPkcs15Volatile(state.root),
      random: random ?? ((length) => new Uint8Array(randomBytes(length))),
      save,
      saveChange: () => {
        state.changes = (state.changes + 1) & 0xffff;
        save();
      },
      keyObject: (pkcs8) => {
        const known = keyObjects.get(pkcs8) ?? importKey(pkcs8);
        keyObjects.set(pkcs8, known);
        return known;
      },
      countKeyOperation: () => {
        this.#keyOperations += 1;
      },
    };
  }
}

class StoreFailure extends Error {}
