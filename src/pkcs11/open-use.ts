import { MiddlewareError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { Deadlines, ModuleProcess } from './module-process.js';
import { limits, type OpenWork, type TokenContents, type UseAnswer, type UseRequest } from './protocol.js';
import { openWork, openWorkAnswer, slotId, tokenContents, useAnswer, useRequest } from './protocol-codec.js';

/** The codes of one use; none where the module asks for them itself. */
export interface UseSecrets {
  readonly pin?: Secret;
  readonly next?: Secret;
}

export interface UseOptions {
  /** Default: that of a use. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
  onSent(): void;
}

/** A login that is open; one piece of work at a time, in the order in which they were asked for. */
export interface OpenLogin {
  /** @throws {MiddlewareError} what the module's return value means; ERR_MODULE_*; ERR_ABORTED. */
  do(work: OpenWork): Promise<Uint8Array>;
  /** What the token shows to whoever is logged in. */
  read(): Promise<TokenContents>;
}

/** A process in its turn, and how long things may take. */
export interface UseContext {
  readonly process: ModuleProcess;
  readonly deadlines: Deadlines;
  /** How long a login stays open while nobody asks for anything. */
  readonly idleMs: number;
}

/** Whatever comes of the work, somebody else wants to use the module some time. */
const longestLoginMs = 300_000;

/** One login, one piece of work, one logout; with work of the kind `open` the login stays. */
export async function sendUse(
  { process, deadlines }: Omit<UseContext, 'idleMs'>,
  request: UseRequest,
  { pin, next }: UseSecrets,
  options: UseOptions,
): Promise<UseAnswer> {
  if (options.signal?.aborted === true) throw aborted();
  options.onSent();
  return await process.call({
    kind: 'use',
    deadlineMs: options.deadlineMs ?? deadlines.use,
    write: (writer) => {
      useRequest.write(writer, request);
      for (const code of [pin, next]) {
        if (code === undefined) writer.u32(0);
        else code.use((bytes) => writer.bytes(bytes));
        code?.wipe();
      }
    },
    answer: useAnswer,
  });
}

/** What {@link sendOpenUse} is asked. */
export interface OpenUseRequest extends Omit<UseRequest, 'work'> {
  readonly secrets: UseSecrets;
  readonly options: UseOptions;
  /** Runs once the login was accepted; the login ends with it. Its errors are its own: it must not reject. */
  readonly work: (login: OpenLogin) => Promise<void>;
}

/**
 * One login, work under it, one logout.
 *
 * @returns as of a use. A process that ends after the login does not reject: the work has seen that.
 */
export async function sendOpenUse(
  context: UseContext,
  { secrets, options, work, ...request }: OpenUseRequest,
): Promise<UseAnswer> {
  const answer = await sendUse(
    context,
    { ...request, work: { kind: 'open', idleMs: context.idleMs } },
    secrets,
    options,
  );
  if (answer.stage !== 'done') return answer;
  const login = new ServedLogin(context, request.slot, options.signal);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, longestLoginMs)));
  await Promise.race([work(login), tooLong]);
  clearTimeout(timer);
  return await login.end().catch(() => answer);
}

class ServedLogin implements OpenLogin {
  readonly #context: UseContext;
  readonly #slot: string;
  readonly #signal: AbortSignal | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #works = 0;
  #isOver = false;

  constructor(context: UseContext, slot: string, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#slot = slot;
    this.#signal = signal;
  }

  do(work: OpenWork): Promise<Uint8Array> {
    const { process, deadlines } = this.#context;
    return this.#inTurn(() =>
      process.call({
        kind: 'work',
        deadlineMs: deadlines.work,
        write: (writer) => openWork.write(writer, work),
        answer: openWorkAnswer,
      }),
    );
  }

  read(): Promise<TokenContents> {
    const { process, deadlines } = this.#context;
    return this.#inTurn(() =>
      process.call({
        kind: 'read',
        deadlineMs: deadlines.read,
        write: (writer) => slotId.write(writer, this.#slot),
        answer: tokenContents,
      }),
    );
  }

  async end(): Promise<UseAnswer> {
    this.#isOver = true;
    await this.#last;
    const { process, deadlines } = this.#context;
    return await process.call({ kind: 'end', deadlineMs: deadlines.end, write: () => undefined, answer: useAnswer });
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      this.#works += 1;
      if (this.#isOver) throw new MiddlewareError('ERR_INTERNAL', 'Login is over');
      if (this.#signal?.aborted === true) throw aborted();
      if (this.#works > limits.openWorks) throw new RangeError('too much work under one login');
      return await call();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const aborted = (): MiddlewareError => new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
