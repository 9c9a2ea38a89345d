import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/ports.js';
import type { RememberedRemoval, RemovalMemory } from '../../../src/model/removal-memory.js';
import type { RelyingParty } from '../../../src/model/relying-party.js';
import type { RemovalJwk } from '../../../src/oob/logout-token.js';
import type { AcceptedOrder } from '../../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { createRemovalReports } from '../../../src/operations/report-removals.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import type { Token } from '../../../src/tokens/token.js';
import { verifyRemoval } from '../../../src/verify/verify-removal.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { scriptedHttp } from '../../support/scripted-http.js';
import { createTestRelyingParty, entryOf, testNow } from '../../support/test-relying-party.js';

const second = 1_000;
const hour = 3_600 * second;

beforeEach(() => void vi.useFakeTimers({ now: testNow }));
afterEach(() => void vi.useRealTimers());

const party: RelyingParty = {
  ...entryOf(createTestRelyingParty()),
  endpoints: { removal: 'https://rp.example/removal', pins: ['pin'] },
};
const orderOf = (id: string, relyingParty = party): AcceptedOrder => ({ id, relyingParty }) as AcceptedOrder;

const tokenNamed = (id: string): Token => ({ info: { id } }) as Token;
const ready = (reader: string, id: string): TokenEntry => ({ reader, state: 'ready', token: tokenNamed(id) });
const state = (reader: string, is: TokenEntry['state']): TokenEntry => ({ reader, state: is });

/** Readers as a test says. */
function scriptedTokens(...first: readonly TokenEntry[]) {
  let entries: readonly TokenEntry[] = first;
  const listeners = new Set<() => void>();
  return {
    get entries() {
      return entries;
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show(...next: readonly TokenEntry[]) {
      entries = next;
      for (const listener of listeners) listener();
    },
  };
}

function memoryOf(kept: readonly RememberedRemoval[] = []): RemovalMemory & { failing: boolean } {
  const removals = new Map(kept.map((removal) => [removal.orderId, removal]));
  const memory = {
    failing: false,
    all: () => [...removals.values()],
    keep: (removal: RememberedRemoval) => {
      if (memory.failing) return Promise.reject(new Error('disk is full'));
      removals.set(removal.orderId, removal);
      return Promise.resolve();
    },
    forget: (orderId: string) => {
      removals.delete(orderId);
      return Promise.resolve();
    },
  };
  return memory;
}

function bench({ memory = memoryOf(), entries = [ready('A', 'card:1')] } = {}) {
  const tokens = scriptedTokens(...entries);
  const http = scriptedHttp();
  http.answer = () => ({ status: 204 });
  const logger = recordingLogger();
  let parties: readonly RelyingParty[] = [party];
  let next = 0;
  const reports = createRemovalReports({
    tokens,
    registry: () => createRelyingPartyRegistry(parties),
    http,
    memory,
    clock: systemClock,
    random: (length) => new Uint8Array(length).fill((next += 1)),
    logger,
  });
  return {
    tokens,
    http,
    memory,
    logger,
    reports,
    register: (...next: readonly RelyingParty[]) => (parties = next),
    arm: async (id: string, tokenId = 'card:1'): Promise<RemovalJwk> => {
      const prepared = await reports.prepare(orderOf(id));
      if (prepared === undefined) throw new Error('not prepared');
      await prepared.arm(tokenId);
      return prepared.jwk;
    },
    sent: () => http.calls.map(({ body }) => new URLSearchParams(body).get('logout_token') ?? ''),
  };
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

describe('createRemovalReports()', () => {
  it('prepares nothing for a relying party without a removal endpoint', async () => {
    const { reports } = bench();
    const silent = { ...party, endpoints: { pins: [] } };
    await expect(reports.prepare(orderOf('order-1', silent))).resolves.toBeUndefined();
  });

  it('posts a token that the relying party can verify with the key of the order, and keeps nothing', async () => {
    const { arm, tokens, sent, http, memory } = bench();
    const jwk = await arm('order-1');
    expect(memory.all()).toHaveLength(1);
    await pass(60 * second);
    expect(http.calls).toEqual([]);
    tokens.show(state('A', 'absent'));
    await pass(2 * second);
    expect(http.calls).toMatchObject([
      {
        method: 'POST',
        url: 'https://rp.example/removal',
        contentType: 'application/x-www-form-urlencoded',
        trust: { pins: ['pin'] },
      },
    ]);
    const removal = await verifyRemoval(sent()[0] ?? '', {
      clientId: party.clientId,
      keyOf: (sid) => (sid === 'order-1' ? jwk : undefined),
      consumeJti: () => true,
      now: systemClock.now(),
    });
    expect(removal.sid).toBe('order-1');
    expect(memory.all()).toEqual([]);
    await pass(13 * hour);
    expect(http.calls).toHaveLength(1);
  });

  it('has another key for each order', async () => {
    const { arm } = bench();
    expect(await arm('order-1')).not.toEqual(await arm('order-2'));
  });

  it('reports every login with the card, and none with another', async () => {
    const { arm, tokens, sent } = bench({ entries: [ready('A', 'card:1'), ready('B', 'card:2')] });
    await arm('order-1');
    await arm('order-2');
    await arm('order-3', 'card:2');
    tokens.show(state('A', 'absent'), ready('B', 'card:2'));
    await pass(2 * second);
    expect(sent().map((token) => claimsOf(token)['sid'])).toEqual(['order-1', 'order-2']);
  });

  it.each<[string, readonly (readonly TokenEntry[])[]]>([
    ['the card stays', [[ready('A', 'card:1')]]],
    ['another reader comes and goes', [[ready('A', 'card:1'), state('B', 'absent')], [ready('A', 'card:1')]]],
    ['the contacts lose it for a moment', [[state('A', 'absent')], [state('A', 'reading')], [ready('A', 'card:1')]]],
    [
      'it is told of by its other face',
      [
        [state('A', 'absent'), state('B', 'reading')],
        [state('A', 'absent'), ready('B', 'card:1')],
      ],
    ],
    [
      'it lies in two readers and leaves one',
      [
        [ready('A', 'card:1'), state('B', 'same-card')],
        [state('A', 'absent'), ready('B', 'card:1')],
      ],
    ],
    ['the service of the cards is started anew', [[], [], [], [state('A', 'reading')], [ready('A', 'card:1')]]],
    ['it takes no commands', [[state('A', 'unresponsive')]]],
    ['it comes to its senses', [[state('A', 'unresponsive')], [state('A', 'reading')], [ready('A', 'card:1')]]],
  ])('reports nothing when %s', async (_, states) => {
    const { arm, tokens, http } = bench();
    await arm('order-1');
    for (const entries of states) {
      tokens.show(...entries);
      await pass(500);
    }
    await pass(hour);
    expect(http.calls).toEqual([]);
  });

  it.each<[string, readonly TokenEntry[]]>([
    ['the card is pulled', [state('A', 'absent')]],
    ['the reader is unplugged', []],
    ['another card takes its place', [ready('A', 'card:2')]],
    ['something else takes its place', [state('A', 'mute')]],
    ['another card is being read for ever', [state('A', 'absent'), state('B', 'reading')]],
    ['an unknown card lies in another reader', [state('A', 'absent'), state('B', 'unknown')]],
  ])('reports within five seconds when %s', async (_, entries) => {
    const { arm, tokens, http } = bench();
    await arm('order-1');
    tokens.show(...entries);
    await pass(5 * second);
    expect(http.calls).toHaveLength(1);
  });

  it('reports the card that had left before the login was complete', async () => {
    const { arm, tokens, http } = bench();
    tokens.show(state('A', 'absent'));
    await arm('order-1');
    await pass(5 * second);
    expect(http.calls).toHaveLength(1);
  });

  it('reports a login that comes when the card is back', async () => {
    const { arm, tokens, sent } = bench();
    await arm('order-1');
    tokens.show(state('A', 'absent'));
    await pass(5 * second);
    tokens.show(ready('A', 'card:1'));
    await arm('order-2');
    tokens.show(state('A', 'absent'));
    await pass(5 * second);
    expect(sent().map((token) => claimsOf(token)['sid'])).toEqual(['order-1', 'order-2']);
  });
});

describe('createRemovalReports(), when it does not get through', () => {
  it('tries again with growing pauses, each time signed anew with the same jti, until it is taken', async () => {
    const { arm, tokens, http, sent, memory } = bench();
    await arm('order-1');
    http.answer = () => new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'x', { fields: { host: 'h', reason: 'dns' } });
    tokens.show(state('A', 'absent'));
    await pass(10 * second);
    expect(http.calls.length).toBeGreaterThan(2);
    await pass(hour);
    expect(http.calls.length).toBeLessThan(15);
    http.answer = () => ({ status: 200 });
    await pass(hour);
    expect(memory.all()).toEqual([]);
    const claims = sent().map(claimsOf);
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(1);
    expect(new Set(claims.map(({ iat }) => iat)).size).toBe(claims.length);
    expect(claims.every(({ iat, exp }) => Number(exp) - Number(iat) === 120)).toBe(true);
  });

  it('goes on when the card comes back: the session has ended all the same', async () => {
    const { arm, tokens, http } = bench();
    await arm('order-1');
    http.answer = () => ({ status: 503 });
    tokens.show(state('A', 'absent'));
    await pass(5 * second);
    tokens.show(ready('A', 'card:1'));
    const before = http.calls.length;
    await pass(60 * second);
    expect(http.calls.length).toBeGreaterThan(before);
  });

  it('gives up after twelve hours', async () => {
    const { arm, tokens, http, memory } = bench();
    await arm('order-1');
    http.answer = () => ({ status: 503 });
    tokens.show(state('A', 'absent'));
    await pass(13 * hour);
    expect(memory.all()).toEqual([]);
    const before = http.calls.length;
    await pass(5 * hour);
    expect(http.calls).toHaveLength(before);
  });

  it('gives up after some refusals', async () => {
    const { arm, tokens, http, memory } = bench();
    await arm('order-1');
    http.answer = () => ({ status: 400 });
    tokens.show(state('A', 'absent'));
    await pass(3 * hour);
    expect(http.calls).toHaveLength(10);
    expect(memory.all()).toEqual([]);
  });

  it('calls the endpoint of the entry as it is now, and nobody when there is none', async () => {
    const { arm, tokens, http, memory, register } = bench();
    await arm('order-1');
    http.answer = () => ({ status: 503 });
    register({ ...party, endpoints: { removal: 'https://rp.example/moved', pins: [] } });
    tokens.show(state('A', 'absent'));
    await pass(2 * second);
    expect(http.calls[0]?.url).toBe('https://rp.example/moved');
    register();
    const before = http.calls.length;
    await pass(hour);
    expect(http.calls).toHaveLength(before);
    expect(memory.all()).toEqual([]);
  });

  it('forgets a login after twelve hours, even though its card stayed', async () => {
    const { arm, tokens, http, memory } = bench();
    await arm('order-1');
    await pass(12 * hour + second);
    expect(memory.all()).toEqual([]);
    tokens.show(state('A', 'absent'));
    await pass(60 * second);
    expect(http.calls).toEqual([]);
  });

  it('remembers 64 logins and lets the oldest go', async () => {
    const { arm, tokens, sent, memory } = bench();
    for (let index = 0; index < 66; index += 1) await arm(`order-${index}`);
    expect(memory.all()).toHaveLength(64);
    tokens.show(state('A', 'absent'));
    await pass(5 * second);
    expect(sent().map((token) => claimsOf(token)['sid'])).toEqual(
      Array.from({ length: 64 }, (_, index) => `order-${index + 2}`),
    );
  });

  it('works without a disk, and says so', async () => {
    const { arm, tokens, http, memory, logger } = bench();
    memory.failing = true;
    await arm('order-1');
    tokens.show(state('A', 'absent'));
    await pass(5 * second);
    expect(http.calls).toHaveLength(1);
    expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('writes neither token nor key into the log', async () => {
    const { arm, tokens, http, logger, sent, memory } = bench();
    await arm('order-1');
    const { privateKey = '' } = memory.all()[0] ?? {};
    http.answer = () => new MiddlewareError('ERR_REMOTE_TLS', 'x', { fields: { host: 'h', reason: 'pin' } });
    tokens.show(state('A', 'absent'));
    await pass(20 * second);
    const log = JSON.stringify(logger.lines);
    expect(log).toContain('ERR_REMOTE_TLS');
    expect(log).not.toContain(privateKey.slice(0, 40));
    for (const token of sent()) expect(log).not.toContain(token.slice(0, 40));
  });
});

describe('createRemovalReports(), over a restart', () => {
  /** What a daemon leaves that ends with an armed login. */
  const left = async (removed = false): Promise<RemovalMemory & { failing: boolean }> => {
    const first = bench();
    first.reports.start();
    await first.arm('order-1');
    if (removed) {
      first.http.answer = () => ({ status: 503 });
      first.tokens.show(state('A', 'absent'));
      await pass(2 * second);
    }
    await first.reports.close();
    first.tokens.show();
    await pass(hour);
    return first.memory;
  };

  it('reports a card that was pulled meanwhile, once the readers have been looked at', async () => {
    const again = bench({ memory: await left(), entries: [] });
    again.reports.start();
    again.tokens.show(state('A', 'absent'));
    await pass(5 * second);
    expect(again.http.calls).toEqual([]);
    await pass(30 * second);
    expect(again.http.calls).toHaveLength(1);
    expect(again.memory.all()).toEqual([]);
  });

  it('waits for a card that is slow to read, and follows it on', async () => {
    const again = bench({ memory: await left(), entries: [] });
    again.reports.start();
    again.tokens.show(state('A', 'reading'));
    await pass(15 * second);
    again.tokens.show(ready('A', 'card:1'));
    await pass(hour);
    expect(again.http.calls).toEqual([]);
    again.tokens.show(state('A', 'absent'));
    await pass(5 * second);
    expect(again.http.calls).toHaveLength(1);
  });

  it('goes on with a report that was not delivered, although the card is in again', async () => {
    const again = bench({ memory: await left(true) });
    again.reports.start();
    await pass(second);
    expect(again.http.calls).toHaveLength(1);
  });

  it('drops what is older than twelve hours', async () => {
    const memory = await left();
    vi.setSystemTime(systemClock.now() + 12 * hour);
    const again = bench({ memory, entries: [] });
    again.reports.start();
    await pass(hour);
    expect(again.http.calls).toEqual([]);
    expect(memory.all()).toEqual([]);
  });

  it('sends nothing after it was closed, and keeps what it had', async () => {
    const { reports, arm, tokens, http, memory } = bench();
    await arm('order-1');
    await reports.close();
    tokens.show();
    await pass(hour);
    expect(http.calls).toEqual([]);
    expect(memory.all()).toHaveLength(1);
  });
});
