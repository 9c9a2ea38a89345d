import type { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { History, HistoryEvent } from '../model/history.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import type { FoundModule } from '../pkcs11/found-module.js';
import { isPkcs11Available } from '../pkcs11/availability.js';
import type { Deadlines, HostProgram } from '../pkcs11/module-process.js';
import type { Pkcs11Slot } from '../pkcs11/slot-poll.js';
import { superviseModule, type Backoff, type SupervisedModule } from '../pkcs11/supervised-module.js';
import { createPinTryRecord } from './pin-try-record.js';
import { groupIntoCards, type Pkcs11Card } from './pkcs11-cards.js';
import { counterOfFlags } from './pkcs11-use.js';
import { createPkcs11Token, wantsLogin, type Pkcs11Token } from './pkcs11-token.js';
import { withoutTwins } from './pkcs11-twins.js';
import type { TokenEntry } from './token-entry.js';

/** Tokens that come and go by another way than the registry's own readers. */
export interface TokenSource {
  /** All `ready`; a new array after every change. */
  readonly entries: readonly TokenEntry[];
  subscribe(listener: () => void): () => void;
  close(): Promise<void>;
}

/** How a module is doing, for the doctor. */
export interface ModuleStatus {
  readonly name: string;
  readonly path: string;
  readonly origin: FoundModule['origin'];
  /** `asleep`: found in a usual place and not needed so far. */
  readonly state: SupervisedModule['state'] | 'asleep';
  readonly problem: MiddlewareError | undefined;
  readonly tokens: number;
  /** Of its process, while there is one. */
  readonly pid: number | undefined;
}

/** The tokens of all vendors' modules. */
export interface Pkcs11Source extends TokenSource {
  /** What every module shows: a card as often as modules show it. */
  readonly allEntries: readonly TokenEntry[];
  /** No module that was started is still to look at its slots for the first time. */
  readonly isSettled: boolean;
  readonly modules: readonly ModuleStatus[];
  /**
   * Modules that nobody configured are started by this: when a reader holds a card that we cannot drive ourselves.
   * Before that they would only send commands to cards that have no need of them.
   */
  wake(): void;
}

/** What {@link createPkcs11Source} needs. */
export interface Pkcs11SourceOptions {
  readonly modules: readonly FoundModule[];
  readonly program: HostProgram;
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly history: History;
  readonly memory: RetryCounterMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlines?: Partial<Deadlines>;
  readonly pollMs?: number;
  readonly backoff?: Partial<Backoff>;
  readonly idleMs?: number;
}

/** Starts the configured modules at once, each in a process of its own. */
export function createPkcs11Source(options: Pkcs11SourceOptions): Pkcs11Source {
  const listeners = new Set<() => void>();
  const watches = options.modules.map((found) => new ModuleWatch(found, options, publish));
  let entries: readonly TokenEntry[] = [];

  function publish(): void {
    entries = watches.reduce<readonly TokenEntry[]>(
      // The same card seen by two modules is the first one's.
      (shown, { entries: others }) => [...shown, ...withoutTwins(shown, others)],
      [],
    );
    for (const listener of listeners) listener();
  }

  const available = isPkcs11Available();
  if (!available && watches.length > 0) {
    options.logger.warn(
      { modules: watches.map(({ found }) => found.name) },
      'Without pkcs11js no vendor module is used',
    );
  }
  for (const watch of watches) if (available && watch.found.origin === 'configured') watch.start();

  return {
    get entries() {
      return entries;
    },
    get allEntries() {
      return watches.flatMap((watch) => watch.entries);
    },
    get isSettled() {
      return watches.every((watch) => watch.isSettled);
    },
    get modules() {
      return watches.map((watch) => watch.status);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake() {
      if (available) for (const watch of watches) watch.start();
    },
    async close() {
      listeners.clear();
      await Promise.all(watches.map((watch) => watch.close()));
      entries = [];
    },
  };
}

interface Visit {
  readonly shown: { card: Pkcs11Card | undefined };
  readonly token: Pkcs11Token;
  entry: TokenEntry;
}

/** Follows one module: a token for each card that it shows. */
class ModuleWatch {
  readonly found: FoundModule;
  readonly #options: Pkcs11SourceOptions;
  readonly #onChange: () => void;
  #module: SupervisedModule | undefined;
  #visits = new Map<string, Visit>();
  #writing: Promise<void> = Promise.resolve();

  constructor(found: FoundModule, options: Pkcs11SourceOptions, onChange: () => void) {
    this.found = found;
    this.#options = options;
    this.#onChange = onChange;
  }

  get entries(): readonly TokenEntry[] {
    return [...this.#visits.values()].map(({ entry }) => entry);
  }

  get isSettled(): boolean {
    return this.#module?.hasLooked ?? true;
  }

  get status(): ModuleStatus {
    const { name, path, origin } = this.found;
    const { state = 'asleep', problem } = this.#module ?? {};
    return { name, path, origin, state, problem, tokens: this.#visits.size, pid: this.#module?.pid };
  }

  start(): void {
    if (this.#module !== undefined) return;
    this.#module = superviseModule({ ...this.#options, module: this.found });
    this.#module.subscribe(() => this.#follow());
  }

  async close(): Promise<void> {
    this.#module?.close();
    for (const { token } of this.#visits.values()) await token.close();
    this.#visits.clear();
    await this.#writing;
  }

  #follow(): void {
    const module = this.#module;
    if (module === undefined) return;
    const cards = this.#cardsOf(module.slots);
    const before = this.#visits;
    this.#visits = new Map(
      cards.map((card) => {
        const visit = before.get(card.id);
        return [card.id, visit === undefined ? this.#begin(module, card) : this.#goOn(visit, card)];
      }),
    );
    for (const [id, visit] of before) if (!this.#visits.has(id)) this.#end(id, visit);
    this.#onChange();
  }

  #cardsOf(slots: readonly Pkcs11Slot[]): readonly Pkcs11Card[] {
    return groupIntoCards(slots, this.#options).filter(({ pins }) => pins.some(wantsLogin));
  }

  #begin(module: SupervisedModule, card: Pkcs11Card): Visit {
    const { history, memory } = this.#options;
    const shown: { card: Pkcs11Card | undefined } = { card };
    const token = createPkcs11Token({
      ...this.#options,
      id: card.id,
      found: this.found,
      module,
      record: createPinTryRecord({ token: card.id, history, memory }),
      first: card,
      card: () => shown.card,
      cardWith: (slot) =>
        this.#cardsOf(module.slots.map((other) => (other.slot === slot.slot ? slot : other))).find(
          ({ id }) => id === card.id,
        ),
      onRetryCounters: (retryCounters) => {
        if (shown.card === undefined) return;
        visit.entry = { ...visit.entry, certificates: token.described(), retryCounters };
        this.#onChange();
      },
    });
    const visit: Visit = { shown, token, entry: entryOf(card, token) };
    this.#write({ kind: 'inserted', reader: card.reader, token: card.id });
    return visit;
  }

  #goOn(visit: Visit, card: Pkcs11Card): Visit {
    visit.shown.card = card;
    visit.entry = entryOf(card, visit.token);
    return visit;
  }

  #end(id: string, visit: Visit): void {
    const reader = visit.shown.card?.reader ?? '';
    visit.shown.card = undefined;
    void visit.token.close();
    this.#write({ kind: 'removed', reader, token: id });
  }

  #write(event: HistoryEvent): void {
    this.#writing = this.#writing
      .then(() => this.#options.history.append(event))
      .catch((error: unknown) => this.#options.logger.error({ error }, 'History could not be written'));
  }
}

function entryOf(card: Pkcs11Card, token: Pkcs11Token): TokenEntry {
  return {
    reader: card.reader,
    state: 'ready',
    token,
    certificates: token.described(),
    retryCounters: card.pins.map(({ reference, slot }) => counterOfFlags(reference, slot.contents.token.flags)),
  };
}
