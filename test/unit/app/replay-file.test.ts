import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openReplayFile } from '../../../src/app/replay-file.js';
import { createOobService } from '../../../src/oob/create-oob-service.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { scriptedCalls } from '../../support/scripted-calls.js';
import { createTestRelyingParty, entryOf, signedRequest, testNow } from '../../support/test-relying-party.js';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const clockAt = (now: number) => ({ now: () => now, monotonic: () => now });
/** An order that outlasts nothing here. */
const mark = { mark: '0'.repeat(32), untilMs: 0 };
const open = (now = 1000) => openReplayFile(join(folder, 'replay'), clockAt(now), logger);

it('remember() takes a key once', async () => {
  const store = await open();
  expect(await store.remember('a', 5000, mark)).toBe(true);
  expect(await store.remember('a', 5000, mark)).toBe(false);
  expect(await store.remember('b', 5000, mark)).toBe(true);
  await store.close();
});

it('remember() knows after a restart what was taken before', async () => {
  const first = await open();
  await first.remember('a', 5000, mark);
  await first.remember('b', 6000, mark);
  await first.close();
  const second = await open(2000);
  expect(await second.remember('a', 5000, mark)).toBe(false);
  expect(await second.remember('b', 6000, mark)).toBe(false);
  await second.close();
});

it('remember() forgets on disk what has expired', async () => {
  const first = await open();
  await first.remember('old', 1500, mark);
  await first.close();
  const second = await open(2000);
  await second.remember('new', 9000, mark);
  await second.close();
  expect(readFileSync(join(folder, 'replay'), 'utf8')).toBe(`new 9000 ${mark.mark} 0\n`);
});

it('remember() takes nothing that may have been used before, when it cannot tell', async () => {
  // A file that nobody can read, although another can be put in its place.
  symlinkSync('replay', join(folder, 'replay'));
  const now = 1_000_000;
  const store = await open(now);
  // Five minutes of life, both clocks a minute apart.
  await expect(store.remember('a', now + 420_000, mark)).rejects.toThrow('could not be read');
  expect(await store.remember('b', now + 420_001, mark)).toBe(true);
  await store.close();
});

it('remember() rejects when it cannot write, and keeps nobody else out', async () => {
  const store = await openReplayFile(join(folder, 'missing', 'replay'), clockAt(0), logger);
  await expect(store.remember('a', 1, mark)).rejects.toThrow('ENOENT');
});

it('remember() loses no key to half a line that a full disk left before it', async () => {
  const store = await open();
  await store.remember('a', 5000, mark);
  const probe = await openFile(join(folder, 'replay'), 'a');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const append = vi.spyOn(handles, 'appendFile').mockImplementationOnce(async function (this: FileHandle) {
    await this.write('b 50');
    throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  });
  await expect(store.remember('b', 5000, mark)).rejects.toThrow('disk full');
  append.mockRestore();
  expect(await store.remember('c', 5000, mark)).toBe(true);
  await store.close();
  const second = await open();
  expect(await second.remember('a', 5000, mark)).toBe(false);
  expect(await second.remember('c', 5000, mark)).toBe(false);
  await second.close();
});

describe('many uses at once', () => {
  /** Counts the writes of the file, the first ones held back or failed by the test. */
  async function watched(act: (handles: FileHandle) => Promise<void>): Promise<void> {
    const probe = await openFile(join(folder, 'probe'), 'a');
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    try {
      await act(handles);
    } finally {
      vi.restoreAllMocks();
    }
  }

  const keys = (count: number, name = 'key') => Array.from({ length: count }, (_, index) => `${name}-${index}`);

  it('share one write and one sync with all that came while the one before was written', async () => {
    const store = await open();
    await store.remember('first', 5000, mark);
    await watched(async (handles) => {
      const append = vi.spyOn(handles, 'appendFile');
      const sync = vi.spyOn(handles, 'datasync');
      const one = store.remember('one', 5000, mark);
      const others = Promise.all(keys(500).map((key) => store.remember(key, 5000, mark)));
      expect([await one, ...(await others)].every((isNew) => isNew)).toBe(true);
      expect(append.mock.calls.length).toBeLessThanOrEqual(2);
      expect(sync.mock.calls.length).toBeLessThanOrEqual(2);
    });
    await store.close();
    const lines = readFileSync(join(folder, 'replay'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['first', 'one', ...keys(500)]);
    const second = await open();
    for (const key of ['one', ...keys(500)]) expect(await second.remember(key, 5000, mark)).toBe(false);
    await second.close();
  });

  it('tell nobody that a use is written before it is', async () => {
    const store = await open();
    await store.remember('first', 5000, mark);
    await watched(async (handles) => {
      const held: (() => void)[] = [];
      vi.spyOn(handles, 'datasync').mockImplementationOnce(() => new Promise((resolve) => held.push(resolve)));
      let told = false;
      const waiting = store.remember('held', 5000, mark).then(() => (told = true));
      await vi.waitUntil(() => held.length === 1);
      const later = store.remember('later', 5000, mark).then(() => (told = true));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(told).toBe(false);
      held[0]!();
      await Promise.all([waiting, later]);
    });
    await store.close();
  });

  it('fail together when their write fails, and no others do', async () => {
    const store = await open();
    await store.remember('first', 5000, mark);
    await watched(async (handles) => {
      let broken = 0;
      vi.spyOn(handles, 'datasync').mockImplementationOnce(() => {
        broken += 1;
        return Promise.reject(new Error('disk full'));
      });
      const failing = Promise.allSettled(keys(3, 'failing').map((key) => store.remember(key, 5000, mark)));
      await vi.waitUntil(() => broken === 1);
      const sound = Promise.all(keys(3, 'sound').map((key) => store.remember(key, 5000, mark)));
      expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(await sound).toEqual([true, true, true]);
      // Nobody knows whether it stands in the file: it stays used.
      expect(await store.remember('failing-0', 5000, mark)).toBe(false);
    });
    await store.close();
    const second = await open();
    for (const key of ['first', ...keys(3, 'sound')]) expect(await second.remember(key, 5000, mark)).toBe(false);
    await second.close();
  });

  it('are written anew now and then, without what has expired, and never each time', async () => {
    let now = 1000;
    const store = await openReplayFile(join(folder, 'replay'), { now: () => now, monotonic: () => now }, logger);
    let rewritten = 0;
    let file = 0;
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(keys(200, `round-${round}`).map((key) => store.remember(key, now + 25_000, mark)));
      const { ino } = statSync(join(folder, 'replay'));
      rewritten += ino === file ? 0 : 1;
      file = ino;
      now += 1000;
    }
    await store.close();
    const lines = readFileSync(join(folder, 'replay'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThan(60 * 200);
    expect(rewritten).toBeLessThanOrEqual(4);
    expect(rewritten).toBeGreaterThan(1);
    for (const key of keys(200, 'round-59')) expect(lines.some((line) => line.startsWith(`${key} `))).toBe(true);
  });
});

describe('startedEarlier()', () => {
  const started = { mark: 'a'.repeat(32), untilMs: 9000 };

  it('knows the orders of an earlier run only, for as long as they may be asked for', async () => {
    const first = await open();
    await first.remember('a', 2000, started);
    expect(first.startedEarlier(started.mark)).toBe(false);
    await first.close();
    const second = await open(9000);
    expect(second.startedEarlier(started.mark)).toBe(true);
    expect(second.startedEarlier('b'.repeat(32))).toBe(false);
    await second.close();
    expect((await open(9001)).startedEarlier(started.mark)).toBe(false);
  });

  it('knows them still when the file was written anew after their request objects expired', async () => {
    const first = await open();
    await first.remember('a', 2000, started);
    await first.close();
    const second = await open(3000);
    await second.remember('b', 9000, mark);
    await second.close();
    const third = await open(3000);
    expect(third.startedEarlier(started.mark)).toBe(true);
    await third.close();
  });

  it('reads lines that hold no order, and passes over a torn one', async () => {
    const lines = ['a 5000', `b 5000 ${started.mark} 9000`, `c 5000 ${'c'.repeat(32)} 90`];
    writeFileSync(join(folder, 'replay'), lines.join('\n'));
    const store = await open();
    expect(await store.remember('a', 5000, mark)).toBe(false);
    expect(await store.remember('b', 5000, mark)).toBe(false);
    expect(store.startedEarlier(started.mark)).toBe(true);
    expect(await store.remember('c', 5000, mark)).toBe(true);
    expect(store.startedEarlier('c'.repeat(32))).toBe(false);
    await store.close();
  });
});

it('orders and launches that a killed daemon left are told as such to whom they belong', async () => {
  const party = createTestRelyingParty();
  const registry = createRelyingPartyRegistry([
    entryOf(party, {
      launchers: ['page', 'scheme'],
      request_endpoint: 'https://rp.example/request',
      response_endpoint: 'https://rp.example/response',
    }),
  ]);
  const clock = clockAt(testNow);
  const calls = scriptedCalls();
  const serve = async () => {
    const replay = await openReplayFile(join(folder, 'replay'), clock, logger);
    const random = (length: number) => randomBytes(length);
    const runner = () => new Promise<never>(() => undefined);
    return createOobService({ registry: () => registry, calls, runner, replay, clock, random, logger });
  };
  const killed = await serve();
  const { orderRef } = await killed.start(signedRequest(party), party.page, 'auth');
  const launch = killed.launch({
    clientId: 'https://rp.example/client',
    ref: 'r'.repeat(22),
    launcher: 'scheme',
    origin: undefined,
  });
  const fetch = calls.take('fetchRequest');
  const forLaunch = {
    launchers: ['scheme'],
    response_mode: 'direct_post',
    response_uri: 'https://rp.example/response',
    wallet_nonce: fetch.args[1].walletNonce,
  };
  fetch.answer({ request: signedRequest(party, forLaunch), date: undefined });
  await vi.waitUntil(() => launch.state.step === 'pending');
  const restarted = await serve();
  const never = new AbortController().signal;
  expect(await restarted.collect(orderRef, party.page, 0, never)).toEqual({
    status: 'failed',
    hintCode: 'startFailed',
  });
  await expect(restarted.collect(orderRef, party.process, 0, never)).rejects.toThrow('No such order');
  expect(restarted.findLaunch(launch.id)).toBe('lost');
  expect(restarted.findLaunch(orderRef)).toBeUndefined();
  await expect(restarted.collect(launch.id, party.page, 0, never)).rejects.toThrow('No such order');
});

it('the file is the own user’s alone', async () => {
  const store = await open();
  await store.remember('a', 5000, mark);
  await store.close();
  expect(statSync(join(folder, 'replay')).mode & 0o777).toBe(0o600);
});
