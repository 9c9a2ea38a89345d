import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import type { Fault } from '../../../../src/sandbox/hardware/fault.js';
import { VirtualReader } from '../../../../src/sandbox/hardware/virtual-reader.js';
import { fixtureCard, pinBlock, SELECT_APPLET, type FixtureCard } from '../../../support/virtual-card-fixture.js';

interface Bench extends FixtureCard {
  readonly reader: VirtualReader;
  /** Through the reader; an empty string is a removed card. */
  readonly say: (command: string) => Promise<string>;
}

function bench(...faults: Fault[]): Bench {
  const reader = new VirtualReader('TEST reader');
  const fixture = fixtureCard();
  reader.insert(fixture.card);
  for (const fault of faults) reader.armFault(fault);
  return { ...fixture, reader, say: async (command) => toHex(await reader.transmit(fromHex(command))) };
}

const VERIFY = `0020001110${pinBlock('1234')}`;
const WRONG = `0020001110${pinBlock('9999')}`;
const TRIES = '0020001100';

/** Long enough for anything that is going to happen without a timer. */
const turns = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('VirtualReader', () => {
  it('tells insertions and removals, and counts them', () => {
    const reader = new VirtualReader('TEST reader');
    const { card } = fixtureCard();
    const seen: (boolean | number)[] = [];
    const stop = reader.onChange(() => seen.push(reader.atr !== undefined, reader.eventCounter));
    expect(reader.atr).toBeUndefined();
    reader.insert(card);
    expect(toHex(reader.atr!)).toBe('3b7f96000080318065b0855956fb120ffe829000');
    expect(reader.remove()).toBe(true);
    expect(reader.remove()).toBe(false);
    stop();
    reader.insert(card);
    expect(seen).toEqual([true, 1, false, 2]);
  });

  it('answers nothing without a card', async () => {
    expect(await new VirtualReader('TEST reader').transmit(fromHex(TRIES))).toHaveLength(0);
  });

  it('drops the verified PIN by reset, removal and power off, and counts resets', async () => {
    const { reader, say, card } = bench();
    const ends = [
      () => reader.reset(),
      () => reader.powerOff(),
      async () => {
        reader.remove();
        reader.insert(card);
        await turns();
      },
    ];
    for (const end of ends) {
      await say(SELECT_APPLET);
      await say(VERIFY);
      expect(await say(TRIES)).toBe('9000');
      await end();
      await say(SELECT_APPLET);
      expect(await say(TRIES)).toBe('63c5');
    }
    expect(reader.resetCounter).toBe(1);
  });

  it('carries out one command at a time, in order', async () => {
    const { reader, say } = bench({ kind: 'delay', perCommandMs: 5, perByteMs: 0, perSignatureMs: 0 });
    const order: string[] = [];
    const note = (name: string) => (answer: unknown) => void order.push(`${name} ${String(answer)}`);
    await Promise.all([
      say(SELECT_APPLET).then(note('select')),
      say(VERIFY).then(note('verify')),
      reader.reset().then(note('reset')),
      say(TRIES).then(note('tries')),
    ]);
    expect(order).toEqual(['select 9000', 'verify 9000', 'reset undefined', 'tries 6985']);
    expect(reader.apduCount).toBe(3);
  });
});

describe('VirtualReader faults', () => {
  it('remove-before: the card never sees the command', async () => {
    const { reader, say, send } = bench({ kind: 'remove-before', apdu: 2 });
    expect(await say(SELECT_APPLET)).toBe('9000');
    expect(await say(WRONG)).toBe('');
    expect(reader.atr).toBeUndefined();
    send(SELECT_APPLET);
    expect(send(TRIES)).toBe('63c5');
  });

  it('remove-during: the card has carried it out, the answer is lost', async () => {
    const { reader, say, send } = bench({ kind: 'remove-during', apdu: 2 });
    await say(SELECT_APPLET);
    expect(await say(WRONG)).toBe('');
    expect(reader.atr).toBeUndefined();
    send(SELECT_APPLET);
    expect(send(TRIES)).toBe('63c4');
  });

  it('remove-after: the answer arrives, the next command does not', async () => {
    const { reader, say } = bench({ kind: 'remove-after', apdu: 1 });
    const [first, second] = await Promise.all([say(SELECT_APPLET), say(TRIES)]);
    expect([first, second]).toEqual(['9000', '']);
    expect(reader.atr).toBeUndefined();
  });

  it('silence: no answer until the card is pulled; then it is over', async () => {
    const { reader, say, card } = bench({ kind: 'silence', apdu: 2 });
    expect(await say(SELECT_APPLET)).toBe('9000');
    let answer: string | undefined;
    const silent = say(TRIES).then((text) => (answer = text));
    let wasReset = false;
    const reset = reader.reset().then(() => (wasReset = true));
    await turns();
    expect([answer, wasReset]).toEqual([undefined, false]);
    reader.remove();
    expect(await silent).toBe('');
    await reset;
    reader.insert(card);
    expect(await say(SELECT_APPLET)).toBe('9000');
    expect(reader.resetCounter).toBe(0);
  });

  it('status-word: the reader answers instead of the card', async () => {
    const { say, send } = bench({ kind: 'status-word', apdu: 2, statusWord: '6f42' });
    await say(SELECT_APPLET);
    expect(await say(WRONG)).toBe('6f42');
    expect(send(TRIES)).toBe('63c5');
    expect(await say(WRONG)).toBe('63c4');
  });

  it('status-word-after: the card has carried it out, and its data arrive', async () => {
    const { say, send } = bench(
      { kind: 'status-word-after', apdu: 2, statusWord: '6f42' },
      { kind: 'status-word-after', apdu: 3, statusWord: '9001' },
    );
    await say(SELECT_APPLET);
    expect(await say(WRONG)).toBe('6f42');
    expect(send(TRIES)).toBe('63c4');
    expect(await say('00ca9f7f2d')).toMatch(/^9f7f2a[0-9a-f]{84}9001$/);
  });

  it.each([0, 1] as const)('short-answer: the card has carried it out, and %i bytes arrive', async (length) => {
    const { reader, say, send } = bench({ kind: 'short-answer', apdu: 2, length });
    await say(SELECT_APPLET);
    expect(await say(WRONG)).toBe('63'.slice(0, 2 * length));
    expect(reader.atr).toBeDefined();
    expect(send(TRIES)).toBe('63c4');
  });

  it('reset: the card forgets the PIN and never sees the command', async () => {
    const { reader, say } = bench({ kind: 'reset', apdu: 3 });
    await say(SELECT_APPLET);
    await say(VERIFY);
    expect(await say(WRONG)).toBe('');
    expect(reader.resetCounter).toBe(1);
    await say(SELECT_APPLET);
    expect(await say(TRIES)).toBe('63c5');
  });

  it('delay: pulling the card ends it at once', async () => {
    const { reader, say } = bench({ kind: 'delay', perCommandMs: 60_000, perByteMs: 0, perSignatureMs: 0 });
    const slow = say(SELECT_APPLET);
    await turns();
    reader.remove();
    expect(await slow).toBe('');
  });

  it('a swapped card does not get the commands meant for the one before', async () => {
    const { reader, say } = bench({ kind: 'silence', apdu: 1 });
    const other = fixtureCard();
    const waiting = [say(SELECT_APPLET), say(VERIFY)];
    await turns();
    reader.insert(other.card);
    expect(await Promise.all(waiting)).toEqual(['', '']);
    expect(await say(TRIES)).toBe('6985');
  });
});
