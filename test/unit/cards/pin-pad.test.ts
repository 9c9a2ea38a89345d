import { describe, expect, it } from 'vitest';
import type { CardPin } from '../../../src/cards/card-application.js';
import { changeOnPinPad, pinPadLengths, unblockOnPinPad, verifyOnPinPad } from '../../../src/cards/pin-pad.js';
import { toHex } from '../../../src/core/bytes.js';
import { MiddlewareError, type ErrorCode } from '../../../src/core/errors.js';
import type { CardProtocol } from '../../../src/iso7816/command-apdu.js';
import { VirtualPinPad } from '../../../src/sandbox/hardware/pin-pad.js';
import type { CardTransmitter } from '../../../src/transport/card-channel.js';
import type { PinPad, ReaderFeatures } from '../../../src/transport/reader-features.js';
import { scriptedReader, type ScriptedReader } from '../../support/scripted-reader.js';

const VERIFY = 0x42330006;
const MODIFY = 0x42330007;
const use = { language: 'sv' } as const;
const failure = (code: ErrorCode): MiddlewareError => new MiddlewareError(code, 'planned');
const features = (pad: Partial<PinPad> = {}): ReaderFeatures => ({
  pinPad: { verify: VERIFY, modify: MODIFY, ...pad },
});
const pin = (length: number | undefined, pad: number, overrides: Partial<CardPin> = {}): CardPin => ({
  reference: 0x11,
  role: 'authentication',
  format: { minLength: 4, maxLength: Math.min(length ?? 8, 16), characters: 'digits' },
  block: { length, pad },
  ...overrides,
});
const pin16 = pin(16, 0x00);
const pin8 = pin(8, 0xff, { reference: 0x80, format: { minLength: 6, maxLength: 8, characters: 'digits' } });

/** PC/SC part 10, field by field as in the standard; the first is what OpenSC 0.23 sends. */
const verify16 = '1e1e 82 00 00 1004 02 00 0000 00 000000 15000000 0020001110 00000000000000000000000000000000';
const verify16Display = verify16.replace('02 00 0000 00', '02 ff 1d04 00');
const verify8 = '1e1e 82 08 00 0806 02 00 0000 00 000000 0d000000 0020008008 ffffffffffffffff';
const modify16 = `1e1e 02 00 00 00 10 1004 03 02 00 0000 00 01 02 000000 25000000 0024001120 ${'00'.repeat(32)}`;
const modify8 = `1e1e 02 08 00 00 08 0806 03 02 00 0000 00 01 02 000000 15000000 0024008010 ${'ff'.repeat(16)}`;

const reader = (
  code: number,
  input: string,
  answer: string | Error = '9000',
  protocol: CardProtocol = 'T=0',
): ScriptedReader => scriptedReader([{ code, input, answer }], protocol);

describe('verifyOnPinPad()', () => {
  it.each<[string, CardPin, string, CardProtocol, Partial<PinPad>]>([
    ['16 bytes padded with 00', pin16, verify16, 'T=0', {}],
    ['the same with a display', pin16, verify16Display, 'T=0', { display: { lines: 2, columns: 16 } }],
    ['8 bytes padded with FF', pin8, verify8, 'T=1', {}],
    ['no block, T=0', pin(undefined, 0), '1e1e82000008040200000000000000 05000000 0020001100', 'T=0', {}],
    ['no block, T=1', pin(undefined, 0), '1e1e82000008040200000000000000 04000000 00200011', 'T=1', {}],
    ['a keypad for shorter PINs', pin16, verify16.replace('1004', '0805'), 'T=0', { minPinLength: 5, maxPinLength: 8 }],
  ])('%s', async (_, described, structure, protocol, pad) => {
    const card = reader(VERIFY, structure, '9000', protocol);
    await verifyOnPinPad(card, features(pad), described, use);
    card.assertUsedUp();
  });

  it('speaks English to a display when asked', async () => {
    const card = reader(VERIFY, verify16Display.replace('1d04', '0904'));
    await verifyOnPinPad(card, features({ display: { lines: 2, columns: 16 } }), pin16, { language: 'en' });
  });

  it.each<[string, ErrorCode, object]>([
    ['63c2', 'ERR_PIN_WRONG', { fields: { attemptsRemaining: 2 } }],
    ['63c0', 'ERR_PIN_BLOCKED', {}],
    ['6983', 'ERR_PIN_BLOCKED', {}],
    ['6400', 'ERR_PIN_PAD_TIMEOUT', { retriable: true }],
    ['6401', 'ERR_PIN_PAD_CANCELLED', { retriable: true }],
    ['6402', 'ERR_PIN_PAD_MISMATCH', { retriable: true }],
    ['6403', 'ERR_PIN_MALFORMED', { fields: { minLength: 4, maxLength: 16, characters: 'digits' } }],
    ['6b80', 'ERR_PIN_PAD_REFUSED', { retriable: false }],
    ['6d00', 'ERR_PIN_PAD_REFUSED', { retriable: false }],
    ['6982', 'ERR_CARD_SECURITY_STATUS', {}],
    ['6f00', 'ERR_CARD_STATUS', {}],
    ['', 'ERR_PIN_PAD_FAILED', {}],
    ['90', 'ERR_PIN_PAD_FAILED', {}],
    ['009000', 'ERR_PIN_PAD_FAILED', {}],
    ['90'.repeat(300), 'ERR_PIN_PAD_FAILED', {}],
  ])('takes %s for %s, and asks no second time', async (answer, code, more) => {
    const card = reader(VERIFY, verify16, answer);
    await expect(verifyOnPinPad(card, features(), pin16, use)).rejects.toMatchObject({ code, ...more });
    card.assertUsedUp();
  });

  it.each<[ErrorCode, ErrorCode]>([
    ['ERR_PCSC_CONTROL_UNSUPPORTED', 'ERR_PIN_PAD_REFUSED'],
    ['ERR_PCSC_FAILURE', 'ERR_PIN_PAD_FAILED'],
    ['ERR_CARD_REMOVED', 'ERR_CARD_REMOVED'],
    ['ERR_ABORTED', 'ERR_ABORTED'],
    ['ERR_CARD_UNRESPONSIVE', 'ERR_CARD_UNRESPONSIVE'],
  ])('%s is %s', async (thrown, code) => {
    const card = reader(VERIFY, verify16, failure(thrown));
    await expect(verifyOnPinPad(card, features(), pin16, use)).rejects.toMatchObject({ code });
    card.assertUsedUp();
  });

  it('waits longer than keypad and driver do, and passes the signal on', async () => {
    const { signal } = new AbortController();
    const card = reader(VERIFY, verify16);
    await verifyOnPinPad(card, features(), pin16, { ...use, signal });
    expect(card.options[0]?.signal).toBe(signal);
    expect(card.options[0]?.timeoutMs).toBeGreaterThan(90_000);
  });

  it.each<[string, ReaderFeatures]>([
    ['no keypad', {}],
    ['a keypad that only changes PINs', { pinPad: { modify: MODIFY } }],
    ['a keypad for PINs that are too short', features({ maxPinLength: 3 })],
    ['a keypad for PINs that are too long', features({ minPinLength: 17 })],
  ])('refuses %s before anything is sent', async (_, announced) => {
    const card = scriptedReader([]);
    await expect(verifyOnPinPad(card, announced, pin16, use)).rejects.toMatchObject({ code: 'ERR_PIN_PAD_REFUSED' });
  });
});

describe('changeOnPinPad()', () => {
  it('asks for the current PIN, and for the new one twice', async () => {
    const card = reader(MODIFY, modify16);
    await changeOnPinPad(card, features(), pin16, use);
    card.assertUsedUp();
    await changeOnPinPad(reader(MODIFY, modify8, '9000', 'T=1'), features(), pin8, use);
  });

  it('shows three messages on a display', async () => {
    const card = reader(MODIFY, modify16.replace('03 02 00 0000', '03 02 03 1d04'));
    await changeOnPinPad(card, features({ display: { lines: 1, columns: 8 } }), pin16, use);
  });

  it.each<[string, ErrorCode]>([
    ['63c4', 'ERR_PIN_WRONG'],
    ['6402', 'ERR_PIN_PAD_MISMATCH'],
    ['6a80', 'ERR_PIN_NEW_REFUSED'],
    ['6b80', 'ERR_PIN_PAD_REFUSED'],
  ])('takes %s for %s', async (answer, code) => {
    await expect(changeOnPinPad(reader(MODIFY, modify16, answer), features(), pin16, use)).rejects.toMatchObject({
      code,
    });
  });

  it('refuses PINs without a block, which cannot be told apart', async () => {
    const change = changeOnPinPad(scriptedReader([]), features(), pin(undefined, 0), use);
    await expect(change).rejects.toMatchObject({ code: 'ERR_PIN_PAD_REFUSED' });
  });
});

describe('unblockOnPinPad()', () => {
  const puk = {
    reference: 0x81,
    format: { minLength: 8, maxLength: 8, characters: 'digits' },
    readable: true,
  } as const;

  it('takes lengths that fit PUK and PIN', async () => {
    const card = reader(MODIFY, modify8.replace('0024', '002c'), '9000', 'T=1');
    await unblockOnPinPad(card, features(), { ...pin8, puk }, use);
    card.assertUsedUp();
  });

  it('tells the tries of the PUK', async () => {
    const card = reader(MODIFY, modify8.replace('0024', '002c'), '63c2');
    await expect(unblockOnPinPad(card, features(), { ...pin8, puk }, use)).rejects.toMatchObject({
      code: 'ERR_PUK_WRONG',
      fields: { attemptsRemaining: 2 },
    });
  });

  it('refuses a PIN without a PUK', async () => {
    await expect(unblockOnPinPad(scriptedReader([]), features(), pin8, use)).rejects.toMatchObject({
      code: 'ERR_TOKEN_OPERATION_UNSUPPORTED',
    });
  });
});

describe('a strict keypad', () => {
  const display = { lines: 2, columns: 16 };
  const shapes = [4, 8, 12, 15, 16, undefined].flatMap((length) =>
    [0x00, 0xff].flatMap((pad) => (['T=0', 'T=1'] as const).map((protocol) => ({ length, pad, protocol }))),
  );

  it.each(shapes)('understands every shape of PIN: %j', async ({ length, pad, protocol }) => {
    for (const options of [{}, { display }]) {
      const keypad = new VirtualPinPad(options);
      const sent: string[] = [];
      const transmit = (command: Uint8Array): Promise<Uint8Array> => {
        sent.push(toHex(command));
        return Promise.resolve(Uint8Array.of(0x90, 0x00));
      };
      const inserted = { pulled: new AbortController().signal, transmit };
      const card: CardTransmitter = {
        protocol,
        transmit,
        control: async (code, input) => (await keypad.control(code, input, inserted)) as Uint8Array,
      };
      keypad.onAsk(() => {
        keypad.press(Buffer.from('1234'));
        keypad.ok();
      });
      const described = pin(length, pad);
      const block = '31323334'.padEnd(2 * (length ?? 4), pad === 0 ? '0' : 'f');
      const hex = (value: number): string => value.toString(16).padStart(2, '0');
      await verifyOnPinPad(card, features(options), described, use);
      expect(sent).toEqual([`00200011${hex(length ?? 4)}${block}`]);
      if (length === undefined) continue;
      await changeOnPinPad(card, features(options), described, use);
      expect(sent.at(-1)).toBe(`00240011${hex(2 * length)}${block}${block}`);
    }
  });
});

describe('pinPadLengths()', () => {
  it('is what card and keypad have in common', () => {
    expect(pinPadLengths(features({ minPinLength: 5, maxPinLength: 8 }), pin16, 'verify')).toEqual({
      minLength: 5,
      maxLength: 8,
    });
    expect(pinPadLengths(features(), pin16, 'change')).toEqual({ minLength: 4, maxLength: 16 });
    expect(pinPadLengths({}, pin16, 'verify')).toBeUndefined();
    expect(pinPadLengths({ pinPad: { verify: VERIFY } }, pin16, 'change')).toBeUndefined();
  });
});
