import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ControlClient } from '../../client/client.js';
import { isMiddlewareError } from '../../core/errors.js';
import type { StatusReport } from '../../control-contract/status.js';
import type { TimedCardEvent } from '../../model/card-event.js';
import type { ExpiryReport, ExpiryWarning } from '../../model/expiry.js';
import type { UiPorts } from '../ports.js';
import { readCardsPast, type CardsPast } from './card-past.js';
import { createListeners } from './listeners.js';

/** How it stands with the daemon. */
export type DaemonState = 'connecting' | 'up' | 'away' | 'starting' | 'hardwareOnly' | 'failing';

/** What the link tells of. */
export interface DaemonLinkEvents {
  /** A daemon answers: another connection than before. */
  onClient(client: ControlClient): void;
  /** It answers no more. */
  onGone(): void;
  /** Another program was at a card. */
  onForeign(event: TimedCardEvent): void;
  /** Something ends, and nobody has said so yet. */
  onWarning(warning: ExpiryWarning): void;
}

/** How often a daemon that is away is looked for, from soon to seldom. */
const firstWaitMs = 250;
const longestWaitMs = 2000;
/** Cards that come and go are looked at no more often. */
const refreshMs = 100;

/** The connection to the daemon, made anew whenever it ends, and the last that was told over it. */
export class DaemonLink {
  client: ControlClient | undefined;
  status: StatusReport | undefined;
  expiry: ExpiryReport | undefined;
  past: CardsPast = new Map();
  state: DaemonState = 'connecting';
  /** Why it cannot be reached, where that is not because it does not run. */
  problem: unknown;
  readonly #listeners = createListeners();
  readonly #ports: UiPorts;
  readonly #events: DaemonLinkEvents;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = firstWaitMs;
  #isClosed = false;
  #isWanted = false;
  #isAsking = false;

  constructor(ports: UiPorts, events: DaemonLinkEvents) {
    this.#ports = ports;
    this.#events = events;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Connects, and again until it works. */
  async connect(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const client = await this.#ports.connect();
      if (this.#isClosed) client.close();
      else this.#begin(client);
    } catch (error) {
      this.#isAway(error);
    }
  }

  /** Starts a daemon. */
  async start(): Promise<void> {
    if (this.state !== 'away') return;
    this.#change('starting');
    clearTimeout(this.#timer);
    try {
      await this.#ports.startDaemon();
      await this.connect();
    } catch (error) {
      this.#isAway(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.client?.close();
  }

  #begin(client: ControlClient): void {
    this.client = client;
    this.problem = undefined;
    this.#waitMs = firstWaitMs;
    void client.closed.then(() => this.#lost(client));
    client.on('status.changed', () => void this.#refresh());
    client.on('expiry.warning', (warning) => {
      this.#events.onWarning(warning);
      void this.#refresh();
    });
    client.on('events.dropped', () => void this.#follow(client));
    client.on('card.event', (event) => {
      if (event.kind !== 'foreign-use' && event.kind !== 'foreign-pin-try') return;
      this.#events.onForeign(event);
      void this.refreshPast();
    });
    void this.#refresh();
    void this.refreshPast();
    void this.#follow(client);
    this.#events.onClient(client);
  }

  /** Looks anew at what other programs did: a PIN that is right again settles some of it. */
  async refreshPast(): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    const past = await readCardsPast(client, Date.now()).catch(() => undefined);
    if (past === undefined || this.client !== client || isDeepStrictEqual(past, this.past)) return;
    this.past = past;
    this.#listeners.tell();
  }

  async #follow(client: ControlClient): Promise<void> {
    await client.request('events.subscribe', {}).catch(() => undefined);
  }

  /** Changes that come while the report is asked for are shown by one more report. */
  async #refresh(): Promise<void> {
    this.#isWanted = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#isWanted && this.client !== undefined) {
      this.#isWanted = false;
      await this.#ask(this.client);
      await delay(refreshMs);
    }
    this.#isAsking = false;
  }

  async #ask(client: ControlClient): Promise<void> {
    try {
      const status = await client.request('status.get', {});
      if (this.client !== client) return;
      const isFirst = this.status === undefined;
      const isNews = isFirst || !isDeepStrictEqual(status, this.status);
      this.status = status;
      if (isFirst) this.#change('up');
      const expiry = await client.request('expiry.get', {});
      if (this.client !== client) return;
      const isOther = !isDeepStrictEqual(expiry, this.expiry);
      this.expiry = expiry;
      if (isOther || (isNews && !isFirst)) this.#change('up');
    } catch (error) {
      if (this.client !== client) return;
      if (this.status !== undefined) return;
      this.problem = error;
      this.#change(isMiddlewareError(error, 'ERR_IPC_METHOD_NOT_FOUND') ? 'hardwareOnly' : 'failing');
    }
  }

  #lost(client: ControlClient): void {
    if (this.client !== client || this.#isClosed) return;
    this.client = undefined;
    this.status = undefined;
    this.expiry = undefined;
    this.past = new Map();
    this.#events.onGone();
    this.#isAway(undefined);
  }

  #isAway(problem: unknown): void {
    if (this.#isClosed) return;
    this.problem = isMiddlewareError(problem, 'ERR_IPC_DAEMON_UNREACHABLE') ? undefined : problem;
    this.#change('away');
    this.#timer = setTimeout(() => void this.connect(), this.#waitMs);
    this.#waitMs = Math.min(longestWaitMs, this.#waitMs * 2);
  }

  #change(state: DaemonState): void {
    this.state = state;
    this.#listeners.tell();
  }
}
