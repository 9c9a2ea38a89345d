import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { RevocationKnowledge, RevocationMemory, RevocationState, SettledRevocation } from '../model/revocation.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/**
 * Asks about one certificate; undefined for one that nobody is asked about, since it leads to nobody who is trusted: no
 * address in it may be called. Never rejects.
 */
export type AskRevocation = (certificate: CertificateInfo, at: number) => Promise<SettledRevocation> | undefined;

/** What {@link createRevocationWatch} needs. */
export interface RevocationWatchOptions {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly ask: AskRevocation;
  readonly memory: RevocationMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1: so that not everybody asks at the moment at which one list of all ends. */
  readonly random?: () => number;
}

/** Asks about the certificates of inserted cards in the background. */
export interface RevocationWatch extends RevocationKnowledge {
  /** Asks no more; resolves when nothing is under way, and all is kept. Whoever gave `ask` ends what is. */
  close(): Promise<void>;
}

const atOnce = 2;
/** An answer is asked for anew after so long, also when it counts longer; at once when its card comes back after it. */
const refreshMs = 4 * 3_600_000;
/** After one, two, three … failures. */
const retryMs = [60_000, 5 * 60_000, 15 * 60_000, 3_600_000] as const;
/** What no answer changes: a certificate that was revoked is remembered for so long, unless somebody says otherwise. */
const revokedMs = 7 * 86_400_000;
const longestTimer = 3_600_000;

interface Followed {
  readonly certificate: CertificateInfo;
  /** The last answer that was one. */
  answer: SettledRevocation | undefined;
  /** Why there was none since. */
  failure: SettledRevocation | undefined;
  failures: number;
  /** When to ask next, milliseconds since the epoch. */
  nextAt: number;
  isRunning: boolean;
  /** What listeners were told last. */
  told: string;
}

/** Begins to ask at once, and nothing waits for it. Its timer keeps no process alive. */
export function createRevocationWatch(options: RevocationWatchOptions): RevocationWatch {
  return new Watch(options);
}

class Watch implements RevocationWatch {
  readonly #options: RevocationWatchOptions;
  readonly #followed = new Map<string, Followed>();
  readonly #running = new Set<Promise<void>>();
  readonly #writing = new Set<Promise<void>>();
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: RevocationWatchOptions) {
    this.#options = options;
    this.#stop = options.tokens.subscribe(() => this.#follow());
    this.#follow();
  }

  of(fingerprint: string): RevocationState | undefined {
    const followed = this.#followed.get(fingerprint);
    return followed && stateOf(followed, this.#options.clock.now());
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await Promise.all(this.#running);
    await Promise.all(this.#writing);
  }

  /** Cards came or went. */
  #follow(): void {
    const held = this.#options.tokens.entries.flatMap(({ certificates = [] }) => certificates);
    const inserted = new Map(held.map(({ certificate }) => [certificate.fingerprint, certificate]));
    for (const fingerprint of this.#followed.keys()) {
      if (!inserted.has(fingerprint)) this.#followed.delete(fingerprint);
    }
    for (const [fingerprint, certificate] of inserted) {
      if (!certificate.isCa && !this.#followed.has(fingerprint)) this.#begin(fingerprint, certificate);
    }
    this.#askDue();
  }

  #begin(fingerprint: string, certificate: CertificateInfo): void {
    const { memory, clock } = this.#options;
    const now = clock.now();
    const remembered = memory.get(fingerprint);
    const counts = remembered !== undefined && now < endOf(remembered);
    if (remembered !== undefined && !counts) this.#write(memory.delete(fingerprint));
    const answer = counts ? remembered : undefined;
    const nextAt = answer === undefined ? now : this.#nextAfter(answer);
    const followed = { certificate, answer, failure: undefined, failures: 0, nextAt, isRunning: false, told: '' };
    followed.told = keyOf(followed, now);
    this.#followed.set(fingerprint, followed);
  }

  /** Starts what is due, as far as there is room, and sleeps until the next. */
  #askDue(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const now = this.#options.clock.now();
    const waiting = [...this.#followed].filter(([, { isRunning }]) => !isRunning);
    const due = waiting.filter(([, { nextAt }]) => nextAt <= now).toSorted(([, a], [, b]) => a.nextAt - b.nextAt);
    for (const [fingerprint, followed] of due) {
      if (this.#running.size < atOnce) this.#start(fingerprint, followed, now);
    }
    const next = Math.min(...waiting.flatMap(([, { nextAt }]) => (nextAt > now ? nextAt - now : [])));
    // Woken once an hour at least: a computer that slept, or whose clock was set, asks when it is awake.
    const sleepMs = Math.min(Math.max(next, 1), longestTimer);
    if (this.#followed.size > 0) this.#timer = setTimeout(() => this.#askDue(), sleepMs).unref();
  }

  #start(fingerprint: string, followed: Followed, now: number): void {
    const asked = this.#options.ask(followed.certificate, now);
    if (asked === undefined) {
      this.#followed.delete(fingerprint);
      return;
    }
    followed.isRunning = true;
    const running = asked
      .then(
        (answer) => this.#settle(fingerprint, followed, answer),
        (error: unknown) => this.#options.logger.error({ error }, 'Revocation could not be checked'),
      )
      .finally(() => {
        followed.isRunning = false;
        this.#running.delete(running);
        this.#askDue();
      });
    // Also when it could not be checked at all.
    followed.nextAt = now + retryMs[3];
    this.#running.add(running);
  }

  #settle(fingerprint: string, followed: Followed, answer: SettledRevocation): void {
    const now = this.#options.clock.now();
    if (answer.status === 'unknown') {
      followed.failure = answer;
      followed.nextAt = now + (retryMs[Math.min(followed.failures, retryMs.length - 1)] ?? retryMs[0]);
      followed.failures += 1;
    } else {
      Object.assign(followed, { answer, failure: undefined, failures: 0, nextAt: this.#nextAfter(answer) });
      this.#write(this.#options.memory.set(fingerprint, answer));
    }
    const key = keyOf(followed, now);
    if (key === followed.told) return;
    followed.told = key;
    for (const listener of this.#listeners) listener();
  }

  /** When an answer is asked for anew: while it still counts, so that there is time for failures. */
  #nextAfter(answer: SettledRevocation): number {
    const checkedAt = Date.parse(answer.checkedAt);
    const { random = Math.random } = this.#options;
    const span = Math.min((endOf(answer) - checkedAt) * (0.7 + 0.2 * random()), refreshMs);
    return checkedAt + Math.max(span, retryMs[0]);
  }

  #write(written: Promise<void>): void {
    const tracked = written
      .catch((error: unknown) => {
        this.#options.logger.warn({ error }, 'What is known of revocation could not be kept');
      })
      .finally(() => this.#writing.delete(tracked));
    this.#writing.add(tracked);
  }
}

/** Until when an answer counts, milliseconds since the epoch. */
function endOf(answer: SettledRevocation): number {
  if (answer.status === 'good') return Date.parse(answer.validUntil);
  return answer.status === 'revoked' ? Date.parse(answer.checkedAt) + revokedMs : 0;
}

/** What is known at a moment: an answer that has ended says nothing, and no failure takes back a revocation. */
function stateOf({ answer, failure }: Followed, now: number): RevocationState {
  if (answer?.status === 'revoked') return answer;
  if (answer !== undefined && now <= endOf(answer)) return answer;
  return failure ?? { status: 'checking' };
}

/** What of it is worth telling. */
function keyOf(followed: Followed, now: number): string {
  const state = stateOf(followed, now);
  return state.status === 'unknown' ? `unknown ${state.reason}` : state.status;
}
