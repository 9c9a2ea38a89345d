import { randomInt } from 'node:crypto';
import type { SimulatedReader } from '../../transport/simulator/simulated-reader.js';
import { readAttribute } from './attributes.js';
import { openCardHandle, type CardHandle } from './card-handle.js';
import {
  ATTRIBUTE_BYTES,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  READER_NAME_BYTES,
  type CommandName,
  type Request,
} from './protocol.js';
import { encodeReaderStates, protocolNumber } from './reader-states.js';
import { codeOf, codes, PcscRefusal } from './response-codes.js';

/** Handles that one client may hold (pcscd: PCSC_MAX_CONTEXT_CARD_HANDLES). */
const MAX_HANDLES = 200;
const GREATEST_HANDLE = 0x7fffffff;

/** What a session needs of the service around it. */
export interface ServiceView {
  readers(): readonly SimulatedReader[];
  /** Tells every waiting client that something changed. */
  readonly notify: () => void;
  /** Cancels the wait of the session that owns a context; false when there is no such context. */
  cancel(context: number): boolean;
}

/** The state of one client connection: at most one context, its card handles, and whether it waits for events. */
export interface ClientSession {
  readonly context: number | undefined;
  /** Carries out one request; resolves with the bytes to answer. */
  handle(request: Request): Promise<Buffer>;
  /** The bytes that end a wait, when there is one. */
  endWait(returned?: number): Buffer | undefined;
  /** The client has gone: gives up all that it held, resetting cards so that no verified PIN stays. */
  drop(): void;
}

/** A session for a new connection. */
export function createClientSession(service: ServiceView): ClientSession {
  const gone = new AbortController();
  const handles = new Map<number, CardHandle>();
  let context: number | undefined;
  let isWaiting = false;

  const handleOf = (body: Buffer): CardHandle => {
    const handle = handles.get(body.readUInt32LE(0));
    if (handle === undefined) throw new PcscRefusal(codes.invalidHandle);
    return handle;
  };
  const assertContext = (body: Buffer): void => {
    if (context === undefined || body.readUInt32LE(0) !== context) throw new PcscRefusal(codes.invalidHandle);
  };
  const releaseHandles = (): void => {
    for (const handle of handles.values())
      void handle
        .disconnect('reset')
        .catch(() => undefined)
        .finally(service.notify);
    handles.clear();
  };

  const connect = async (body: Buffer): Promise<void> => {
    assertContext(body);
    if (handles.size >= MAX_HANDLES) throw new PcscRefusal(codes.noMemory);
    const name = readName(body.subarray(4, 4 + READER_NAME_BYTES));
    const reader = service.readers().find((candidate) => candidate.name === name);
    if (reader === undefined) throw new PcscRefusal(codes.unknownReader);
    const request = { shareMode: body.readUInt32LE(132), preferredProtocols: body.readUInt32LE(136) };
    const options = { isPlugged: () => service.readers().includes(reader), signal: gone.signal };
    const { handle, protocol } = await openCardHandle(reader, request, options);
    if (gone.signal.aborted) {
      await handle.disconnect('leave');
      return;
    }
    const number = newHandle(handles);
    handles.set(number, handle);
    body.writeUInt32LE(number, 140);
    body.writeUInt32LE(protocol, 144);
    service.notify();
  };

  const transmit = async (body: Buffer, payload: Buffer): Promise<Buffer> => {
    const handle = handleOf(body);
    const room = body.readUInt32LE(24);
    if (body.readUInt32LE(4) !== protocolNumber(handle.reader)) throw new PcscRefusal(codes.protocolMismatch);
    const answer = await handle.card().transmit(payload, gone.signal);
    if (answer.length > room) throw new PcscRefusal(codes.insufficientBuffer);
    body.writeUInt32LE(answer.length, 24);
    return Buffer.from(answer);
  };

  const control = async (body: Buffer, payload: Buffer): Promise<Buffer> => {
    const answer = await handleOf(body).control(body.readUInt32LE(4), payload);
    if (answer.length > body.readUInt32LE(12)) throw new PcscRefusal(codes.insufficientBuffer);
    body.writeUInt32LE(answer.length, 16);
    return Buffer.from(answer);
  };

  const getAttribute = (body: Buffer): void => {
    const value = readAttribute(handleOf(body).reader, body.readUInt32LE(4));
    if (value === undefined) throw new PcscRefusal(codes.unsupportedFeature);
    const room = Math.min(body.readUInt32LE(8 + ATTRIBUTE_BYTES), ATTRIBUTE_BYTES);
    if (value.length > room) throw new PcscRefusal(codes.insufficientBuffer);
    body.fill(0, 8, 8 + ATTRIBUTE_BYTES);
    body.set(value, 8);
    body.writeUInt32LE(value.length, 8 + ATTRIBUTE_BYTES);
  };

  type Action = (body: Buffer, payload: Buffer) => unknown;
  /** Requests whose body, with its return value at the end, is the answer; what an action returns follows it. */
  const actions: Readonly<Record<Exclude<CommandName, 'readersState' | 'waitChange' | 'stopWaiting'>, Action>> = {
    version(body) {
      const [major, minor] = [body.readUInt32LE(0), body.readUInt32LE(4)];
      body.writeUInt32LE(PROTOCOL_MAJOR, 0);
      body.writeUInt32LE(PROTOCOL_MINOR, 4);
      // Clients of 4:5 speak 4:4 with a service that answers so.
      if (major !== PROTOCOL_MAJOR || minor < PROTOCOL_MINOR) throw new PcscRefusal(codes.noService);
    },
    establish(body) {
      if (context !== undefined) throw new PcscRefusal(codes.noMemory);
      context = randomInt(1, GREATEST_HANDLE);
      body.writeUInt32LE(context, 4);
    },
    release(body) {
      assertContext(body);
      releaseHandles();
      context = undefined;
    },
    connect,
    async reconnect(body) {
      const request = { shareMode: body.readUInt32LE(4), preferredProtocols: body.readUInt32LE(8) };
      const protocol = await handleOf(body).reconnect(request, dispositionOf(body.readUInt32LE(12)));
      body.writeUInt32LE(protocol, 16);
    },
    async disconnect(body) {
      const handle = handleOf(body);
      await handle.disconnect(dispositionOf(body.readUInt32LE(4)));
      handles.delete(body.readUInt32LE(0));
      service.notify();
    },
    begin: (body) => handleOf(body).card().begin(gone.signal),
    end: (body) =>
      handleOf(body)
        .card()
        .end(dispositionOf(body.readUInt32LE(4))),
    transmit,
    control,
    status: (body) => handleOf(body).card().check(),
    cancel(body) {
      if (!service.cancel(body.readUInt32LE(0))) throw new PcscRefusal(codes.invalidHandle);
    },
    getAttribute,
    setAttribute(body) {
      handleOf(body);
      throw new PcscRefusal(codes.unsupportedFeature);
    },
  };

  const endWait = (returned: number = codes.success): Buffer | undefined => {
    if (!isWaiting) return undefined;
    isWaiting = false;
    return waitAnswer(returned);
  };

  return {
    get context() {
      return context;
    },
    async handle({ command, body, payload }) {
      if (command === 'readersState') return encodeReaderStates(service.readers());
      if (command === 'waitChange') {
        isWaiting = true;
        return encodeReaderStates(service.readers());
      }
      // A wait that an event has ended meanwhile is already answered.
      if (command === 'stopWaiting') return endWait() ?? Buffer.alloc(0);
      const answer = Buffer.from(body);
      try {
        const appended = await actions[command](answer, payload);
        answer.writeUInt32LE(codes.success, answer.length - 4);
        return appended instanceof Buffer ? Buffer.concat([answer, appended]) : answer;
      } catch (error) {
        answer.writeUInt32LE(codeOf(error), answer.length - 4);
        return answer;
      }
    },
    endWait,
    drop() {
      gone.abort();
      releaseHandles();
    },
  };
}

/** struct wait_reader_state_change: timeOut and rv. */
function waitAnswer(returned: number): Buffer {
  const answer = Buffer.alloc(8);
  answer.writeUInt32LE(returned, 4);
  return answer;
}

/** SCARD_LEAVE_CARD is 0; reset, unpower and eject all make the card forget. */
function dispositionOf(value: number): 'leave' | 'reset' {
  if (value > 3) throw new PcscRefusal(codes.invalidValue);
  return value === 0 ? 'leave' : 'reset';
}

function readName(field: Buffer): string {
  const end = field.indexOf(0);
  if (end < 0) throw new PcscRefusal(codes.invalidParameter);
  return field.toString('utf8', 0, end);
}

function newHandle(taken: ReadonlyMap<number, unknown>): number {
  for (;;) {
    const handle = randomInt(1, GREATEST_HANDLE);
    if (!taken.has(handle)) return handle;
  }
}
