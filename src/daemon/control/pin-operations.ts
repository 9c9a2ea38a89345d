import { randomUUID } from 'node:crypto';
import { MiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { PinCodeName, PinOutcome } from '../../model/pin-care.js';
import type { PinCare, PreparedPin } from '../../operations/pin-care.js';
import type { ParamsOf } from '../../control-contract/methods.js';
import type { BegunPinOperation, PinProgress, PinRequest } from '../../control-contract/pins.js';
import type { ControlCaller, ControlHandlers, ReceivedPin } from './handlers.js';
import { createPinTickets, type PinTickets } from './pin-tickets.js';

/** How long things may take, milliseconds. */
export interface PinOperationTimes {
  /** From `pin.begin` to the first code: a person types. */
  readonly waitMs: number;
  /** From the first code to `pin.run`: a program sends. */
  readonly codeMs: number;
  /** From `pin.run` until the user is told that it takes long. */
  readonly progressMs: number;
}

/** What PIN operations are made from. */
export interface PinOperationsOptions {
  readonly pinCare: PinCare;
  readonly logger: Logger;
  /** Logins that are open now. */
  readonly openOrders: () => number;
  readonly times?: Partial<PinOperationTimes>;
}

/** The operations with PINs that clients of the control socket carry out. */
export interface PinOperations {
  readonly handlers: Pick<ControlHandlers, 'pin.list' | 'pin.begin' | 'pin.run' | 'pin.cancel'>;
  /** Takes a code that belongs to an operation of this caller; false leaves it, unwiped, to others. */
  receive(received: ReceivedPin, caller: ControlCaller): boolean;
}

const defaultTimes: PinOperationTimes = { waitMs: 300_000, codeMs: 10_000, progressMs: 1000 };

/** One operation of one connection, from `pin.begin` to the end of `pin.run`. */
interface Operation {
  readonly id: string;
  readonly prepared: PreparedPin;
  readonly tickets: PinTickets;
  readonly controller: AbortController;
  running: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Each connection has one operation at a time; whatever ends it wipes the codes that have come. */
export function createPinOperations({ pinCare, logger, openOrders, ...options }: PinOperationsOptions): PinOperations {
  const times = { ...defaultTimes, ...options.times };
  const operations = new WeakMap<ControlCaller, Operation>();
  const known = new WeakSet<ControlCaller>();

  const end = (caller: ControlCaller, operation = operations.get(caller)): void => {
    if (operation === undefined) return;
    clearTimeout(operation.timer);
    operation.tickets.wipe();
    operation.controller.abort(new MiddlewareError('ERR_ABORTED', 'Operation ended'));
    if (operations.get(caller) === operation) operations.delete(caller);
  };
  const watch = (caller: ControlCaller): void => {
    if (known.has(caller)) return;
    known.add(caller);
    caller.signal.addEventListener('abort', () => end(caller), { once: true });
  };
  const expireIn = (caller: ControlCaller, operation: Operation, milliseconds: number): void => {
    clearTimeout(operation.timer);
    operation.timer = setTimeout(() => {
      logger.info({ operation: operation.id, hadCodes: operation.tickets.begun }, 'PIN operation was not run in time');
      end(caller, operation);
    }, milliseconds);
  };

  const begin = async (
    { operation: name, ...choice }: PinRequest,
    caller: ControlCaller,
  ): Promise<BegunPinOperation> => {
    watch(caller);
    end(caller);
    const prepared = await pinCare.prepare(name, choice, caller.signal);
    const { question } = prepared;
    const operation: Operation = {
      id: randomUUID(),
      prepared,
      tickets: createPinTickets(question.codes),
      controller: new AbortController(),
      running: false,
      timer: undefined,
    };
    // Two that were begun at once: the later answer counts, and nobody knows the codes of the other.
    end(caller);
    if (caller.signal.aborted) throw new MiddlewareError('ERR_ABORTED', 'Caller is gone');
    operations.set(caller, operation);
    expireIn(caller, operation, times.waitMs);
    return {
      ...question,
      operationId: operation.id,
      tickets: operation.tickets.tickets,
      waitMs: times.waitMs,
      codeMs: times.codeMs,
      openOrders: openOrders(),
    };
  };

  const run = async (
    { operationId, lastTryConsent, onPinPad = false, language }: ParamsOf<'pin.run'>,
    caller: ControlCaller,
  ): Promise<PinOutcome> => {
    const operation = operations.get(caller);
    if (operation?.id !== operationId || operation.running) throw over();
    operation.running = true;
    clearTimeout(operation.timer);
    const stop = tellProgress(operation, caller, onPinPad);
    try {
      const codes = onPinPad ? onReader(operation.prepared) : operation.tickets.take();
      if (codes === undefined) throw over();
      const { signal } = operation.controller;
      return await operation.prepared.run(codes, {
        lastTryConsent,
        signal,
        ...(language === undefined ? {} : { language }),
      });
    } finally {
      stop();
      end(caller, operation);
    }
  };

  const tellProgress = ({ id }: Operation, caller: ControlCaller, onPinPad: boolean): (() => void) => {
    const tell = (state: PinProgress['state']): void =>
      caller.notify('pin.progress', { operationId: id, state, openOrders: openOrders() });
    if (onPinPad) {
      tell('pin-pad');
      return () => undefined;
    }
    const timer = setTimeout(() => tell('waiting'), times.progressMs);
    return () => clearTimeout(timer);
  };

  return {
    handlers: {
      'pin.list': async (_params, caller) => ({ cards: await pinCare.list(caller.signal) }),
      'pin.begin': begin,
      'pin.run': run,
      'pin.cancel': ({ operationId }, caller) => {
        const operation = operations.get(caller);
        const accepted = operation?.id === operationId;
        if (accepted) end(caller, operation);
        return { accepted };
      },
    },
    receive({ ticket, pin }, caller) {
      const operation = operations.get(caller);
      if (operation === undefined || operation.running) return false;
      const isFirst = !operation.tickets.begun;
      if (!operation.tickets.offer(ticket, pin)) return false;
      if (isFirst) expireIn(caller, operation, times.codeMs);
      return true;
    },
  };
}

/** Every code is typed on the reader. */
function onReader({ question }: PreparedPin): Readonly<Partial<Record<PinCodeName, 'pin-pad'>>> {
  if (!question.pinPad) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Reader has no keypad');
  return Object.fromEntries(question.codes.map((name) => [name, 'pin-pad' as const]));
}

function over(): MiddlewareError {
  return new MiddlewareError('ERR_PIN_OPERATION_OVER', 'Operation is over, or a code is missing', { retriable: true });
}
