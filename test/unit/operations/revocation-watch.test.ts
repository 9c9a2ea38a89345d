import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import type { SettledRevocation } from '../../../src/model/revocation.js';
import { createRevocationWatch, type RevocationWatch } from '../../../src/operations/revocation-watch.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import { recordingLogger } from '../../support/recording-logger.js';

const minute = 60_000;
const hour = 60 * minute;
const iso = (at: number): string => new Date(at).toISOString();
const cardWith = (...fingerprints: readonly string[]): TokenEntry => ({
  reader: 'reader 1',
  state: 'ready',
  certificates: fingerprints.map((fingerprint) => ({
    certificate: { fingerprint, isCa: fingerprint.startsWith('ca') } as CertificateInfo,
  })),
});

let stage: ReturnType<typeof play>;
let watch: RevocationWatch;

/** Cards that come and go, and a server that answers when the test says so. */
function play() {
  const listeners = new Set<() => void>();
  const memory = new Map<string, SettledRevocation>();
  const open = new Map<string, ((answer: SettledRevocation) => void)[]>();
  const state = {
    entries: [] as TokenEntry[],
    asked: [] as string[],
    untrusted: new Set<string>(),
    memory,
    told: 0,
    start: () =>
      createRevocationWatch({
        tokens: {
          get entries() {
            return state.entries;
          },
          subscribe: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
        },
        ask: ({ fingerprint }) => {
          if (state.untrusted.has(fingerprint)) return undefined;
          state.asked.push(fingerprint);
          return new Promise((resolve) => open.set(fingerprint, [...(open.get(fingerprint) ?? []), resolve]));
        },
        memory: {
          get: (fingerprint) => memory.get(fingerprint),
          set: async (fingerprint, answer) => await Promise.resolve(void memory.set(fingerprint, answer)),
          delete: async (fingerprint) => await Promise.resolve(void memory.delete(fingerprint)),
        },
        clock: { now: () => Date.now(), monotonic: () => Date.now() },
        logger: recordingLogger(),
        random: () => 0.5,
      }),
    set: (...entries: TokenEntry[]) => {
      state.entries = entries;
      for (const listener of listeners) listener();
    },
    answer: async (fingerprint: string, answer: SettledRevocation) => {
      const [first, ...rest] = open.get(fingerprint) ?? [];
      open.set(fingerprint, rest);
      first!(answer);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
  return state;
}

const good = (forMs: number): SettledRevocation => ({
  status: 'good',
  checkedAt: iso(Date.now()),
  validUntil: iso(Date.now() + forMs),
});
const revoked = (): SettledRevocation => ({
  status: 'revoked',
  checkedAt: iso(Date.now()),
  revokedAt: iso(0),
  certificate: 'leaf',
});
const unknown = (): SettledRevocation => ({
  status: 'unknown',
  checkedAt: iso(Date.now()),
  reason: 'unreachable',
});

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  stage = play();
  watch = stage.start();
  watch.subscribe(() => (stage.told += 1));
});
afterEach(() => {
  // What never answers is not waited for here.
  void watch.close();
  vi.useRealTimers();
});

describe('createRevocationWatch()', () => {
  it('asks when a card comes, is checking meanwhile, and tells of the answer', async () => {
    stage.set(cardWith('a'));
    expect(stage.asked).toEqual(['a']);
    expect(watch.of('a')).toEqual({ status: 'checking' });
    expect(stage.told).toBe(0);
    const answer = good(hour);
    await stage.answer('a', answer);
    expect(watch.of('a')).toEqual(answer);
    expect(stage.told).toBe(1);
  });

  it('asks about no CA, and about nobody who leads to nobody trusted', async () => {
    stage.untrusted.add('stranger');
    stage.set(cardWith('ca-1', 'stranger'));
    await vi.advanceTimersByTimeAsync(48 * hour);
    expect(stage.asked).toEqual([]);
    expect([watch.of('ca-1'), watch.of('stranger'), watch.of('nobody')]).toEqual([undefined, undefined, undefined]);
  });

  it('asks about two at a time, and then about the next', async () => {
    stage.set(cardWith('a', 'b', 'c', 'd'));
    expect(stage.asked).toEqual(['a', 'b']);
    await stage.answer('b', revoked());
    expect(stage.asked).toEqual(['a', 'b', 'c']);
    await stage.answer('a', good(hour));
    await stage.answer('c', unknown());
    expect(stage.asked).toEqual(['a', 'b', 'c', 'd']);
    expect(['a', 'b', 'c', 'd'].map((one) => watch.of(one)?.status)).toEqual([
      'good',
      'revoked',
      'unknown',
      'checking',
    ]);
  });

  it('asks anew before an answer ends, and after four hours at the latest', async () => {
    stage.set(cardWith('a'));
    await stage.answer('a', good(10 * minute));
    await vi.advanceTimersByTimeAsync(8 * minute - 1000);
    expect(stage.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(stage.asked).toHaveLength(2);
    await stage.answer('a', good(1000 * hour));
    await vi.advanceTimersByTimeAsync(4 * hour - minute);
    expect(stage.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(stage.asked).toHaveLength(3);
  });

  it('takes no answer for good after its end, and says why there is no other', async () => {
    stage.set(cardWith('a'));
    await stage.answer('a', good(10 * minute));
    await vi.advanceTimersByTimeAsync(8 * minute + 1000);
    await stage.answer('a', unknown());
    expect(watch.of('a')?.status).toBe('good');
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(watch.of('a')).toMatchObject({ status: 'unknown', reason: 'unreachable' });
    expect(stage.told).toBe(1);
    await stage.answer('a', unknown());
    expect(stage.told).toBe(2);
  });

  it('is checking again where an answer has ended and nobody has failed', async () => {
    stage.set(cardWith('a'));
    await stage.answer('a', good(10 * minute));
    await vi.advanceTimersByTimeAsync(20 * minute);
    expect(watch.of('a')).toEqual({ status: 'checking' });
  });

  it('waits longer after each failure', async () => {
    stage.set(cardWith('a'));
    for (const [index, wait] of [1, 5, 15, 60, 60].entries()) {
      await stage.answer('a', unknown());
      await vi.advanceTimersByTimeAsync(wait * minute - 1000);
      expect(stage.asked).toHaveLength(index + 1);
      await vi.advanceTimersByTimeAsync(2000);
      expect(stage.asked).toHaveLength(index + 2);
    }
    await stage.answer('a', good(hour));
    await vi.advanceTimersByTimeAsync(49 * minute);
    await stage.answer('a', unknown());
    await vi.advanceTimersByTimeAsync(minute + 1000);
    expect(stage.asked).toHaveLength(8);
  });

  it('lets no failure take back a revocation, but the issuer', async () => {
    stage.set(cardWith('a'));
    const answer = revoked();
    await stage.answer('a', answer);
    await vi.advanceTimersByTimeAsync(4 * hour + minute);
    await stage.answer('a', unknown());
    expect(watch.of('a')).toEqual(answer);
    await vi.advanceTimersByTimeAsync(2 * minute);
    await stage.answer('a', good(hour));
    expect(watch.of('a')?.status).toBe('good');
  });

  it('forgets cards that went, and asks no more for them', async () => {
    stage.set(cardWith('a'));
    await stage.answer('a', unknown());
    stage.set();
    expect(watch.of('a')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(48 * hour);
    expect(stage.asked).toHaveLength(1);
  });

  it('takes an answer of a card that went meanwhile for the next time', async () => {
    stage.set(cardWith('a'));
    stage.set();
    await stage.answer('a', good(hour));
    expect(watch.of('a')).toBeUndefined();
    expect(stage.told).toBe(1);
    stage.set(cardWith('a'));
    expect(watch.of('a')?.status).toBe('good');
    expect(stage.asked).toHaveLength(1);
  });

  it('knows over a restart what still counts, and forgets the rest', () => {
    stage.memory.set('good', good(hour));
    stage.memory.set('old', { status: 'good', checkedAt: iso(Date.now() - hour), validUntil: iso(Date.now() - 1) });
    stage.memory.set('revoked', revoked());
    stage.memory.set('long-ago', { ...revoked(), checkedAt: iso(Date.now() - 8 * 24 * hour) });
    stage.set(cardWith('good', 'old', 'revoked', 'long-ago'));
    expect(['good', 'old', 'revoked', 'long-ago'].map((one) => watch.of(one)?.status)).toEqual([
      'good',
      'checking',
      'revoked',
      'checking',
    ]);
    expect(stage.asked).toEqual(['old', 'long-ago']);
    expect([...stage.memory.keys()]).toEqual(['good', 'revoked']);
  });

  it('asks at once about a card that comes back after its answer grew old', () => {
    stage.memory.set('a', {
      status: 'good',
      checkedAt: iso(Date.now() - 5 * hour),
      validUntil: iso(Date.now() + 1000 * hour),
    });
    stage.set(cardWith('a'));
    expect(watch.of('a')?.status).toBe('good');
    expect(stage.asked).toEqual(['a']);
  });

  it('keeps no failure', async () => {
    stage.set(cardWith('a'));
    await stage.answer('a', unknown());
    expect([...stage.memory.keys()]).toEqual([]);
  });

  it('close() asks no more, and waits for what is under way', async () => {
    stage.set(cardWith('a', 'b', 'c'));
    let closed = false;
    const closing = watch.close().then(() => (closed = true));
    await stage.answer('a', good(hour));
    expect(closed).toBe(false);
    await stage.answer('b', good(hour));
    await closing;
    expect(stage.asked).toEqual(['a', 'b']);
  });
});
