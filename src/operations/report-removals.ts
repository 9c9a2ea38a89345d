import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { toBase64Url } from '../core/bytes.js';
import { isMiddlewareError } from '../core/errors.js';
import type { Clock, HttpClient, Logger, Random } from '../core/ports.js';
import type { RememberedRemoval, RemovalMemory } from '../model/removal-memory.js';
import { createLogoutToken, type RemovalJwk } from '../oob/logout-token.js';
import type { RelyingPartyRegistry } from '../oob/registry.js';
import { trustOf } from '../oob/remote-answer.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { createCardPresence, type Patience } from './card-presence.js';
import type { CardRemovals } from './card-removal.js';

/** What removals are noticed and reported with. */
export interface RemovalReportsDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  /** Asked for every report, so that a changed or removed entry takes effect at once. */
  readonly registry: () => RelyingPartyRegistry;
  readonly http: HttpClient;
  readonly memory: RemovalMemory;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** {@link CardRemovals} over the network. */
export interface RemovalReports extends CardRemovals {
  /** Takes up what an earlier process left; called when the readers are being watched. */
  start(): void;
  /** What is not delivered stays in memory for the next process. Resolves when no call is under way. */
  close(): Promise<void>;
}

const lifeMs = 12 * 3_600_000;
const maxRemovals = 64;
/** Between attempts; the last one repeats. */
const pausesMs = [1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800].map((seconds) => seconds * 1000);
/** A relying party that says no has its reasons; the first ones may be that it has not seen the login itself yet. */
const maxRefusals = 10;
/** After a start: readers turn up, and cards are read, one after the other. */
const patienceAtStart: Patience = { outMs: 10_000, readingMs: 30_000 };

/** Reports removals of cards. Its timers keep no process alive, and nothing here waits for the network. */
export function createRemovalReports(dependencies: RemovalReportsDependencies): RemovalReports {
  const { tokens, memory, clock, random, logger } = dependencies;
  const removals = new Map<string, RememberedRemoval>();
  const timers = new Map<string, NodeJS.Timeout>();
  const sending = new Set<Promise<void>>();
  const ending = new AbortController();

  /** The file is a help after a restart; without it the report still goes out if this process lives on. */
  const stored = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => logger.error({ error }, 'Removal of a card could not be kept on disk'));
  };
  const drop = async ({ orderId, tokenId }: RememberedRemoval): Promise<void> => {
    clearTimeout(timers.get(orderId));
    timers.delete(orderId);
    removals.delete(orderId);
    if (ofToken(tokenId).length === 0) presence.release(tokenId);
    await stored(memory.forget(orderId));
  };
  const ofToken = (tokenId: string): RememberedRemoval[] =>
    [...removals.values()].filter((removal) => removal.tokenId === tokenId && removal.removedAt === undefined);
  const isOver = ({ armedAt }: RememberedRemoval): boolean => Math.abs(clock.now() - armedAt) >= lifeMs;

  const later = (orderId: string, ms: number, work: () => void): void => {
    clearTimeout(timers.get(orderId));
    timers.set(orderId, setTimeout(work, ms).unref());
  };
  const report = (removal: RememberedRemoval, attempt = 0, refusals = 0): void => {
    const run = attemptReport(dependencies, removal, ending.signal)
      .then(async (result) => {
        // Dropped in the meantime, to make room.
        if (ending.signal.aborted || !removals.has(removal.orderId)) return;
        const refused = refusals + (result === 'refused' ? 1 : 0);
        if (result === 'over' || refused >= maxRefusals || isOver(removal)) {
          await drop(removal);
          return;
        }
        const pause = pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0;
        later(removal.orderId, pause, () => report(removal, attempt + 1, refused));
      })
      .finally(() => sending.delete(run));
    sending.add(run);
  };

  const presence = createCardPresence(tokens, clock, (tokenId) => {
    for (const armed of ofToken(tokenId)) {
      if (isOver(armed)) {
        void drop(armed);
        continue;
      }
      const removal = { ...armed, removedAt: clock.now() };
      removals.set(removal.orderId, removal);
      void stored(memory.keep(removal));
      report(removal);
    }
  });
  const arm = async (removal: RememberedRemoval): Promise<void> => {
    for (const oldest of removals.values()) if (removals.size >= maxRemovals) await drop(oldest);
    removals.set(removal.orderId, removal);
    await stored(memory.keep(removal));
    later(removal.orderId, lifeMs, () => void drop(removal));
    presence.follow(removal.tokenId);
  };

  return {
    async prepare({ id, relyingParty }) {
      if (relyingParty.endpoints.removal === undefined) return undefined;
      const { privateKey, jwk } = await makeKey();
      return {
        jwk,
        arm: async (tokenId) => {
          const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
          await arm({
            orderId: id,
            clientId: relyingParty.clientId,
            tokenId,
            privateKey: der,
            reportId: toBase64Url(random(16)),
            armedAt: clock.now(),
          });
        },
      };
    },
    start() {
      for (const removal of memory.all()) {
        if (removals.has(removal.orderId)) continue;
        removals.set(removal.orderId, removal);
        if (isOver(removal)) void drop(removal);
        else if (removal.removedAt !== undefined) report(removal);
        else {
          later(removal.orderId, removal.armedAt + lifeMs - clock.now(), () => void drop(removal));
          presence.follow(removal.tokenId, patienceAtStart);
        }
      }
    },
    async close() {
      ending.abort();
      presence.close();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await Promise.all(sending);
    },
  };
}

/** `over`: delivered, or there is nobody to tell; `refused`: the relying party answered no. Never rejects. */
async function attemptReport(
  { registry, http, clock, logger }: RemovalReportsDependencies,
  { orderId, clientId, reportId, privateKey }: RememberedRemoval,
  signal: AbortSignal,
): Promise<'over' | 'refused' | 'failed'> {
  const endpoints = registry().byClientId(clientId)?.endpoints;
  if (endpoints?.removal === undefined) return 'over';
  try {
    const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    const now = clock.now();
    const token = createLogoutToken({ clientId, orderId, id: reportId, privateKey: key, now });
    const { status } = await http.send({
      method: 'POST',
      url: endpoints.removal,
      body: new URLSearchParams({ logout_token: token }).toString(),
      contentType: 'application/x-www-form-urlencoded',
      trust: trustOf(endpoints),
      signal,
    });
    const isDone = status === 200 || status === 204;
    logger.info({ relyingParty: clientId, status }, isDone ? 'Card removal reported' : 'Card removal report refused');
    if (isDone) return 'over';
    return status >= 400 && status < 500 ? 'refused' : 'failed';
  } catch (error) {
    const facts = isMiddlewareError(error) ? { code: error.code, ...error.fields } : { error };
    logger.warn({ relyingParty: clientId, ...facts }, 'Card removal could not be reported');
    return 'failed';
  }
}

const generate = promisify(generateKeyPair);

async function makeKey(): Promise<{ readonly privateKey: KeyObject; readonly jwk: RemovalJwk }> {
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y } };
}
