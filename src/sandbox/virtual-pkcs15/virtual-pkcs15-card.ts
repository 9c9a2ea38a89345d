import { randomBytes, type KeyObject } from 'node:crypto';
import { fromHex } from '../../core/bytes.js';
import type { Random } from '../../core/ports.js';
import type { TracedExchange } from '../virtual-card/apdu-trace.js';
import { CardShell, type CardProgram } from '../virtual-card/card-shell.js';
import { saveTo } from '../virtual-card/card-store.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw, type Reply } from '../virtual-card/status-words.js';
import type { Pkcs15Handlers } from './command-handler.js';
import { isoAppletHandlers } from './isoapplet-commands.js';
import { myEidHandlers } from './myeid-commands.js';
import type { CommandSet, Pkcs15CardStore } from './pkcs15-card-state.js';
import { freshPkcs15Volatile, type Pkcs15Context, type Pkcs15Volatile } from './pkcs15-context.js';
import { importKey } from './private-keys.js';

const DELETE_FILE = 0xe4;
/** Class bits without the one for chaining. */
const MYEID_DELETE_CLASS = 0xa0;
/** PERFORM SECURITY OPERATION, and what carries keys or curves; enough for an RSA-4096 key in Chinese-remainder form. */
const chaining: Record<CommandSet, { instructions: readonly number[]; maxLength: number }> = {
  isoapplet: { instructions: [0x2a, 0x46, 0xdb], maxLength: 2048 },
  myeid: { instructions: [0x2a, 0xda], maxLength: 1024 },
};

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
  /** Whether the card takes lengths of two bytes; IsoApplet says so among its features. Default false. */
  readonly extendedLength?: boolean;
  /** Sees every exchange, without PINs and keys. Must not throw. */
  readonly trace?: (exchange: TracedExchange) => void;
}

/**
 * A virtual PKCS #15 card (ISO/IEC 7816-15): a tree of files with access conditions and keys, under the command set of
 * IsoApplet or of MyEID. Its tables are its own and not the driver's, so that one wrong constant cannot make both sides
 * agree.
 */
export class VirtualPkcs15Card extends CardShell {
  constructor(options: VirtualPkcs15CardOptions) {
    const { commandSet } = options.store.load();
    super({
      atr: options.atr ?? atrs[commandSet],
      protocol: 'T=1',
      chaining: chaining[commandSet],
      extendedLength: options.extendedLength ?? false,
      classes: commandSet === 'myeid' ? [0x00, MYEID_DELETE_CLASS] : [0x00],
      trace: options.trace,
      program: (countKeyOperation) => new Pkcs15Program(options, countKeyOperation),
    });
  }
}

class Pkcs15Program implements CardProgram {
  readonly #options: VirtualPkcs15CardOptions;
  readonly #countKeyOperation: () => void;
  #context: Pkcs15Context & { volatile: Pkcs15Volatile };

  constructor(options: VirtualPkcs15CardOptions, countKeyOperation: () => void) {
    this.#options = options;
    this.#countKeyOperation = countKeyOperation;
    this.#context = this.#createContext();
  }

  carryOut(command: ParsedCommand): Reply {
    if ((command.cla & MYEID_DELETE_CLASS) !== 0 && command.ins !== DELETE_FILE) return status(sw.badCla);
    const handler = handlers[this.#context.state.commandSet][command.ins];
    return handler === undefined ? status(sw.badIns) : handler(this.#context, command);
  }

  reset(): void {
    this.#context.volatile = freshPkcs15Volatile(this.#context.state.root);
  }

  restart(): void {
    this.#context = this.#createContext();
  }

  #createContext(): Pkcs15Context & { volatile: Pkcs15Volatile } {
    const { store, random, extendedLength } = this.#options;
    const state = store.load();
    const keyObjects = new WeakMap<Uint8Array, KeyObject>();
    return {
      state,
      volatile: freshPkcs15Volatile(state.root),
      random: random ?? ((length) => new Uint8Array(randomBytes(length))),
      extendedLength: extendedLength ?? false,
      save: () => saveTo(store, state),
      saveChange: () => {
        state.changes = (state.changes + 1) & 0xffff;
        saveTo(store, state);
      },
      keyObject: (pkcs8) => {
        const known = keyObjects.get(pkcs8) ?? importKey(pkcs8);
        keyObjects.set(pkcs8, known);
        return known;
      },
      countKeyOperation: this.#countKeyOperation,
    };
  }
}
