import { describe, expect, it } from 'vitest';
import { createReaderGate } from '../../../src/transport/reader-gate.js';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const gate = (): ReturnType<typeof createReaderGate> => createReaderGate('Reader', () => undefined);

describe('createReaderGate()', () => {
  it('enter() lets one in at a time, in the order of asking', async () => {
    const { enter } = gate();
    const order: number[] = [];
    const leave = await enter({ ms: 1000 });
    const others = [1, 2, 3].map(async (n) => {
      const leaveAgain = await enter({ ms: 1000 });
      order.push(n);
      leaveAgain();
    });
    expect(order).toEqual([]);
    leave();
    await Promise.all(others);
    expect(order).toEqual([1, 2, 3]);
  });

  it('leaving twice does not let two in', async () => {
    const { enter } = gate();
    const leave = await enter({ ms: 1000 });
    leave();
    await enter({ ms: 1000 });
    leave();
    await expect(enter({ ms: 10 })).rejects.toEqual(code('ERR_CARD_BUSY'));
  });

  it('enter() that gave up does not block those behind it', async () => {
    const { enter } = gate();
    const leave = await enter({ ms: 1000 });
    const stopping = new AbortController();
    const late = enter({ ms: 10 });
    const aborted = enter({ ms: 1000, signal: stopping.signal });
    const behind = enter({ ms: 1000 });
    await expect(late).rejects.toEqual(code('ERR_CARD_BUSY'));
    stopping.abort();
    await expect(aborted).rejects.toEqual(code('ERR_ABORTED'));
    leave();
    (await behind)();
    await expect(enter({ ms: 10 })).resolves.toBeTypeOf('function');
  });

  it('enter() that is admitted and aborted at once passes its turn on', async () => {
    const { enter } = gate();
    const leave = await enter({ ms: 1000 });
    const stopping = new AbortController();
    const waiting = enter({ ms: 1000, signal: stopping.signal });
    stopping.abort();
    leave();
    await expect(waiting).rejects.toEqual(code('ERR_ABORTED'));
    await expect(enter({ ms: 10 })).resolves.toBeTypeOf('function');
  });

  it('setUnresponsive() turns away who waits and who comes; the turn itself stays taken', async () => {
    let changes = 0;
    const { enter, setUnresponsive } = createReaderGate('Reader', () => (changes += 1));
    const leave = await enter({ ms: 1000 });
    const waiting = enter({ ms: 1000 });
    setUnresponsive(true);
    setUnresponsive(true);
    expect(changes).toBe(1);
    await expect(waiting).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
    await expect(enter({ ms: 1000 })).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
    setUnresponsive(false);
    await expect(enter({ ms: 10 })).rejects.toEqual(code('ERR_CARD_BUSY'));
    leave();
    await expect(enter({ ms: 10 })).resolves.toBeTypeOf('function');
  });
});
