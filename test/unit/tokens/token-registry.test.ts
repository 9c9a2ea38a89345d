import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { ReaderSnapshot, ReaderState } from '../../../src/model/reader.js';
import type { CardDriver } from '../../../src/tokens/card-driver.js';
import { createTokenRegistry, type TokenRegistry } from '../../../src/tokens/token-registry.js';
import type { Token } from '../../../src/tokens/token.js';
import type { CardChannel, ReaderTransport } from '../../../src/transport/card-channel.js';
import { recordingHistory } from '../../support/recording-history.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { createTokenBench, keyFor, secretOf, type TokenBench } from '../../support/token-bench.js';
import { pinBlock, SELECT_APPLET, testPin } from '../../support/virtual-card-fixture.js';

describe('createTokenRegistry() over virtual readers', () => {
  let bench: TokenBench;
  beforeEach(async () => {
    bench = await createTokenBench();
  });
  afterEach(() => bench.close());
  const states = (): string[] => bench.registry.entries.map(({ reader, state }) => `${reader}: ${state}`);

  it('shows readers without cards, and readers that come and go', async () => {
    expect(states()).toEqual([]);
    bench.hardware.addReader('A');
    bench.hardware.addReader('B');
    await bench.entry('B', ({ state }) => state === 'absent');
    expect(states()).toEqual(['A: absent', 'B: absent']);
    bench.hardware.removeReader('A');
    await bench.entry('B', () => bench.registry.entries.length === 1);
    expect(states()).toEqual(['B: absent']);
  });

  it('reads two readers at once: a silent card holds up no other', async () => {
    bench.hardware.addReader('Silent');
    bench.hardware.armFault('Silent', { kind: 'silence', apdu: 3 });
    bench.insertNew('Silent');
    bench.insertNew('Other');
    const token = await bench.token('Other');
    expect(states()).toEqual(['Silent: reading', 'Other: ready']);
    await token.verifyAndSign({
      key: await keyFor(token, 'RS256'),
      algorithm: 'RS256',
      digest: new Uint8Array(32),
      pin: secretOf(testPin),
      attemptsShown: 5,
      lastTryConsent: false,
    });
    bench.hardware.remove('Silent');
    await bench.entry('Silent', ({ state }) => state === 'absent');
  });

  it('tells token, certificates and counters of a ready card, and finds the token by id', async () => {
    bench.insertNew('A');
    bench.insertNew('B');
    const [a, b] = [await bench.token('A'), await bench.token('B')];
    const entry = await bench.entry('A', ({ state }) => state === 'ready');
    expect(entry.certificates).toHaveLength(3);
    expect(entry.retryCounters).toEqual([
      { reference: 0x11, attemptsRemaining: 5, blocked: false },
      { reference: 0x83, attemptsRemaining: 3, blocked: false },
    ]);
    expect(bench.registry.findToken(a.info.id)).toBe(a);
    expect(bench.registry.findToken(b.info.id)).toBe(b);
    expect(bench.registry.findToken('card:00')).toBeUndefined();
  });

  it('shows new counters after a wrong PIN, and after a right one', async () => {
    bench.insertNew('A');
    const token = await bench.token('A');
    const key = await keyFor(token, 'RS256');
    const sign = (pin: string): Promise<unknown> =>
      token.verifyAndSign({
        key,
        algorithm: 'RS256',
        digest: new Uint8Array(32),
        pin: secretOf(pin),
        attemptsShown: 0,
        lastTryConsent: false,
      });
    const shown = (): number | undefined => bench.registry.entries[0]?.retryCounters?.[0]?.attemptsRemaining;
    await expect(sign('999999')).rejects.toMatchObject({ code: 'ERR_PIN_WRONG' });
    expect(shown()).toBe(4);
    await sign(testPin);
    expect(shown()).toBe(5);
  });

  it('notices a card swapped for another with the same ATR', async () => {
    bench.insertNew('A');
    const first = await bench.token('A');
    bench.insertNew('A');
    const { token: second } = await bench.entry(
      'A',
      ({ state, token }) => state === 'ready' && token?.info.id !== first.info.id,
    );
    expect(bench.registry.findToken(first.info.id)).toBeUndefined();
    expect(bench.registry.findToken(second!.info.id)).toBe(second);
    await expect(first.retryCounters()).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
    expect(bench.history.events).toEqual([
      { kind: 'inserted', reader: 'A', token: first.info.id },
      { kind: 'removed', reader: 'A', token: first.info.id },
      { kind: 'inserted', reader: 'A', token: second!.info.id },
    ]);
  });

  it('makes no connection to a reader that is none for cards, and writes nothing of it down', async () => {
    const windows = bench.insertNew('Windows Hello for Business 1');
    const module = bench.insertNew('Maker Dual [SAM Interface] (1) 02 00');
    bench.insertNew('A');
    await bench.token('A');
    expect(states()).toEqual(['Windows Hello for Business 1: skipped', `${module.reader.name}: skipped`, 'A: ready']);
    bench.hardware.remove(windows.reader.name);
    bench.hardware.removeReader(module.reader.name);
    await bench.entry('A', () => bench.registry.entries.length === 2);
    expect([windows.trace, module.trace]).toEqual([[], []]);
    expect(bench.history.events).toMatchObject([{ kind: 'inserted', reader: 'A' }]);
  });

  describe('with one card in two readers', () => {
    const [near, slot] = ['Maker Dual [Contactless] (1) 01 00', 'Maker Dual [Contact] (1) 00 00'];
    const serial = new Uint8Array(16).fill(7);

    it('offers its contact face, whichever came first, and the other one when that goes', async () => {
      bench.insertNew(near, { serial });
      const held = await bench.token(near);
      bench.insertNew(slot, { serial });
      const token = await bench.token(slot);
      expect(token.info.id).toBe(held.info.id);
      expect(bench.registry.entries[0]).toEqual({ reader: near, state: 'same-card', sameAs: slot });
      expect(bench.registry.findToken(token.info.id)).toBe(token);
      bench.hardware.remove(slot);
      expect(await bench.token(near)).toBe(held);
      await expect(held.retryCounters()).resolves.toHaveLength(2);
    });

    it('keeps what was there first where readers are equal', async () => {
      bench.hardware.addReader('A');
      bench.insertNew('B', { serial });
      await bench.token('B');
      bench.insertNew('A', { serial });
      expect(await bench.entry('A', ({ state }) => state === 'same-card')).toMatchObject({ sameAs: 'B' });
      bench.hardware.removeReader('B');
      await bench.token('A');
    });

    it('never takes two cards for one because of their readers', async () => {
      bench.insertNew(near);
      bench.insertNew(slot);
      await Promise.all([bench.token(near), bench.token(slot)]);
      expect(states()).toEqual([`${near}: ready`, `${slot}: ready`]);
    });
  });

  it('writes insertion and removal down, also of a card pulled while it is read and of an unplugged reader', async () => {
    bench.hardware.addReader('A');
    bench.hardware.armFault('A', { kind: 'silence', apdu: 2 });
    bench.insertNew('A');
    await bench.entry('A', ({ state }) => state === 'reading');
    bench.hardware.remove('A');
    await bench.entry('A', ({ state }) => state === 'absent');
    bench.insertNew('B');
    const { info } = await bench.token('B');
    bench.hardware.removeReader('B');
    await bench.entry('A', () => bench.registry.entries.length === 1);
    await bench.registry.close();
    expect(bench.history.events).toEqual([
      { kind: 'inserted', reader: 'A' },
      { kind: 'removed', reader: 'A' },
      { kind: 'inserted', reader: 'B', token: info.id },
      { kind: 'removed', reader: 'B', token: info.id },
    ]);
  });

  it('reports tries that others made while the card was in and while it was away', async () => {
    const card = bench.insertNew('A');
    const token = await bench.token('A');
    const foreignTry = (): void => {
      card.send(SELECT_APPLET);
      card.send(`0020001110${pinBlock('999999')}`);
    };
    foreignTry();
    await token.retryCounters();
    bench.hardware.remove('A');
    await bench.entry('A', ({ state }) => state === 'absent');
    foreignTry();
    bench.hardware.insert('A', card.cardName);
    await bench.token('A');
    expect(bench.history.events.filter(({ kind }) => kind === 'foreign-pin-try')).toEqual([
      { kind: 'foreign-pin-try', token: token.info.id, pinReference: 0x11, attemptsBefore: 5, attemptsRemaining: 4 },
      { kind: 'foreign-pin-try', token: token.info.id, pinReference: 0x11, attemptsBefore: 4, attemptsRemaining: 3 },
    ]);
  });

  it('goes on when the history cannot be written', async () => {
    bench.history.failNext(new Error('disk full'));
    bench.insertNew('A');
    await bench.token('A');
    await bench.registry.close();
    expect(bench.logger.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('calls nobody after close(), and closes every token', async () => {
    bench.insertNew('A');
    const token = await bench.token('A');
    let calls = 0;
    bench.registry.subscribe(() => (calls += 1));
    await bench.registry.close();
    bench.hardware.remove('A');
    expect(calls).toBe(0);
    expect(bench.registry.entries).toEqual([]);
    await expect(token.retryCounters()).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
  });

  it('stops calling a listener that has gone', async () => {
    let calls = 0;
    const stop = bench.registry.subscribe(() => (calls += 1));
    stop();
    bench.hardware.addReader('A');
    await bench.entry('A', ({ state }) => state === 'absent');
    expect(calls).toBe(0);
  });

  it('does not wait for a silent card when it closes', async () => {
    bench.hardware.addReader('A');
    bench.hardware.armFault('A', { kind: 'silence', apdu: 1 });
    bench.insertNew('A');
    await bench.entry('A', ({ state }) => state === 'reading');
    await bench.registry.close();
    bench.hardware.remove('A');
  });
});

/** A transport whose snapshots and connections the test decides. */
function puppetTransport() {
  let snapshot: ReaderSnapshot = { service: 'starting', readers: [] };
  const listeners = new Set<(snapshot: ReaderSnapshot) => void>();
  const channels: { closed: boolean }[] = [];
  const transport: ReaderTransport = {
    monitor: {
      get snapshot() {
        return snapshot;
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    start: () => Promise.resolve(),
    connect(reader) {
      if (connectFails.length > 0) return Promise.reject(connectFails.shift()!);
      const state = { closed: false };
      channels.push(state);
      const channel: CardChannel = {
        reader,
        atr: new Uint8Array(),
        foreignResets: 0,
        transaction: () => Promise.reject(new Error('unexpected transaction')),
        close() {
          state.closed = true;
          return Promise.resolve();
        },
      };
      return Promise.resolve(channel);
    },
    close: () => Promise.resolve(true),
  };
  const connectFails: Error[] = [];
  const show = (card: ReaderState['card'], insertion = 1): void => {
    snapshot = {
      service: 'available',
      readers: [{ name: 'A', card, insertion, atr: new Uint8Array(), sharing: 'unused' }],
    };
    for (const listener of listeners) listener(snapshot);
  };
  return { transport, channels, connectFails, show };
}

/** A driver that takes every card, or fails as told. */
function puppetDriver() {
  const outcomes: (Error | 'unknown' | 'ready')[] = [];
  let readings = 0;
  const driver: CardDriver = {
    recognize(channel) {
      readings += 1;
      const outcome = outcomes.shift() ?? 'ready';
      if (outcome instanceof Error) return Promise.reject(outcome);
      if (outcome === 'unknown') return Promise.resolve(undefined);
      const id = `card:${readings}`;
      const token: Token = {
        info: { id, product: 'TEST', serial: `${readings}`, label: '', reader: channel.reader, pins: [] },
        certificates: () => Promise.resolve([]),
        retryCounters: () => Promise.resolve([]),
        close: () => channel.close(),
      };
      return Promise.resolve({ token, certificates: [], retryCounters: [] });
    },
  };
  return { driver, outcomes, readings: () => readings };
}

describe('createTokenRegistry() and what goes wrong', () => {
  const puppets = puppetTransport;
  let stage: ReturnType<typeof puppets>;
  let actor: ReturnType<typeof puppetDriver>;
  let registry: TokenRegistry;
  let history: ReturnType<typeof recordingHistory>;
  let logger: ReturnType<typeof recordingLogger>;
  beforeEach(() => {
    stage = puppets();
    actor = puppetDriver();
    history = recordingHistory();
    logger = recordingLogger();
    registry = createTokenRegistry({
      transport: stage.transport,
      drivers: [actor.driver],
      history,
      logger,
      retryDelaysMs: [5],
    });
  });
  afterEach(() => registry.close());

  const until = async (state: string): Promise<void> => {
    for (let turn = 0; turn < 20_000; turn += 1) {
      if (registry.entries[0]?.state === state) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`never ${state}: ${JSON.stringify(registry.entries)}`);
  };

  it('has the card of an unknown family closed, and says so', async () => {
    actor.outcomes.push('unknown');
    stage.show('present');
    await until('unknown');
    expect(stage.channels).toEqual([{ closed: true }]);
    expect(registry.entries[0]?.token).toBeUndefined();
  });

  it('shows a mute card without connecting to it', async () => {
    stage.show('mute');
    await until('mute');
    expect(stage.channels).toEqual([]);
    stage.show('absent', 1);
    await until('absent');
    await registry.close();
    expect(history.events.map(({ kind }) => kind)).toEqual(['inserted', 'removed']);
  });

  it('reads a reader again when it has recovered, without a second insertion in the history', async () => {
    stage.show('present');
    await until('ready');
    const first = registry.entries[0]?.token?.info.id;
    stage.show('unresponsive');
    await until('unresponsive');
    expect(registry.findToken(first!)).toBeUndefined();
    stage.show('present');
    await until('ready');
    expect(actor.readings()).toBe(2);
    expect(stage.channels).toEqual([{ closed: true }, { closed: false }]);
    await registry.close();
    expect(history.events.map(({ kind }) => kind)).toEqual(['inserted']);
  });

  it.each([
    ['ERR_PCSC_SHARING_VIOLATION', 'failed'],
    ['ERR_CARD_BUSY', 'failed'],
    ['ERR_CARD_UNRESPONSIVE', 'unresponsive'],
    ['ERR_CARD_REMOVED', 'absent'],
  ] as const)('tries again after %s, showing %s meanwhile', async (code, state) => {
    stage.connectFails.push(new MiddlewareError(code, 'hindered'), new MiddlewareError(code, 'hindered'));
    const shown = new Set<string>();
    registry.subscribe(() => shown.add(registry.entries[0]?.state ?? ''));
    stage.show('present');
    await until('ready');
    expect([...shown]).toEqual(['reading', state, 'ready']);
    expect(actor.readings()).toBe(1);
  });

  it.each([
    [new MiddlewareError('ERR_CARD_STATUS', 'refused'), 'ERR_CARD_STATUS'],
    [new TypeError('a bug'), 'ERR_INTERNAL'],
  ])('does not try again after %s, and closes the channel', async (failure, code) => {
    actor.outcomes.push(failure);
    stage.show('present');
    await until('failed');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(registry.entries[0]).toMatchObject({ state: 'failed', error: { code } });
    expect(actor.readings()).toBe(1);
    expect(stage.channels).toEqual([{ closed: true }]);
    expect(logger.lines).toHaveLength(1);
  });

  it('asks the drivers in turn and gives the channel to the first that knows the card', async () => {
    await registry.close();
    const other = puppetDriver();
    actor.outcomes.push('unknown');
    registry = createTokenRegistry({
      transport: stage.transport,
      drivers: [actor.driver, other.driver],
      history,
      logger,
    });
    stage.show('present');
    await until('ready');
    expect([actor.readings(), other.readings()]).toEqual([1, 1]);
    expect(stage.channels).toEqual([{ closed: false }]);
  });

  it('takes the cards that were in before it began', async () => {
    await registry.close();
    stage.show('present');
    registry = createTokenRegistry({ transport: stage.transport, drivers: [actor.driver], history, logger });
    await until('ready');
  });

  it('survives any order of snapshots', async () => {
    const cards = ['present', 'absent', 'mute', 'unresponsive'] as const;
    for (let step = 0; step < 200; step += 1) {
      if (step % 7 === 0) actor.outcomes.push(new MiddlewareError('ERR_CARD_REMOVED', 'gone'));
      stage.show(cards[(step * 7 + (step >> 3)) % 4]!, step >> 1);
      if (step % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    stage.show('present', 1000);
    await until('ready');
    await registry.close();
    expect(stage.channels.every(({ closed }) => closed)).toBe(true);
    const balance = history.events.reduce((sum, { kind }) => sum + (kind === 'inserted' ? 1 : -1), 0);
    expect([0, 1]).toContain(balance);
  });
});
