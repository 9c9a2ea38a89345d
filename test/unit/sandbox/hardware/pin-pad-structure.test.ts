import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../src/core/bytes.js';
import { parsePinModify, parsePinVerify } from '../../../../src/sandbox/hardware/pin-pad-structure.js';

const limits = { minPinLength: 4, maxPinLength: 16, hasDisplay: false };
const withDisplay = { ...limits, hasDisplay: true };

/** As OpenSC 0.23 sends them. */
const verify = fromHex(`1e1e82000010040200000000000000150000000020001110${'00'.repeat(16)}`);
const modify = fromHex(`1e1e020000001010040302000000000102000000250000000024001120${'00'.repeat(32)}`);

const changed = (bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, offset);
  return copy;
};

describe('parsePinVerify()', () => {
  it('reads what OpenSC sends', () => {
    expect(parsePinVerify(verify, limits)).toMatchObject({
      prompts: ['pin'],
      timeOut: 30,
      timeOut2: 30,
      minLength: 4,
      maxLength: 16,
      endsByKey: true,
      endsAtMaxLength: false,
      endsByTime: false,
      offsets: { pin: 5 },
    });
  });

  it.each<[string, Uint8Array]>([
    ['binary', changed(verify, 2, 0x80)],
    ['BCD', changed(verify, 2, 0x81)],
    ['right-justified', changed(verify, 2, 0x86)],
    ['at a position of half a byte', changed(verify, 2, 0x22)],
    ['a position behind which the PIN does not fit', changed(verify, 2, 0x8a)],
    ['a length of the PIN in the block', changed(verify, 3, 0x40)],
    ['a block shorter than the longest PIN', changed(verify, 3, 0x0f)],
    ['a place for the length of the PIN', changed(verify, 4, 0x01)],
    ['longest beyond the keypad', changed(verify, 5, 0x11)],
    ['shortest below the keypad', changed(verify, 6, 0x03)],
    ['the lengths in the wrong order', changed(verify, 5, 0x04, 0x10)],
    ['no condition', changed(verify, 7, 0x00)],
    ['an unknown condition', changed(verify, 7, 0x08)],
    ['a message without a display', changed(verify, 8, 0xff)],
    ['an unknown language', changed(verify, 9, 0x1d, 0x05)],
    ['the language in the wrong order', changed(verify, 9, 0x04, 0x1d)],
    ['another message', changed(verify, 11, 0x01)],
    ['a T=1 prologue', changed(verify, 13, 0x40)],
    ['another length of the command', changed(verify, 15, 0x14)],
    ['the length in the wrong order', changed(verify, 15, 0, 0, 0, 0x15)],
    ['another instruction', changed(verify, 20, 0x24)],
    ['another Lc', changed(verify, 23, 0x0f)],
    ['a byte less', verify.subarray(0, -1)],
    ['a byte more', Uint8Array.of(...verify, 0)],
    ['no command', verify.subarray(0, 19)],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_, bytes) => {
    expect(parsePinVerify(bytes, limits)).toBeUndefined();
  });

  it('takes messages and languages with a display', () => {
    expect(parsePinVerify(changed(verify, 8, 0xff, 0x1d, 0x04), withDisplay)).toBeDefined();
    expect(parsePinVerify(changed(verify, 8, 0x02), withDisplay)).toBeUndefined();
  });

  it('takes a command without data, to which the PIN is appended', () => {
    const bare = fromHex('1e1e82000008040200000000000000 04000000 00200011');
    expect(parsePinVerify(bare, limits)).toMatchObject({ minLength: 4, maxLength: 8 });
    expect(parsePinVerify(fromHex('1e1e82000008040200000000000000 05000000 0020001100'), limits)).toBeDefined();
    expect(parsePinVerify(changed(bare, 3, 0x08), limits)).toBeUndefined();
  });
});

describe('parsePinModify()', () => {
  it('reads what OpenSC sends', () => {
    expect(parsePinModify(modify, limits)).toMatchObject({
      prompts: ['current-pin', 'new-pin', 'confirmation'],
      offsets: { 'current-pin': 5, 'new-pin': 21 },
    });
  });

  it('asks for less when told so', () => {
    expect(parsePinModify(changed(modify, 9, 0x02), limits)?.prompts).toEqual(['current-pin', 'new-pin']);
    const newOnly = fromHex(`1e1e0200000000100401020000000001020000001500000000240111 10${'00'.repeat(16)}`);
    expect(parsePinModify(newOnly, limits)).toMatchObject({
      prompts: ['new-pin', 'confirmation'],
      offsets: { 'new-pin': 5 },
    });
  });

  it.each<[string, Uint8Array]>([
    ['binary', changed(modify, 2, 0x00)],
    ['a position beside the offsets', changed(modify, 2, 0x8a)],
    ['a length in the block', changed(modify, 3, 0x40)],
    ['blocks shorter than the longest PIN', changed(modify, 3, 0x0f)],
    ['a place for the length', changed(modify, 4, 0x10)],
    ['blocks that overlap', changed(modify, 5, 0x01)],
    ['a new PIN beyond the command', changed(modify, 6, 0x11)],
    ['longest beyond the keypad', changed(modify, 7, 0x11)],
    ['unknown confirmation', changed(modify, 9, 0x07)],
    ['no condition', changed(modify, 10, 0x00)],
    ['messages without a display', changed(modify, 11, 0x03)],
    ['an unknown language', changed(modify, 12, 0x01)],
    ['an unknown message', changed(modify, 14, 0x03)],
    ['a T=1 prologue', changed(modify, 17, 0x40)],
    ['another length of the command', changed(modify, 20, 0x24)],
    ['another instruction', changed(modify, 25, 0x20)],
    ['a byte less', modify.subarray(0, -1)],
    ['a PIN_VERIFY_STRUCTURE', verify],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_, bytes) => {
    expect(parsePinModify(bytes, limits)).toBeUndefined();
  });

  it('takes a message for each entry, or the default ones, with a display', () => {
    expect(parsePinModify(changed(modify, 11, 0x03), withDisplay)).toBeDefined();
    expect(parsePinModify(changed(modify, 11, 0xff), withDisplay)).toBeDefined();
    expect(parsePinModify(changed(modify, 11, 0x02), withDisplay)).toBeUndefined();
  });
});
