import koffi, { type KoffiFunction } from 'koffi';
import type { PcscSystem } from './pcsc-system.js';

/** A PC/SC context or card handle. */
export type Handle = number | bigint;

/** One entry of SCardGetStatusChange, in and out. */
export interface ReaderEvent {
  readonly name: string;
  /** dwCurrentState or dwEventState: flags, and the event counter above them. */
  readonly state: number;
  readonly atr: Uint8Array;
}

/**
 * The PC/SC functions as promises. Each runs on a thread of libuv's pool and returns the library's value as an
 * unsigned number, zero for success. Byte arrays are handed over by address, never copied.
 */
export interface Winscard {
  establishContext(): Promise<{ returned: number; context: Handle }>;
  releaseContext(context: Handle): Promise<number>;
  listReaders(context: Handle): Promise<{ returned: number; names: string[] }>;
  getStatusChange(
    context: Handle,
    timeoutMs: number,
    events: readonly ReaderEvent[],
  ): Promise<{ returned: number; events: ReaderEvent[] }>;
  cancel(context: Handle): Promise<number>;
  connect(context: Handle, reader: string): Promise<{ returned: number; card: Handle; protocol: number }>;
  reconnect(card: Handle): Promise<{ returned: number; protocol: number }>;
  disconnect(card: Handle, disposition: number): Promise<number>;
  beginTransaction(card: Handle): Promise<number>;
  endTransaction(card: Handle, disposition: number): Promise<number>;
  status(card: Handle): Promise<{ returned: number; atr: Uint8Array }>;
  /** The answer is written to `receive`. */
  transmit(
    card: Handle,
    protocol: number,
    command: Uint8Array,
    receive: Uint8Array,
  ): Promise<{ returned: number; length: number }>;
  control(
    card: Handle,
    code: number,
    input: Uint8Array,
    receive: Uint8Array,
  ): Promise<{ returned: number; length: number }>;
  /** How many calls have not returned. */
  readonly pending: number;
}

/** SCardGetStatusChange's wait without end. */
export const INFINITE = 0xffffffff;

const SCARD_SCOPE_SYSTEM = 2;
const SCARD_SHARE_SHARED = 2;
const SCARD_PROTOCOL_ANY = 3;
const SCARD_LEAVE_CARD = 0;
/** Room for the names of all readers: pcsc-lite has at most 16 of 128 characters. */
const NAMES_CHARACTERS = 4096;

interface RawReaderState {
  szReader: string;
  pvUserData: null;
  dwCurrentState: number;
  dwEventState: number;
  cbAtr: number;
  rgbAtr: Uint8Array;
}

/** Loads the system's PC/SC library; undefined when it is not installed. */
export function loadWinscard(system: PcscSystem): Winscard | undefined {
  const library = loadFirst(system.libraries);
  return library === undefined ? undefined : bindWinscard(library, system);
}

function loadFirst(names: readonly string[]): ReturnType<typeof koffi.load> | undefined {
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch {
      // Not installed under this name.
    }
  }
  return undefined;
}

type Library = ReturnType<typeof koffi.load>;

/** Makes a koffi function a promise of its return value, keeping `lent` alive until the call has returned. */
function createCaller(): { call: (fn: KoffiFunction, args: unknown[]) => Promise<number>; pending: () => number } {
  const inFlight = new Set<unknown[]>();
  return {
    call: (fn, args) =>
      new Promise((resolve, reject) => {
        // koffi passes the address of a typed array and keeps no reference to the array itself.
        inFlight.add(args);
        fn.async(...args, (error: unknown, returned: number | bigint) => {
          inFlight.delete(args);
          if (error === null || error === undefined) resolve(Number(returned) >>> 0);
          else reject(error instanceof Error ? error : new Error('native call failed'));
        });
      }),
    pending: () => inFlight.size,
  };
}

function bindWinscard(library: Library, system: PcscSystem): Winscard {
  const { dword, long, handle, textType: text, textSuffix } = system;
  const record = system.isPacked ? koffi.pack : koffi.struct;
  const readerState = record({
    szReader: text,
    pvUserData: 'void *',
    dwCurrentState: dword,
    dwEventState: dword,
    cbAtr: dword,
    rgbAtr: koffi.array('uint8_t', system.atrBytes, 'Typed'),
  });
  const ioRequest = record({ dwProtocol: dword, cbPciLength: dword });
  const ioRequestBytes = koffi.sizeof(ioRequest);
  const pointer = koffi.pointer;
  const outHandle = koffi.out(pointer(handle));
  const outDword = koffi.out(pointer(dword));
  const inoutDword = koffi.inout(pointer(dword));
  const bytes = pointer('uint8_t');
  const define = (name: string, ...types: (string | ReturnType<typeof pointer>)[]): KoffiFunction =>
    library.func('__stdcall', name, long, types);

  const native = {
    establish: define('SCardEstablishContext', dword, 'void *', 'void *', outHandle),
    release: define('SCardReleaseContext', handle),
    list: define(`SCardListReaders${textSuffix}`, handle, 'void *', bytes, inoutDword),
    change: define(`SCardGetStatusChange${textSuffix}`, handle, dword, koffi.inout(pointer(readerState)), dword),
    cancel: define('SCardCancel', handle),
    connect: define(`SCardConnect${textSuffix}`, handle, text, dword, dword, outHandle, outDword),
    reconnect: define('SCardReconnect', handle, dword, dword, dword, outDword),
    disconnect: define('SCardDisconnect', handle, dword),
    begin: define('SCardBeginTransaction', handle),
    end: define('SCardEndTransaction', handle, dword),
    status: define(`SCardStatus${textSuffix}`, handle, bytes, inoutDword, outDword, outDword, bytes, inoutDword),
    transmit: define('SCardTransmit', handle, pointer(ioRequest), bytes, dword, 'void *', bytes, inoutDword),
    control: define(system.controlName, handle, dword, bytes, dword, bytes, dword, outDword),
  };
  const { call, pending } = createCaller();

  return {
    get pending() {
      return pending();
    },
    async establishContext() {
      const context: [Handle] = [0];
      const returned = await call(native.establish, [SCARD_SCOPE_SYSTEM, null, null, context]);
      return { returned, context: context[0] };
    },
    releaseContext: (context) => call(native.release, [context]),
    async listReaders(context) {
      const buffer = new Uint8Array(new ArrayBuffer(NAMES_CHARACTERS * system.characterBytes));
      const length: [number] = [NAMES_CHARACTERS];
      const returned = await call(native.list, [context, null, buffer, length]);
      const used = returned === 0 ? length[0] * system.characterBytes : 0;
      return { returned, names: system.decodeNames(buffer.subarray(0, used)) };
    },
    async getStatusChange(context, timeoutMs, events) {
      const states = events.map(({ name, state }): RawReaderState => ({
        szReader: name,
        pvUserData: null,
        dwCurrentState: state,
        dwEventState: 0,
        cbAtr: 0,
        rgbAtr: new Uint8Array(system.atrBytes),
      }));
      const returned = await call(native.change, [context, timeoutMs, states, states.length]);
      return { returned, events: states.map(toEvent) };
    },
    cancel: (context) => call(native.cancel, [context]),
    async connect(context, reader) {
      const card: [Handle] = [0];
      const protocol: [number] = [0];
      const args = [context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, card, protocol];
      const returned = await call(native.connect, args);
      return { returned, card: card[0], protocol: protocol[0] };
    },
    async reconnect(card) {
      const protocol: [number] = [0];
      const args = [card, SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY, SCARD_LEAVE_CARD, protocol];
      return { returned: await call(native.reconnect, args), protocol: protocol[0] };
    },
    disconnect: (card, disposition) => call(native.disconnect, [card, disposition]),
    beginTransaction: (card) => call(native.begin, [card]),
    endTransaction: (card, disposition) => call(native.end, [card, disposition]),
    async status(card) {
      const name = new Uint8Array(new ArrayBuffer(NAMES_CHARACTERS * system.characterBytes));
      const atr = new Uint8Array(new ArrayBuffer(system.atrBytes));
      const atrLength: [number] = [system.atrBytes];
      const args = [card, name, [NAMES_CHARACTERS], [0], [0], atr, atrLength];
      const returned = await call(native.status, args);
      return { returned, atr: atr.slice(0, returned === 0 ? atrLength[0] : 0) };
    },
    async transmit(card, protocol, command, receive) {
      const length: [number] = [receive.length];
      const request = { dwProtocol: protocol, cbPciLength: ioRequestBytes };
      const args = [card, request, command, command.length, null, receive, length];
      return { returned: await call(native.transmit, args), length: length[0] };
    },
    async control(card, code, input, receive) {
      const length: [number] = [0];
      const args = [card, code, input, input.length, receive, receive.length, length];
      return { returned: await call(native.control, args), length: length[0] };
    },
  };
}

function toEvent({ szReader, dwEventState, cbAtr, rgbAtr }: RawReaderState): ReaderEvent {
  return { name: szReader, state: dwEventState, atr: Uint8Array.from(rgbAtr.subarray(0, cbAtr)) };
}
