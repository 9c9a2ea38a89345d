import { describe, expect, it } from 'vitest';
import { FairReaderLock } from '../../../../src/sandbox/hardware/fair-reader-lock.js';

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('FairReaderLock', () => {
  it('passes on in the order of asking', async () => {
    const lock = new FairReaderLock();
    const [a, b, c] = [{}, {}, {}];
    const order: string[] = [];
    await lock.acquire(a);
    void lock.acquire(b).then(() => order.push('b'));
    void lock.acquire(c).then(() => order.push('c'));
    await settled();
    expect(order).toEqual([]);
    lock.release(a);
    await settled();
    expect(order).toEqual(['b']);
    lock.release(b);
    await settled();
    expect(order).toEqual(['b', 'c']);
  });

  it('is reentrant: it is free again after as many releases', async () => {
    const lock = new FairReaderLock();
    const [a, b] = [{}, {}];
    await lock.acquire(a);
    await lock.acquire(a);
    lock.release(a);
    expect(lock.isFreeFor(b)).toBe(false);
    expect(lock.isFreeFor(a)).toBe(true);
    lock.release(a);
    expect(lock.isFreeFor(b)).toBe(true);
  });

  it('releaseAll() gives up everything, and nothing of others', async () => {
    const lock = new FairReaderLock();
    const [a, b] = [{}, {}];
    await lock.acquire(a);
    await lock.acquire(a);
    lock.releaseAll(b);
    lock.release(b);
    expect(lock.isFreeFor(b)).toBe(false);
    lock.releaseAll(a);
    expect(lock.isFreeFor(b)).toBe(true);
  });

  it('rejects with the reason of the signal, and the place in the queue is gone', async () => {
    const lock = new FairReaderLock();
    const [a, b, c] = [{}, {}, {}];
    const abort = new AbortController();
    await lock.acquire(a);
    const given = lock.acquire(b, abort.signal);
    const kept = lock.acquire(c);
    abort.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    lock.release(a);
    await kept;
    expect(lock.isFreeFor(b)).toBe(false);
    await expect(lock.acquire(b, abort.signal)).rejects.toThrow('enough');
  });

  it('gives a holder that waits twice both at once, counted twice', async () => {
    const lock = new FairReaderLock();
    const [a, b] = [{}, {}];
    await lock.acquire(a);
    const both = Promise.all([lock.acquire(b), lock.acquire(b)]);
    lock.release(a);
    await both;
    lock.release(b);
    expect(lock.isFreeFor(a)).toBe(false);
    lock.release(b);
    expect(lock.isFreeFor(a)).toBe(true);
  });
});
