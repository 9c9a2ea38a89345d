import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Random } from '../../core/ports.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';
import { externalAuthenticate, getChallenge } from './admin-commands.js';
import type { TracedExchange } from './apdu-trace.js';
import { freshVolatileState, type CardContext, type VolatileState } from './card-context.js';
import { cardModel } from './card-models.js';
import type { CardStore, KeyState } from './card-state.js';
import { CardShell, type CardProgram } from './card-shell.js';
import { saveTo } from './card-store.js';
import { getData, getPinObject } from './data-commands.js';
import { createFile, deleteFile, readBinary, updateBinary } from './file-commands.js';
import { generateKeyPair } from './generate-key-pair.js';
import type { ParsedCommand } from './parsed-command.js';
import { changeReferenceData, resetRetryCounter, verify } from './pin-commands.js';
import { manageSecurityEnvironment, performSecurityOperation } from './security-commands.js';
import { selectCommand } from './select-command.js';
import { status, sw, type Reply } from './status-words.js';

const PERFORM_SECURITY_OPERATION = 0x2a;
/** Enough for an RSA-4096 cryptogram. */
const MAX_CHAIN = 1024;

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

export interface VirtualIdPrimeCardOptions {
  readonly store: CardStore;
  readonly protocol?: CardProtocol;
  readonly atr?: Uint8Array;
  readonly random?: Random;
  /** Sees every exchange, without PINs. Must not throw. */
  readonly trace?: (exchange: TracedExchange) => void;
}

/**
 * A virtual IDPrime card, the 940 or whichever model its state names: flat file system, PINs 11 and 83, RSA and EC keys,
 * admin key. Its tables are its own and not the driver's, so that one wrong constant cannot make both sides agree.
 */
export class VirtualIdPrimeCard extends CardShell {
  constructor(options: VirtualIdPrimeCardOptions) {
    const model = cardModel(options.store.load().model);
    super({
      atr: options.atr ?? model.atr,
      protocol: options.protocol ?? model.protocol,
      chaining: { instructions: [PERFORM_SECURITY_OPERATION], maxLength: MAX_CHAIN },
      trace: options.trace,
      program: (countKeyOperation) => new IdPrimeProgram(options, countKeyOperation),
    });
  }
}

class IdPrimeProgram implements CardProgram {
  readonly #options: VirtualIdPrimeCardOptions;
  readonly #countKeyOperation: () => void;
  #context: CardContext & { volatile: VolatileState };

  constructor(options: VirtualIdPrimeCardOptions, countKeyOperation: () => void) {
    this.#options = options;
    this.#countKeyOperation = countKeyOperation;
    this.#context = this.#createContext();
  }

  carryOut(command: ParsedCommand): Reply {
    const always = cardCommands[command.ins];
    const handler = always ?? appletCommands[command.ins];
    if (handler === undefined) return status(sw.badIns);
    if (always === undefined && !this.#context.volatile.appletSelected) return status(sw.conditions);
    return handler(this.#context, command);
  }

  reset(): void {
    this.#context.volatile = freshVolatileState();
  }

  restart(): void {
    this.#context = this.#createContext();
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
      countKeyOperation: this.#countKeyOperation,
    };
  }
}

function importKey(key: KeyState): KeyObject {
  return createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
}
