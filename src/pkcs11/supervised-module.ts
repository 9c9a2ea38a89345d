import { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { FoundModule } from './found-module.js';
import { defaultDeadlines, ModuleProcess, type Deadlines, type HostProgram } from './module-process.js';
import { sendOpenUse, sendUse, type OpenUseRequest, type UseOptions, type UseSecrets } from './open-use.js';
import type { TokenContents, UseAnswer, UseRequest } from './protocol.js';
import { loadRequest, moduleInfo } from './protocol-codec.js';
import { sameContents, SlotPoll, type Pkcs11Slot } from './slot-poll.js';

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

/** Starts a module's process at once and again whenever it ends; one request at a time. */
export function superviseModule(options: SupervisedModuleOptions): SupervisedModule {
  return new Supervisor(options);
}

class Supervisor implements SupervisedModule {
  readonly #options: SupervisedModuleOptions;
  readonly #deadlines: Deadlines;
  readonly #backoff: Backoff;
  readonly #poll: SlotPoll;
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
  #pollFailure: string | undefined;

  constructor(options: SupervisedModuleOptions) {
    this.#options = options;
    this.#deadlines = { ...defaultDeadlines, ...options.deadlines };
    this.#backoff = { ...defaultBackoff, ...options.backoff };
    const { module, clock, logger } = options;
    this.#poll = new SlotPoll({ name: module.name, clock, logger, deadlines: this.#deadlines });
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
      const contents = await this.#poll.read(process, slot);
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
    this.#poll.begin();
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
        kind: 'load',
        deadlineMs: this.#deadlines.load,
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
      this.#inTurn(async (process) => {
        const slots = await this.#poll.run(process, this.#slots);
        if (slots !== this.#slots) this.#publish(slots);
        this.#pollFailure = undefined;
      })
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
