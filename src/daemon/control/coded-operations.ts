import { randomUUID } from 'node:crypto';
import { MiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { Secret } from '../../core/secret.js';
import type { ControlCaller, ReceivedPin } from './handlers.js';
import { onCallerGone } from './on-caller-gone.js';
import { createPinTickets, type PinTickets } from './pin-tickets.js';

/** How long things may take, milliseconds. */
export interface PinOperationTimes {
  /** From the beginning to the first code: a person types. */
  readonly waitMs: number;
  /** From the first code until it is run: a program sends. */
  readonly codeMs: number;
  /** Of running, until the user is told that it takes long. */
  readonly progressMs: number;
}

/** How the codes of an operation come when it is run. */
export interface CodesAsked {
  readonly operationId: string;
  readonly onPinPad?: boolean | undefined;
}

/** What an operation is run with. */
export interface CodedUse<Name extends string> {
  readonly codes: Readonly<Partial<Record<Name, Secret | 'pin-pad'>>>;
  /** Aborted when the operation is ended. */
  readonly signal: AbortSignal;
}

/** An operation that is settled but for its codes. */
interface Prepared<Name extends string> {
  readonly question: { readonly codes: readonly Name[]; readonly pinPad: boolean };
}

/** One operation of one connection, from its beginning to the end of its run. */
interface Operation<Name extends string, P> {
  readonly id: string;
  readonly prepared: P;
  readonly tickets: PinTickets<Name>;
  readonly controller: AbortController;
  running: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** What {@link CodedOperations} are made from. */
export interface CodedOperationsOptions<Name extends string> {
  /** Codes that a reader's keypad can take; the others come in frames all the same. */
  readonly onKeypad: readonly Name[];
  readonly logger: Logger;
  /** The user's own phrase, by which a real question for a code is known. */
  readonly phrase?: (() => string | undefined) | undefined;
  readonly times?: Partial<PinOperationTimes> | undefined;
}

const defaultTimes: PinOperationTimes = { waitMs: 300_000, codeMs: 10_000, progressMs: 1000 };

/** Operations whose codes come in PIN frames. Each connection has one at a time; whatever ends it wipes its codes. */
export class CodedOperations<Name extends string, P extends Prepared<Name>> {
  readonly times: PinOperationTimes;
  readonly #options: CodedOperationsOptions<Name>;
  readonly #operations = new WeakMap<ControlCaller, Operation<Name, P>>();
  readonly #endLater = onCallerGone((caller) => this.#end(caller));

  constructor(options: CodedOperationsOptions<Name>) {
    this.#options = options;
    this.times = { ...defaultTimes, ...options.times };
  }

  /** Begins one in place of an earlier one of this connection. */
  async begin(
    caller: ControlCaller,
    prepare: () => Promise<P>,
  ): Promise<{
    readonly prepared: P;
    readonly begun: Pick<PinOperationTimes, 'waitMs' | 'codeMs'> &
      Pick<PinTickets<Name>, 'tickets'> & { readonly operationId: string; readonly phrase?: string };
  }> {
    this.#endLater(caller);
    this.#end(caller);
    const prepared = await prepare();
    const operation: Operation<Name, P> = {
      id: randomUUID(),
      prepared,
      tickets: createPinTickets(prepared.question.codes),
      controller: new AbortController(),
      running: false,
      timer: undefined,
    };
    // Two that were begun at once: the later answer counts, and nobody knows the codes of the other.
    this.#end(caller);
    if (caller.signal.aborted) throw new MiddlewareError('ERR_ABORTED', 'Caller is gone');
    this.#operations.set(caller, operation);
    const { waitMs, codeMs } = this.times;
    this.#expireIn(caller, operation, waitMs);
    const { tickets } = operation.tickets;
    const phrase = this.#options.phrase?.();
    const shown = phrase === undefined ? {} : { phrase };
    return { prepared, begun: { operationId: operation.id, tickets, waitMs, codeMs, ...shown } };
  }

  /**
   * Runs it, once.
   *
   * @throws {MiddlewareError} ERR_PIN_OPERATION_OVER; ERR_TOKEN_OPERATION_UNSUPPORTED without the keypad that was asked
   *   for; what `work` throws.
   */
  async run<T>(
    { operationId, onPinPad = false }: CodesAsked,
    caller: ControlCaller,
    work: (prepared: P, use: CodedUse<Name>) => Promise<T>,
  ): Promise<T> {
    const operation = this.#operations.get(caller);
    if (operation?.id !== operationId || operation.running) throw over();
    operation.running = true;
    clearTimeout(operation.timer);
    try {
      const codes = this.#take(operation, onPinPad);
      return await work(operation.prepared, { codes, signal: operation.controller.signal });
    } finally {
      this.#end(caller, operation);
    }
  }

  /** Wipes the codes, and aborts what runs; whether the operation was this caller's. */
  cancel(operationId: string, caller: ControlCaller): boolean {
    const operation = this.#operations.get(caller);
    const accepted = operation?.id === operationId;
    if (accepted) this.#end(caller, operation);
    return accepted;
  }

  /** Takes a code that belongs to an operation of this caller; false leaves it, unwiped, to others. */
  receive({ ticket, pin }: ReceivedPin, caller: ControlCaller): boolean {
    const operation = this.#operations.get(caller);
    if (operation === undefined || operation.running) return false;
    const isFirst = !operation.tickets.begun;
    if (!operation.tickets.offer(ticket, pin)) return false;
    if (isFirst) this.#expireIn(caller, operation, this.times.codeMs);
    return true;
  }

  #take({ prepared, tickets }: Operation<Name, P>, onPinPad: boolean): CodedUse<Name>['codes'] {
    const { codes: names, pinPad } = prepared.question;
    if (onPinPad && !pinPad) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Reader has no keypad');
    const elsewhere = onPinPad ? names.filter((name) => this.#options.onKeypad.includes(name)) : [];
    const codes = tickets.take(elsewhere);
    if (codes === undefined) throw over();
    const typed = Object.fromEntries(elsewhere.map((name) => [name, 'pin-pad'])) as CodedUse<Name>['codes'];
    return { ...codes, ...typed };
  }

  #end(caller: ControlCaller, operation = this.#operations.get(caller)): void {
    if (operation === undefined) return;
    clearTimeout(operation.timer);
    operation.tickets.wipe();
    operation.controller.abort(new MiddlewareError('ERR_ABORTED', 'Operation ended'));
    if (this.#operations.get(caller) === operation) this.#operations.delete(caller);
  }

  #expireIn(caller: ControlCaller, operation: Operation<Name, P>, milliseconds: number): void {
    clearTimeout(operation.timer);
    operation.timer = setTimeout(() => {
      const hadCodes = operation.tickets.begun;
      this.#options.logger.info({ operation: operation.id, hadCodes }, 'PIN operation was not run in time');
      this.#end(caller, operation);
    }, milliseconds);
  }
}

function over(): MiddlewareError {
  return new MiddlewareError('ERR_PIN_OPERATION_OVER', 'Operation is over, or a code is missing', { retriable: true });
}
