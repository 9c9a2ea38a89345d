import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { FoundModule } from './found-module.js';
import {
  defaultDeadlines,
  ModuleProcess,
  type Deadlines,
  type HostProgram,
  type ModuleCall,
} from './module-process.js';
import { sendOpenUse, sendUse, type OpenUseRequest, type UseOptions, type UseSecrets } from './open-use.js';
import { limits, type SlotNews, type TokenContents, type UseAnswer, type UseRequest } from './protocol.js';
import { loadRequest, moduleInfo, slotId, slotList, tokenContents } from './protocol-codec.js';
import { malformedFrame, WireWriter } from './wire.js';

/** A token in a slot of a module. */
export interface Pkcs11Slot {
  readonly slot: string;
  readonly reader: string;
  /** A new object whenever something was read anew. */
  readonly contents: TokenContents;
}

/** A vendor's module, alive or between two lives. */
export interface SupervisedModule {
  readonly name: string;
  readonly state: 'starting' | 'running' | 'waiting' | 'closed';
  /** Of its process, while there is one. */
  readonly pid: number | undefined;
  /** Why it is not running. */
  readonly problem: MiddlewareError | undefined;
  /** Tokens that can be seen now; a new array after every change. */
  readonly slots: readonly Pkcs11Slot[];
  /** It has looked at its slots since it was last started, or failed to: what comes now was not there before. */
  readonly hasLooked: boolean;
  subscribe(listener: () => void): () => void;
  /** Reads a token again. @throws {MiddlewareError} */
  read(slot: string): Promise<TokenContents>;
  /** One login, one piece of work, one logout. `onSent` is called when nothing can take it back. @throws {MiddlewareError} */
  use(request: UseRequest, secrets: UseSecrets, options: UseOptions): Promise<UseAnswer>;
  /** One login that stays open for some work; nothing else gets a turn meanwhile. @throws {MiddlewareError} */
  useOpen(request: OpenUseRequest): Promise<UseAnswer>;
  close(): void;
}

export interface SupervisedModuleOptions {
  readonly module: FoundModule;
  readonly program: HostProgram;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlines?: Partial<Deadlines>;
  readonly pollMs?: number;
  readonly backoff?: Partial<Backoff>;
  /** How long a login stays open while nobody asks for anything, milliseconds. */
  readonly idleMs?: number;
}

/** Waits between two lives: doubled each time, forgotten after a life that lasted. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly stableMs: number;
}

const defaultBackoff: Backoff = { firstMs: 500, longestMs: 300_000, stableMs: 60_000 };
const defaultPollMs = 1000;
const defaultIdleMs = 10_000;
const pollsToRest = 30;

/** Starts a module's process at once and again whenever it ends; one request at a time. */
export function superviseModule(options: SupervisedModuleOptions): SupervisedModule {
  return new Supervisor(options);
}

class Supervisor implements SupervisedModule {
  readonly #options: SupervisedModuleOptions;
  readonly #deadlines: Deadlines;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<() => void>();
  #process: ModuleProcess | undefined;
  #state: SupervisedModule['state'] = 'waiting';
  #problem: MiddlewareError | undefined;
  #slots: readonly Pkcs11Slot[] = [];
  #timer: NodeJS.Timeout | undefined;
  #hasLooked = false;
  #failures = 0;
  #startedAt = 0;
  #last: Promise<unknown> = Promise.resolve();
  #news = 0;
  #newsSince = 0;
  #pollFailure: string | undefined;
  /** Slots whose token could not be read, and for how many polls they are left alone. */
  readonly #unreadable = new Map<string, number>();

  constructor(options: SupervisedModuleOptions) {
    this.#options = options;
    this.#deadlines = { ...defaultDeadlines, ...options.deadlines };
    this.#backoff = { ...defaultBackoff, ...options.backoff };
    this.#start();
  }

  get name(): string {
    return this.#options.module.name;
  }

  get state(): SupervisedModule['state'] {
    return this.#state;
  }

  get problem(): MiddlewareError | undefined {
    return this.#problem;
  }

  get slots(): readonly Pkcs11Slot[] {
    return this.#slots;
  }

  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  read(slot: string): Promise<TokenContents> {
    return this.#inTurn(async (process) => {
      const contents = await this.#readSlot(process, slot);
      const before = this.#slots.find((entry) => entry.slot === slot);
      if (before !== undefined && !sameContents(before.contents, contents)) {
        this.#publish(this.#slots.map((entry) => (entry === before ? { ...before, contents } : entry)));
      }
      return contents;
    });
  }

  use(request: UseRequest, secrets: UseSecrets, options: UseOptions): Promise<UseAnswer> {
    return this.#inTurn((process) => sendUse({ process, deadlines: this.#deadlines }, request, secrets, options));
  }

  useOpen(request: OpenUseRequest): Promise<UseAnswer> {
    const { idleMs = defaultIdleMs } = this.#options;
    return this.#inTurn((process) => sendOpenUse({ process, deadlines: this.#deadlines, idleMs }, request));
  }

  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    this.#listeners.clear();
    this.#process?.end(new MiddlewareError('ERR_MODULE_UNAVAILABLE', 'Module is closed'));
    this.#process = undefined;
    this.#slots = [];
  }

  #start(): void {
    this.#state = 'starting';
    this.#hasLooked = false;
    this.#startedAt = this.#options.clock.monotonic();
    [this.#news, this.#newsSince] = [0, this.#startedAt];
    const { module, program } = this.#options;
    const process = new ModuleProcess({
      module: module.name,
      program,
      environment: module.environment,
      onEnd: (reason) => this.#onEnd(process, reason),
    });
    this.#process = process;
    void this.#inTurn(async () => {
      const request = { path: module.path, slotEvents: module.slotEvents };
      const info = await process.call({
        ...this.#call('load'),
        write: (writer) => loadRequest.write(writer, request),
        answer: moduleInfo,
      });
      this.#options.logger.info({ module: module.name, ...info }, 'Vendor module is loaded');
      this.#state = 'running';
      this.#problem = undefined;
      this.#pollAfter(0);
      this.#tell();
    }).catch((error: unknown) => process.end(error as MiddlewareError));
  }

  #onEnd(process: ModuleProcess, reason: MiddlewareError): void {
    if (this.#state === 'closed' || (this.#process !== undefined && process !== this.#process)) return;
    clearTimeout(this.#timer);
    const { logger, module, clock } = this.#options;
    const { firstMs, longestMs, stableMs } = this.#backoff;
    if (clock.monotonic() - this.#startedAt >= stableMs) this.#failures = 0;
    const waitMs = Math.min(longestMs, firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    this.#process = undefined;
    this.#unreadable.clear();
    this.#state = 'waiting';
    this.#problem = reason;
    this.#hasLooked = true;
    logger.warn({ module: module.name, code: reason.code, error: reason, waitMs }, 'Vendor module ended');
    this.#timer = setTimeout(() => this.#start(), waitMs);
    this.#timer.unref();
    this.#publish([]);
  }

  #pollAfter(ms: number): void {
    if (this.#state !== 'running') return;
    this.#timer = setTimeout(() => {
      this.#inTurn((process) => this.#poll(process))
        .then(() => (this.#pollFailure = undefined))
        .catch((error: unknown) => this.#onPollFailure(error))
        .finally(() => {
          this.#looked();
          this.#pollAfter(this.#options.pollMs ?? defaultPollMs);
        });
    }, ms);
    this.#timer.unref();
  }

  #looked(): void {
    if (this.#hasLooked || this.#state === 'closed') return;
    this.#hasLooked = true;
    this.#tell();
  }

  /** Said once, not at every poll. */
  #onPollFailure(error: unknown): void {
    const failure = String(error);
    if (this.#state !== 'running' || failure === this.#pollFailure) return;
    this.#pollFailure = failure;
    this.#options.logger.warn({ module: this.name, error }, 'Poll of slots failed');
  }

  async #poll(process: ModuleProcess): Promise<void> {
    const news = await process.call({ ...this.#call('poll'), write: () => undefined, answer: slotList });
    const slots: Pkcs11Slot[] = [];
    let room = limits.certificates;
    for (const found of news) {
      const before = this.#slots.find(({ slot }) => slot === found.slot);
      const entry = !found.hasToken
        ? undefined
        : before !== undefined && !found.changed
          ? before
          : await this.#lookAgain(process, found, before);
      room -= entry?.contents.certificates.length ?? 0;
      if (entry !== undefined && room >= 0) slots.push(entry);
    }
    const changed = slots.length !== this.#slots.length || slots.some((entry, index) => entry !== this.#slots[index]);
    if (changed) this.#publish(slots);
  }

  /** What cannot be read is not asked at every poll. */
  async #lookAgain(
    process: ModuleProcess,
    found: SlotNews,
    before: Pkcs11Slot | undefined,
  ): Promise<Pkcs11Slot | undefined> {
    const rest = this.#unreadable.get(found.slot) ?? 0;
    if (rest > 0 && !found.changed) {
      this.#unreadable.set(found.slot, rest - 1);
      return undefined;
    }
    const entry = await this.#look(process, found, before);
    if (entry !== before || entry === undefined) this.#countNews(process);
    if (entry === undefined) this.#unreadable.set(found.slot, pollsToRest);
    else this.#unreadable.delete(found.slot);
    return entry;
  }

  /** A module that is never at rest would fill history and log, and keep everybody busy with reading certificates. */
  #countNews(process: ModuleProcess): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#newsSince > 60_000) [this.#news, this.#newsSince] = [0, now];
    this.#news += 1;
    if (this.#news <= limits.newsPerMinute) return;
    const reason = malformedFrame('tokens change all the time');
    process.end(new MiddlewareError(reason.code, reason.message, { fields: { module: this.name }, retriable: true }));
    throw reason;
  }

  /** A token that cannot be read does not hide the others. */
  async #look(
    process: ModuleProcess,
    { slot, reader }: SlotNews,
    before: Pkcs11Slot | undefined,
  ): Promise<Pkcs11Slot | undefined> {
    try {
      const contents = await this.#readSlot(process, slot);
      return before !== undefined && sameContents(before.contents, contents) ? before : { slot, reader, contents };
    } catch (error) {
      if (this.#process !== process) throw error;
      // An empty slot of a soft token says of itself that it is not recognized.
      const level = isMiddlewareError(error, 'ERR_CARD_UNKNOWN') ? 'debug' : 'warn';
      this.#options.logger[level]({ module: this.name, reader, error }, 'Token of a vendor module cannot be read');
      return undefined;
    }
  }

  #readSlot(process: ModuleProcess, slot: string): Promise<TokenContents> {
    return process.call({
      ...this.#call('read'),
      write: (writer) => slotId.write(writer, slot),
      answer: tokenContents,
    });
  }

  #call(kind: keyof Deadlines): Pick<ModuleCall<unknown>, 'kind' | 'deadlineMs'> {
    return { kind, deadlineMs: this.#deadlines[kind] };
  }

  /** @throws {MiddlewareError} ERR_MODULE_UNAVAILABLE while there is no process. */
  #inTurn<T>(work: (process: ModuleProcess) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#process === undefined) throw this.#unavailable();
      return await work(this.#process);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #unavailable(): MiddlewareError {
    return new MiddlewareError('ERR_MODULE_UNAVAILABLE', 'Vendor module is not running', {
      fields: { module: this.name },
      retriable: true,
      cause: this.#problem,
    });
  }

  #publish(slots: readonly Pkcs11Slot[]): void {
    this.#slots = slots;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function sameContents(a: TokenContents, b: TokenContents): boolean {
  return Buffer.compare(encoded(a), encoded(b)) === 0;
}

function encoded(contents: TokenContents): Uint8Array {
  const writer = new WireWriter();
  tokenContents.write(writer, contents);
  return writer.finish();
}
