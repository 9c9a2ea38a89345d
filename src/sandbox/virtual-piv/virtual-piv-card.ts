import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import { fromHex } from '../../core/bytes.js';
import type { Random } from '../../core/ports.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';
import type { TracedExchange } from '../virtual-card/apdu-trace.js';
import { CardShell, type CardProgram } from '../virtual-card/card-shell.js';
import { saveTo } from '../virtual-card/card-store.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw, type Reply } from '../virtual-card/status-words.js';
import { getData, isDiscoveryRead, putData } from './data-object-commands.js';
import { generalAuthenticate } from './general-authenticate.js';
import { generateKey } from './generate-key.js';
import { importKey } from './import-key.js';
import { changeReferenceData, resetRetryCounter, verify } from './pin-commands.js';
import type { PivAtrKind, PivCardStore, PivKeyState } from './piv-card-state.js';
import { freshPivVolatile, type PivContext, type PivHandler } from './piv-context.js';
import { isPivSelect, selectPiv } from './select-piv.js';
import {
  getMetadata,
  getSerial,
  getVersion,
  resetApplication,
  setManagementKey,
  setRetries,
} from './yubico-commands.js';

/** All with T=1. A YubiKey 5; compact-TLV with the PIV AID as the application selected from the start; TEST-PIV. */
const atrs: Readonly<Record<PivAtrKind, Uint8Array>> = {
  yubikey: fromHex('3BFD1300008131FE158073C021C057597562694B657940'),
  hist: fromHex('3BFD1800008131FE4580FBA0000003080000100001002F'),
  generic: fromHex('3BF81800008131FE45544553542D5049569F'),
};

/** The ATR of a YubiKey says that it takes extended lengths (ISO/IEC 7816-4:2020 table 119); the others say nothing. */
const takesExtended = (kind: PivAtrKind): boolean => kind === 'yubikey';

const SELECT = 0xa4;
/** GENERAL AUTHENTICATE, PUT DATA and Yubico's import of a key. */
const CHAINED: readonly number[] = [0x87, 0xdb, 0xfe];
/** The longest data object with its tags. */
const MAX_CHAIN = 4096;

const commands: Readonly<Record<number, PivHandler>> = {
  0x20: verify,
  0x24: changeReferenceData,
  0x2c: resetRetryCounter,
  0x47: generateKey,
  0x87: generalAuthenticate,
  0xa4: selectPiv,
  0xcb: getData,
  0xdb: putData,
};

const yubicoCommands: Readonly<Record<number, PivHandler>> = {
  0xf7: getMetadata,
  0xf8: getSerial,
  0xfa: setRetries,
  0xfb: resetApplication,
  0xfd: getVersion,
  0xfe: importKey,
  0xff: setManagementKey,
};

export interface VirtualPivCardOptions {
  readonly store: PivCardStore;
  /** Default T=1, which is what the ATRs say. */
  readonly protocol?: CardProtocol;
  readonly atr?: Uint8Array;
  /** Default: as the ATR says. */
  readonly extendedLength?: boolean;
  readonly random?: Random;
  /** Sees every exchange, without PINs and management keys. Must not throw. */
  readonly trace?: (exchange: TracedExchange) => void;
}

/**
 * A virtual PIV card (SP 800-73-4), strict about all that the standard leaves no choice in. Its tables are its own and
 * not the driver's, so that one wrong constant cannot make both sides agree.
 */
export class VirtualPivCard extends CardShell {
  constructor(options: VirtualPivCardOptions) {
    const { atrKind } = options.store.load();
    super({
      atr: options.atr ?? atrs[atrKind],
      protocol: options.protocol ?? 'T=1',
      chaining: { instructions: CHAINED, maxLength: MAX_CHAIN },
      extendedLength: options.extendedLength ?? takesExtended(atrKind),
      trace: options.trace,
      program: (countKeyOperation) => new PivProgram(options, countKeyOperation),
    });
  }
}

class PivProgram implements CardProgram {
  readonly #options: VirtualPivCardOptions;
  readonly #countKeyOperation: () => void;
  #context: PivContext;

  constructor(options: VirtualPivCardOptions, countKeyOperation: () => void) {
    this.#options = options;
    this.#countKeyOperation = countKeyOperation;
    this.#context = this.#createContext();
  }

  carryOut(command: ParsedCommand): Reply {
    const { state, volatile } = this.#context;
    volatile.preceding = volatile.trail;
    volatile.trail = keepsPin(command) && volatile.trail.pinVerified === true ? { pinVerified: true } : {};
    const handler = commands[command.ins] ?? (state.yubico ? yubicoCommands[command.ins] : undefined);
    if (handler === undefined || (command.ins !== SELECT && !volatile.selected)) return status(sw.badIns);
    // As real cards do, and as yubico-piv-tool expects, which never says how much it expects.
    return { ...handler(this.#context, command), unasked: true };
  }

  interrupted(): void {
    this.#context.volatile.trail = {};
  }

  reset(): void {
    Object.assign(this.#context.volatile, freshPivVolatile(isSelectedFromTheStart(this.#context.state.atrKind)));
  }

  restart(): void {
    this.#context = this.#createContext();
  }

  #createContext(): PivContext {
    const { store, random } = this.#options;
    const state = store.load();
    const keyObjects = new Map<PivKeyState, KeyObject>();
    return {
      state,
      volatile: freshPivVolatile(isSelectedFromTheStart(state.atrKind)),
      random: random ?? ((length) => new Uint8Array(randomBytes(length))),
      save: () => saveTo(store, state),
      keyObject: (key) => {
        const known = keyObjects.get(key) ?? readKey(key);
        keyObjects.set(key, known);
        return known;
      },
      countKeyOperation: this.#countKeyOperation,
    };
  }
}

/** What may stand between the PIN and a signature that wants it right before: OpenSC makes sure that PIV is selected. */
const keepsPin = (command: ParsedCommand): boolean => isDiscoveryRead(command) || isPivSelect(command);

const isSelectedFromTheStart = (kind: PivAtrKind): boolean => kind === 'hist';

function readKey(key: PivKeyState): KeyObject {
  return createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' });
}
