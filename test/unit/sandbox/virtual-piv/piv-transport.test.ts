import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { pivStateCodec } from '../../../../src/sandbox/virtual-piv/piv-state-codec.js';
import { personalizePiv } from '../../../../src/sandbox/virtual-piv/personalize-piv.js';
import {
  fixturePivCard,
  pivBlock,
  pivManagementKey,
  pivPin,
  pivPuk,
  SELECT_PIV,
  testPivPersonalization,
} from '../../../support/virtual-piv-fixture.js';

const GET_CERTIFICATE = '5c035fc105';

describe('VirtualPivCard', () => {
  it('gives a long answer at once to an extended length, and in parts to a short one', () => {
    const { send, exchange } = fixturePivCard({}, { extendedLength: true });
    const whole = exchange(`00cb3fff05${GET_CERTIFICATE}00`).data;
    expect(send(`00cb3fff000005${GET_CERTIFICATE}0000`)).toBe(`${whole}9000`);
    expect(send(`00cb3fff000005${GET_CERTIFICATE}0100`)).toHaveLength(516);
    expect(send(`00cb3fff05${GET_CERTIFICATE}`)).toHaveLength(516);
    expect(send(`00cb3fff05${GET_CERTIFICATE}08`).slice(-4)).toBe('6100');
  });

  it('takes long data in one command', () => {
    const { authenticate, exchange, send } = fixturePivCard({ slots: [] }, { extendedLength: true });
    authenticate();
    const data = `5c035fc10553820258${'cd'.repeat(600)}`;
    expect(send(`00db3fff00${(data.length / 2).toString(16).padStart(4, '0')}${data}`)).toBe('9000');
    expect(exchange(`00cb3fff05${GET_CERTIFICATE}00`).data).toBe(data.slice(10));
  });

  it('refuses extended lengths where the ATR does not announce them, and with T=0', () => {
    const extended = `00cb3fff000005${GET_CERTIFICATE}0000`;
    expect(fixturePivCard({ atrKind: 'yubikey' }).send(extended).slice(-4)).toBe('9000');
    expect(fixturePivCard({ atrKind: 'hist' }).send(extended)).toBe('6700');
    expect(fixturePivCard({}, { protocol: 'T=0', extendedLength: true }).send(extended)).toBe('6700');
  });

  it('announces everything by 61xx with T=0', () => {
    const { send, exchange } = fixturePivCard({}, { protocol: 'T=0' });
    expect(send(SELECT_PIV)).toBe('6113');
    expect(send(`00cb3fff05${GET_CERTIFICATE}`)).toBe('6100');
    expect(exchange(`00cb3fff05${GET_CERTIFICATE}`).data).toMatch(/^538202/);
  });

  it.each([
    ['yubikey', '3bfd1300008131fe158073c021c057597562694b657940'],
    ['hist', '3bfd1800008131fe4580fba0000003080000100001002f'],
    ['generic', '3bf81800008131fe45544553542d5049569f'],
  ] as const)('has an ATR whose check byte is right (%s)', (atrKind, atr) => {
    const { card } = fixturePivCard({ atrKind, slots: [] });
    expect(toHex(card.atr)).toBe(atr);
    expect(card.atr.subarray(1).reduce((sum, byte) => sum ^ byte, 0)).toBe(0);
  });
});

describe('VirtualPivCard trace', () => {
  it('never holds a PIN, PUK, management key or private key', () => {
    const seen: string[] = [];
    const trace = (exchange: { command: Uint8Array; response: Uint8Array }): void => {
      seen.push(toHex(exchange.command) + toHex(exchange.response));
    };
    const { authenticate, people, send, verifyPin } = fixturePivCard({ atrKind: 'yubikey' }, { trace });
    const scalar = Buffer.from(people.p256.privateKey.export({ format: 'jwk' }).d!, 'base64url').toString('hex');
    const key = toHex(pivManagementKey);
    verifyPin();
    authenticate();
    send(`00200080000008${pivBlock(pivPin)}`);
    send(`0024008010${pivBlock(pivPin)}${pivBlock('654321')}`);
    send(`002c008010${pivBlock(pivPuk)}${pivBlock(pivPin)}`);
    send(`00ffffff1b039b18${key}`);
    send(`00fe119c220620${scalar}`);
    send(`10fe119c10${scalar.slice(0, 32)}`);
    send(`00db3fff247f4821a0${scalar}`);
    send(`10db3fff10${scalar.slice(32)}`);
    const text = seen.join('\n');
    const secrets = [
      pivBlock(pivPin),
      pivBlock('654321'),
      pivBlock(pivPuk),
      key,
      scalar.slice(0, 32),
      scalar.slice(32),
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toContain('5a5a5a5a5a5a5a5a');
    expect(seen.at(-1)).toMatch(/^10db3fff10[0-9a-f]{4}$/);
  });

  it('holds what is no secret', () => {
    const seen: string[] = [];
    const { send } = fixturePivCard({ slots: [] }, { trace: ({ command }) => seen.push(toHex(command)) });
    const commands = [`00cb3fff05${GET_CERTIFICATE}00`, '00db3fff085c035fc1065301aa', '0087119c067c0482008100'];
    for (const command of commands) send(command);
    expect(seen.slice(1)).toEqual(commands);
  });
});

describe('VirtualPivCard with any bytes', () => {
  const likely = fc
    .tuple(
      fc.constantFrom(0x00, 0x10, 0x00, 0x0c),
      fc.constantFrom(0x20, 0x24, 0x2c, 0x87, 0x87, 0xa4, 0xc0, 0xcb, 0xdb, 0xf7, 0xf8, 0xfa, 0xfb, 0xfd, 0xfe, 0xff),
      fc.constantFrom(0x00, 0x03, 0x07, 0x11, 0x14, 0x3f, 0xff),
      fc.constantFrom(0x00, 0x80, 0x81, 0x82, 0x9a, 0x9b, 0x9c, 0x9d, 0xff),
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(
          fromHex('7c028000'),
          fromHex('7c028100'),
          fromHex('5c035fc105'),
          fromHex('5c017e'),
          fromHex(`7c2482008120${'ab'.repeat(32)}`),
          fromHex('3132333435 36ffff'),
          fromHex('5c035fc1055300'),
        ),
      ),
    )
    .map(([cla, ins, p1, p2, data]) => Uint8Array.from([cla, ins, p1, p2, data.length, ...data]));
  const commands = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), likely, likely), { maxLength: 30 });
  const blank = personalizePiv(testPivPersonalization({ atrKind: 'yubikey' }));

  it.each(['T=0', 'T=1'] as const)('always answers a status word, never an internal error (%s)', (protocol) => {
    fc.assert(
      fc.property(commands, fc.boolean(), (sequence, authenticated) => {
        const fixture = fixturePivCard({ atrKind: 'yubikey' }, { protocol, extendedLength: true });
        fixture.verifyPin();
        if (authenticated) fixture.authenticate();
        for (const command of sequence) {
          const { response } = fixture.card.process(command);
          expect(toHex(response.subarray(-2)), toHex(command)).toMatch(/^(?!6f00)(6[1-9a-f]|90)/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never gives a signature without a PIN, except with 9E', () => {
    const slots = testPivPersonalization().slots.filter(({ reference }) => reference !== 0x9e);
    fc.assert(
      fc.property(commands, (sequence) => {
        const { card } = fixturePivCard({ slots, pin: Buffer.from('97531246') });
        for (const command of sequence) expect(card.process(command).keyOperations).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('a damaged state is refused as such', () => {
    const encoded = pivStateCodec.encode(blank);
    expect(pivStateCodec.decode(encoded)).toEqual(blank);
    for (const bytes of [new Uint8Array(0), encoded.subarray(0, 40), encoded.subarray(1), fromHex('e800')]) {
      expect(() => pivStateCodec.decode(bytes)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    }
    const newer = encoded.slice();
    newer[newer.indexOf(0x80, 4) + 5] = 9;
    expect(() => pivStateCodec.decode(newer)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });
});
