import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import type { ControlEvents, ResultOf } from '../../src/control-contract/methods.js';
import type { HistoryEvent } from '../../src/model/history.js';
import type { Purpose } from '../../src/model/relying-party.js';
import type { TrustPolicy } from '../../src/model/trust.js';
import { readTrustFolders } from '../../src/app/trust-folder.js';
import { sandboxPin, sandboxSignaturePin } from '../../src/sandbox/sandbox-cards.js';
import {
  verifyAssertion,
  type CreatedRequest,
  type Expectations,
  type RequestWishes,
  type VerifiedLogin,
} from '../../src/verify/verify.js';
import { AutomaticSurface } from './automatic-surface.js';
import { PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import { createPageCaller, type LoadAnswer } from './order-load.js';
import { withFolderInPlaceOf } from './own-mounts.js';
import type { LaunchSession, RelyingServer } from './relying-server.js';

/** An order that a page has begun. */
export interface PageOrder {
  readonly party: RelyingServer;
  readonly orderRef: string;
  readonly created: CreatedRequest;
}

/** What the administrator has set up. */
export interface OwnSystem {
  readonly entries: readonly object[];
  /** PEM file of the CA that the system trusts. */
  readonly caFile: string;
}

/** Where a browser is after a launch: on its way to the relying party, or on a last page of the daemon's. */
export type LaunchEnd = { readonly location: string } | { readonly status: number; readonly text: string };

interface PageAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly html: string;
}

/** The program as it is installed, with virtual cards, a willing user, and relying parties that call it like browsers. */
export class OrderBench {
  readonly home: PrivateHome;
  readonly #before: readonly string[];
  readonly #parties: RelyingServer[] = [];
  #daemon!: RunningDaemon;
  #surface!: AutomaticSurface;
  #caller!: ReturnType<typeof createPageCaller>;
  #port = 0;
  #trust!: TrustPolicy;

  private constructor(system: OwnSystem | undefined, env: NodeJS.ProcessEnv) {
    this.home = new PrivateHome(env);
    this.#before = system === undefined ? [] : inOwnSystem(this.home, system);
  }

  static async start(system?: OwnSystem, env: NodeJS.ProcessEnv = {}): Promise<OrderBench> {
    const bench = new OrderBench(system, env);
    await bench.#begin();
    const { caFile } = await bench.client.request('sandbox.list', {});
    bench.#trust = readTrustFolders([{ path: dirname(caFile ?? ''), source: 'system' }], (problem) => {
      throw problem;
    });
    return bench;
  }

  async #begin(): Promise<void> {
    // Far more orders than people have in a minute.
    const args = ['--sandbox', '--port', '0', '--starts-per-minute', '1000'];
    this.#daemon = await startDaemon(this.home, 'sandbox', args, this.#before);
    this.#surface = await AutomaticSurface.attach(this.client, sandboxPin);
    this.willing();
    this.#port = (await this.client.request('daemon.status', {})).loopback.port;
    this.#caller = createPageCaller(this.#port);
  }

  get daemon(): RunningDaemon {
    return this.#daemon;
  }

  get client(): RunningDaemon['client'] {
    return this.#daemon.client;
  }

  get surface(): AutomaticSurface {
    return this.#surface;
  }

  get trust(): TrustPolicy {
    return this.#trust;
  }

  /** From now on the user types the right PIN, whichever is asked for. */
  willing(): void {
    this.#surface.beforePin = ({ pinRole }) => {
      this.#surface.pin = pinRole === 'signature' ? sandboxSignaturePin : sandboxPin;
    };
  }

  /** The next PIN is not typed until the caller lets go; resolves when it is asked for. */
  async pinAsked(): Promise<{ readonly release: () => void }> {
    const { beforePin } = this.#surface;
    return await new Promise((asked) => {
      this.#surface.beforePin = async (prompt) => {
        await new Promise<void>((release) => asked({ release }));
        this.#surface.beforePin = beforePin;
        await beforePin?.(prompt);
      };
    });
  }

  /** The power goes, and comes back. */
  async killAndStart(): Promise<void> {
    const { process: child } = this.#daemon;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#caller.close();
    await this.#begin();
  }

  /** Registers it as the user, unless the administrator has; it is closed with the bench. */
  async add(party: RelyingServer, options: { readonly registered?: boolean } = {}): Promise<RelyingServer> {
    this.#parties.push(party);
    if (options.registered !== true) await this.client.request('rp.add', { entry: party.entry });
    return party;
  }

  /** These cards alone are in the readers, and have been read. */
  async useCards(...cards: readonly string[]): Promise<void> {
    const { readers } = await this.client.request('sandbox.list', {});
    for (const { name, card } of readers) {
      if (card !== undefined && !cards.includes(card)) await this.client.request('sandbox.remove', { reader: name });
    }
    for (const card of cards) {
      if (!readers.some((reader) => reader.card === card)) await this.client.request('sandbox.insert', { card });
    }
    await this.status(({ readers: now }) => {
      const known = now.filter(({ token }) => token !== undefined).length;
      return known === cards.length && now.every(({ card, token }) => card !== 'present' || token !== undefined);
    });
  }

  /** Pulls a card by its name. */
  async pull(card: string): Promise<void> {
    await this.client.request('sandbox.remove', { reader: card });
  }

  /** Resolves with the first status that fits. */
  async status(fits: (status: ResultOf<'status.get'>) => boolean): Promise<ResultOf<'status.get'>> {
    return await until(async () => {
      const status = await this.client.request('status.get', {});
      return fits(status) ? status : undefined;
    });
  }

  /** Tries left of every PIN of a card, read from it now, by role. */
  async tries(): Promise<readonly (readonly [role: string, number | undefined])[]> {
    const { cards } = await this.client.request('pin.list', {});
    return cards.flatMap(({ pins }) => pins.map(({ role, attemptsRemaining }) => [role, attemptsRemaining] as const));
  }

  /** The newest events of these kinds, oldest first. */
  async history<K extends HistoryEvent['kind']>(
    limit: number,
    ...kinds: K[]
  ): Promise<Extract<HistoryEvent, { kind: K }>[]> {
    const { entries } = await this.client.request('history.recent', { limit: 200 });
    const wanted: readonly string[] = kinds;
    return entries
      .map(({ event }) => event)
      .filter((event): event is Extract<HistoryEvent, { kind: K }> => wanted.includes(event.kind))
      .slice(-limit);
  }

  /** The instructions that go to the cards while `during` runs, each as its INS byte in hex, and all lines. */
  async traced(during: () => Promise<void>): Promise<readonly string[]> {
    const lines: string[] = [];
    const stop = this.client.on('trace.line', ({ line }: ControlEvents['trace.line']) => void lines.push(line));
    await this.client.request('trace.start', {});
    try {
      await during();
    } finally {
      await this.client.request('trace.stop', {});
      stop();
    }
    return lines;
  }

  post(party: RelyingServer, path: string, body: unknown): Promise<LoadAnswer> {
    return this.#caller.call(party, path, body);
  }

  /** A page of the relying party's begins an order. */
  async startPage(party: RelyingServer, purpose: Purpose, wishes: Partial<RequestWishes> = {}): Promise<PageOrder> {
    const created = await party.ask({ launchers: ['page'], ...wishes });
    const { status, body } = await this.post(party, `/oob/v1/${purpose}`, { request: created.request });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return { party, created, orderRef: String(body['orderRef']) };
  }

  /** Asks until it is another than pending. */
  async collect({ party, orderRef }: PageOrder): Promise<LoadAnswer['body']> {
    for (;;) {
      const { body } = await this.post(party, '/oob/v1/collect', { orderRef, waitSeconds: 25 });
      if (body['status'] !== 'pending') return body;
    }
  }

  /** A login as a page makes it, verified. */
  async login(party: RelyingServer, wishes: Partial<RequestWishes> = {}): Promise<VerifiedLogin> {
    const order = await this.startPage(party, 'auth', wishes);
    const answer = await this.collect(order);
    if (answer['status'] !== 'complete') throw new Error(JSON.stringify(answer));
    return await this.verify(party, order.created, answer['assertion']);
  }

  /** What the relying party makes of an assertion; the nonce counts once in each call. */
  async verify(
    { clientId, origin }: RelyingServer,
    { request, nonce }: CreatedRequest,
    assertion: unknown,
    more: Partial<Expectations> = {},
  ): Promise<VerifiedLogin> {
    const unused = new Set([nonce]);
    return await verifyAssertion(String(assertion), {
      clientId,
      request,
      origins: [origin],
      policy: this.#trust,
      consumeNonce: (value) => Promise.resolve(unused.delete(value)),
      ...more,
    });
  }

  /** A browser's main frame goes there from a page of the relying party's. */
  navigate(path: string, from?: string): Promise<PageAnswer> {
    const headers = {
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'accept-language': 'en',
      ...(from === undefined ? {} : { referer: `${from}/` }),
    };
    return new Promise((resolve, reject) => {
      const target = { host: '127.0.0.1', port: this.#port, path, headers, agent: false as const };
      const request = httpRequest(target, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { location } = response.headers;
          resolve({ status: response.statusCode ?? 0, location, html: Buffer.concat(chunks).toString() });
        });
      });
      request.on('error', reject).end();
    });
  }

  /** The relying party's page sends the browser here. */
  startRedirect({ clientId, origin }: RelyingServer, { ref }: LaunchSession): Promise<PageAnswer> {
    return this.navigate(`/oob/v1/start?${new URLSearchParams({ client_id: clientId, ref }).toString()}`, origin);
  }

  /** The waiting page as a browser without script follows it, to its end. */
  async followRedirect(waitPath: string): Promise<LaunchEnd> {
    for (let path = waitPath; ;) {
      const { status, location, html } = await this.navigate(path);
      if (location !== undefined) return { location };
      const target = /http-equiv="refresh" content="\d+; ?url=([^"]*)"/.exec(html)?.[1];
      if (target === undefined) return { status, text: textOf(html) };
      path = waitPath + target;
    }
  }

  /** A launch by redirect from its first page to its last. */
  async redirect(party: RelyingServer, session: LaunchSession): Promise<LaunchEnd> {
    const { status, location, html } = await this.startRedirect(party, session);
    return location === undefined ? { status, text: textOf(html) } : await this.followRedirect(location);
  }

  async close(): Promise<void> {
    this.#caller.close();
    await this.#daemon.stop();
    await Promise.all(this.#parties.map((party) => party.close()));
    this.home.remove();
  }
}

/** Tries until there is something, for a minute. */
export async function until<T>(look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 3000; tries += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It never came');
}

/** What a person reads of a page. */
const textOf = (html: string): string =>
  html
    .replace(/<(style|title)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

/**
 * A mount namespace that is the daemon's alone, in which the administrator has registered these: nothing of the real
 * /etc changes, nor is needed.
 */
function inOwnSystem(home: PrivateHome, { entries, caFile }: OwnSystem): readonly string[] {
  const etc = join(home.folder, 'etc');
  const folder = join(etc, 'kort', 'relying-parties.d');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(etc, 'ssl', 'certs'), { recursive: true });
  cpSync('/etc/passwd', join(etc, 'passwd'));
  cpSync(caFile, join(etc, 'ssl', 'certs', 'ca-certificates.crt'));
  entries.forEach((entry, index) => writeFileSync(join(folder, `${index}.json`), JSON.stringify(entry)));
  return withFolderInPlaceOf(etc, '/etc');
}
