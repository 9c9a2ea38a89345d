import { describe, expect, it } from 'vitest';
import { createCardQueue } from '../../../src/tokens/card-queue.js';

const turn = (): { promise: Promise<void>; end: () => void } => {
  let end = (): void => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { promise, end };
};

describe('run()', () => {
  it('runs one after the other, also after a failure', async () => {
    const queue = createCardQueue();
    const order: string[] = [];
    const first = turn();
    const results = [
      queue.run(async () => {
        order.push('first begins');
        await first.promise;
        order.push('first fails');
        throw new Error('first');
      }),
      queue.run(() => {
        order.push('second');
        return Promise.resolve(2);
      }),
    ];
    await Promise.resolve();
    first.end();
    const [failed, succeeded] = await Promise.allSettled(results);
    expect(order).toEqual(['first begins', 'first fails', 'second']);
    expect(failed?.status).toBe('rejected');
    expect(succeeded).toEqual({ status: 'fulfilled', value: 2 });
  });

  it('ends the wait of an aborted caller at once and never runs its work', async () => {
    const queue = createCardQueue();
    const first = turn();
    const controller = new AbortController();
    const running = queue.run(() => first.promise);
    let ran = false;
    const waiting = queue.run(() => {
      ran = true;
      return Promise.resolve();
    }, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    first.end();
    await running;
    expect(ran).toBe(false);
  });

  it('does not let the next one overtake when the one before it gave up', async () => {
    const queue = createCardQueue();
    const first = turn();
    const order: string[] = [];
    const running = queue.run(async () => {
      await first.promise;
      order.push('first');
    });
    const controller = new AbortController();
    const waiting = queue.run(() => Promise.resolve(), controller.signal);
    const last = queue.run(() => {
      order.push('last');
      return Promise.resolve();
    });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    first.end();
    await Promise.all([running, last]);
    expect(order).toEqual(['first', 'last']);
  });

  it('leaves work that has begun to watch the signal itself', async () => {
    const queue = createCardQueue();
    const controller = new AbortController();
    const first = turn();
    const running = queue.run(() => first.promise.then(() => 'done'), controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    first.end();
    expect(await running).toBe('done');
  });
});
