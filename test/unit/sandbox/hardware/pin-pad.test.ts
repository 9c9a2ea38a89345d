import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { VirtualPinPad, type PinPadFault, type PinPadOptions } from '../../../../src/sandbox/hardware/pin-pad.js';

const FEATURES = 0x42000d48;
const VERIFY = 0x42330006;
const MODIFY = 0x42330007;
const verify = fromHex(`1e0a 820000 0804 02 00 0000 00 000000 15000000 0020001110 ${'00'.repeat(16)}`);
const unpadded = fromHex('1e1e 820000 0804 02 00 0000 00 000000 04000000 00200081');
const modify = fromHex(`1e1e 020000 00 08 0804 03 02 00 0000 000102 000000 15000000 0024008010 ${'ff'.repeat(16)}`);

const ascii = (digits: string): Uint8Array => Buffer.from(digits, 'ascii');
const hex = (answer: unknown): unknown => (answer instanceof Uint8Array ? toHex(answer) : answer);

const type = (pad: VirtualPinPad, digits: string): void => {
  pad.press(ascii(digits));
  pad.ok();
};

/** A keypad with a card that notes what reaches it. */
function keypad(options: PinPadOptions = {}): {
  pad: VirtualPinPad;
  sent: string[];
  pull: () => void;
  take: (code: number, input: Uint8Array) => Promise<unknown>;
} {
  const pad = new VirtualPinPad(options);
  const sent: string[] = [];
  const pulled = new AbortController();
  const card = {
    pulled: pulled.signal,
    transmit(command: Uint8Array) {
      sent.push(toHex(command));
      return Promise.resolve(pulled.signal.aborted ? new Uint8Array() : fromHex('9000'));
    },
  };
  return {
    pad,
    sent,
    pull: () => pulled.abort(),
    take: async (code, input) => hex(await pad.control(code, input, card)),
  };
}

describe('a virtual keypad', () => {
  it('announces itself as libccid does', async () => {
    const { take } = keypad({ display: { lines: 2, columns: 16 }, maxApduDataSize: 0x10000 });
    expect(await take(FEATURES, new Uint8Array())).toBe('0604423300060704423300070a044233000a120442330012');
    expect(await take(0x4233000a, new Uint8Array())).toBe('10020201');
    expect(await take(0x42330012, new Uint8Array())).toBe(
      '010210020201020601040701100804544553540901000a04000001000b0200000c020000',
    );
    expect(await take(0x42330099, new Uint8Array())).toBe('unsupported');
  });

  it('tells other lengths than its own when told to, and no change of PINs that it cannot do', async () => {
    const { take } = keypad({ announces: { minPinLength: 0, maxPinLength: 99 }, modify: false });
    expect(await take(FEATURES, new Uint8Array())).toBe('0604423300060a044233000a120442330012');
    expect(await take(0x42330012, new Uint8Array())).toContain('060100070163');
    expect(await take(MODIFY, modify)).toBe('unsupported');
  });

  it('sends what was typed, in its block', async () => {
    const { pad, sent, take } = keypad();
    const done = take(VERIFY, verify);
    expect(pad.asksFor).toBe('pin');
    type(pad, '1234');
    expect(await done).toBe('9000');
    expect(sent).toEqual([`0020001110${'31323334'.padEnd(32, '0')}`]);
    expect(pad.asksFor).toBeUndefined();
  });

  it('appends a PIN that has no block', async () => {
    const { pad, sent, take } = keypad();
    const done = take(VERIFY, unpadded);
    type(pad, '123456');
    await done;
    expect(sent).toEqual(['0020008106313233343536']);
  });

  it('lets keys do nothing while it does not ask, beyond the longest PIN, and when they are no digits', async () => {
    const { pad, sent, take } = keypad();
    type(pad, '9');
    const done = take(VERIFY, verify);
    type(pad, '12x3456789');
    await done;
    expect(sent).toEqual([`0020001110${'3132333435363738'.padEnd(32, '0')}`]);
  });

  it('ends at the longest PIN when told so, without the OK key', async () => {
    const { pad, sent, take } = keypad();
    const done = take(
      VERIFY,
      Uint8Array.from(verify, (byte, index) => (index === 7 ? 0x01 : byte)),
    );
    type(pad, '1234');
    expect(pad.asksFor).toBe('pin');
    pad.press(ascii('5678'));
    expect(await done).toBe('9000');
    expect(sent).toHaveLength(1);
  });

  it.each<[string, (pad: VirtualPinPad) => void, string]>([
    ['cancel', (pad) => pad.cancel(), '6401'],
    ['its time', (pad) => pad.timeOut(), '6400'],
    ['OK after too few digits', (pad) => type(pad, '123'), '6403'],
  ])('%s ends an entry, and the card sees nothing', async (_, act, answer) => {
    const { pad, sent, take } = keypad();
    const done = take(VERIFY, verify);
    act(pad);
    expect(await done).toBe(answer);
    expect(sent).toEqual([]);
  });

  it('takes current PIN, new PIN and confirmation', async () => {
    const { pad, sent, take } = keypad();
    const asked: string[] = [];
    const stop = pad.onAsk((prompt) => {
      asked.push(prompt);
      type(pad, prompt === 'current-pin' ? '123456' : '77777777');
    });
    expect(await take(MODIFY, modify)).toBe('9000');
    expect(asked).toEqual(['current-pin', 'new-pin', 'confirmation']);
    expect(sent).toEqual(['0024008010313233343536ffff3737373737373737']);
    stop();
  });

  it('refuses a confirmation that differs', async () => {
    const { pad, sent, take } = keypad();
    const digits = ['123456', '777777', '777778'];
    pad.onAsk(() => type(pad, digits.shift() ?? ''));
    expect(await take(MODIFY, modify)).toBe('6402');
    expect(sent).toEqual([]);
  });

  it('answers 6B80 to a structure that is wrong, and fails without a card', async () => {
    const { pad, take } = keypad();
    expect(await take(VERIFY, verify.subarray(1))).toBe('6b80');
    expect(await take(MODIFY, verify)).toBe('6b80');
    expect(await pad.control(VERIFY, verify, undefined)).toBe('failed');
  });

  it('fails when the card is pulled while it asks', async () => {
    const { pad, pull, take } = keypad();
    const done = take(VERIFY, verify);
    pull();
    expect(await done).toBe('failed');
    expect(pad.asksFor).toBeUndefined();
  });

  it.each<[PinPadFault, unknown, number]>([
    ['refuses-structure', '6b80', 0],
    ['refuses-instruction', '6d00', 0],
    ['unsupported', 'unsupported', 0],
    ['fails', 'failed', 0],
    ['empty-answer', '', 1],
    ['short-answer', '90', 1],
    ['long-answer', '90'.repeat(260), 1],
  ])('%s', async (fault, answer, sentCount) => {
    const { pad, sent, take } = keypad();
    pad.fault = fault;
    pad.onAsk(() => type(pad, '1234'));
    expect(await take(VERIFY, verify)).toBe(answer);
    expect(sent).toHaveLength(sentCount);
    expect(pad.requests).toBe(1);
  });

  it('silent: answers when the card is pulled', async () => {
    const { pad, pull, take } = keypad();
    pad.fault = 'silent';
    pad.onAsk(() => type(pad, '1234'));
    const done = take(VERIFY, verify);
    await new Promise((resolve) => setImmediate(resolve));
    pull();
    expect(await done).toBe('failed');
  });
});

describe("a virtual keypad's time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is bTimerOut to the first key and bTimerOut2 from it', async () => {
    const { pad, take } = keypad();
    const done = take(VERIFY, verify);
    await vi.advanceTimersByTimeAsync(29_000);
    pad.press(ascii('1'));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(pad.asksFor).toBe('pin');
    await vi.advanceTimersByTimeAsync(200);
    expect(await done).toBe('6400');
  });

  it('over with enough digits is as good as OK when told so', async () => {
    const { pad, sent, take } = keypad();
    const done = take(
      VERIFY,
      Uint8Array.from(verify, (byte, index) => (index === 7 ? 0x04 : byte)),
    );
    pad.press(ascii('1234'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await done).toBe('9000');
    expect(sent).toHaveLength(1);
  });
});
