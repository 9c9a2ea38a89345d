import { describe, expect, it } from 'vitest';
import { settleWithin } from '../../../src/transport/settle-within.js';

const never = new Promise<never>(() => undefined);

describe('settleWithin()', () => {
  it('gives the value or the failure of a call in time', async () => {
    expect(await settleWithin(Promise.resolve(7), { ms: 1000 })).toEqual({ settled: true, value: 7 });
    await expect(settleWithin(Promise.reject(new Error('call')), { ms: 1000 })).rejects.toThrow('call');
  });

  it('says why it stopped waiting', async () => {
    expect(await settleWithin(never, { ms: 5 })).toEqual({ settled: false, because: 'time' });
    const signal = AbortSignal.timeout(5);
    expect(await settleWithin(never, { ms: 60_000, signal })).toEqual({ settled: false, because: 'aborted' });
    expect(await settleWithin(never, { ms: 60_000, signal: AbortSignal.abort() })).toEqual({
      settled: false,
      because: 'aborted',
    });
  });

  it('leaves no rejection unhandled when the call fails afterwards', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 10));
    await settleWithin(late, { ms: 1 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
