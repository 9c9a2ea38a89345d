import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactText } from '../../../src/doctor/redact.js';

/** Every way in which these tests write a number down. */
const spellings: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  percent: (text) =>
    Array.from(text)
      .map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
      .join(''),
  percentOfSome: (text) => text.replaceAll(/[135]/g, (one) => `%3${one}`),
  percentTwice: (text) =>
    Array.from(text)
      .map((one) => `%25${one.charCodeAt(0).toString(16)}`)
      .join(''),
  json: (text) =>
    Array.from(text)
      .map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  jsonOfOne: (text) => text.replace(/2/, '\\u0032'),
  jsonTwice: (text) => text.replaceAll('1', '\\\\u0031'),
  hexEscape: (text) =>
    Array.from(text)
      .map((one) => `\\x${one.charCodeAt(0).toString(16)}`)
      .join(''),
  html: (text) =>
    Array.from(text)
      .map((one) => `&#${one.charCodeAt(0)};`)
      .join(''),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(`id=${text}`).toString('base64url'),
  base64Utf16: (text) => Buffer.from(text, 'utf16le').toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  hexOfUtf16: (text) => Buffer.from(text, 'utf16le').toString('hex'),
  utf16: (text) => Array.from(text).join('\0'),
  zeroWidth: (text) => Array.from(text).join('\u200b'),
  spaced: (text) => Array.from(text).join(' '),
};

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));

/** Personal and coordination numbers (day + 60), with and without century, with `-`, `+` or nothing. */
const personalNumber = fc
  .record({
    century: fc.constantFrom('', '18', '19', '20'),
    year: digits(2),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 61, max: 91 })),
    between: fc.constantFrom('', '-', '+', ' ', '–'),
    last: digits(4),
  })
  .map(({ century, year, month, day, between, last }) => {
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${century}${year}${two(month)}${two(day)}${between}${last}`;
  });

const around = fc.constantFrom(
  (text: string) => text,
  (text: string) => `personnummer: ${text}.`,
  (text: string) => `/home/${text}/x.json`,
  (text: string) => `{"msg":"Card of ${text} removed"}`,
  (text: string) => `urn:x:${text}`,
  (text: string) => `a${text}`,
  (text: string) => `${text}@`,
  (text: string) => `(${text})`,
);

/** The number as anybody could still read it out of a text. */
function readable(text: string, number: string): boolean {
  const bare = number.replaceAll(/\D/g, '');
  const seen = text.replaceAll(/[^\da-f]/gi, '');
  return [bare, bare.slice(-10), Buffer.from(bare).toString('hex')].some((form) => seen.includes(form));
}

describe('redactText()', () => {
  it('takes out personal and coordination numbers in every spelling and place', () => {
    fc.assert(
      fc.property(personalNumber, around, fc.constantFrom(...Object.entries(spellings)), (number, place, [, spell]) => {
        const text = place(spell(number));
        const left = redactText(text);
        expect(readable(left, number), `${text} -> ${left}`).toBe(false);
        expect(left).not.toContain(spell(number));
      }),
      { numRuns: 3000, seed: 22 },
    );
  });

  it.each(['1912.12.12-1212', '19 12 12 12 12 12', '1912/12/12 1212', '12-12-12-1212', '19-12-12 1212'])(
    'takes out a personal number that is written as a date: %s',
    (number) => expect(redactText(`no ${number}.`)).toBe('no #.'),
  );

  it.each(Object.entries(spellings))('takes out HSA-ids, spelled %s', (_name, spell) => {
    for (const id of ['SE2321000016-1003', 'SE165565594230-AB12', 'TSTNMT2321000156-10NG', 'se2321000016-tolv']) {
      const left = redactText(`hsa=${spell(id)};`);
      expect(left).not.toContain(spell(id));
      expect(readable(left, id)).toBe(false);
    }
  });

  it.each([
    'PIN 1234',
    'pin: 123456',
    'PIN-koden är 4711',
    '{"pin":"1234"}',
    '{"puk":12345678}',
    'pin=1234',
    "PUK '87654321'",
    'the code is 9876',
    'lösenord: s3kret7',
    'Lösen=4711x',
    'password=hunter2',
    'kod = 4711',
    'PIN2: 1234',
    'pinkod 1357',
    'token=ab12cd',
    'ticket: 00ff00ff00ff00ff00ff00ff00ff00ff',
    'nonce AbCdEfGhIjKlMnOpQrSt_1',
  ])('takes the code out of "%s"', (text) => {
    const code = /["'\s:=]([A-Za-z_]*\d[\w]*)["'}]*$/.exec(text)?.[1] ?? '';
    expect(code).not.toBe('');
    expect(redactText(text)).not.toContain(code);
  });

  it('takes out codes beside their word in other encodings', () => {
    for (const spell of [spellings['base64'], spellings['base64Utf16'], spellings['percent'], spellings['json']]) {
      const text = spell?.('pin=1234') ?? '';
      expect(redactText(`x ${text} y`)).not.toMatch(/1234/);
      expect(redactText(`x ${text} y`)).not.toContain(text);
    }
  });

  it.each([
    ['mail', 'to tolvan.tolvansson@region.example now', 'tolvan'],
    ['link', 'kort://start?client_id=urn%3Ax&ref=AbCdEfGh', 'AbCdEfGh'],
    ['query', 'https://rp.example/start?autostart=abcDEF', 'abcDEF'],
    ['user of an address', 'http://tolvan:hemligt@proxy.example:8080', 'hemligt'],
    ['subject', 'CN=Tolvan Tolvansson, O=Region Test, SERIALNUMBER=1912', 'Tolvan'],
    ['surname', 'SN=Tolvansson/GN=Tolvan', 'Tolvansson'],
    ['certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', 'MIIB'],
    ['half a certificate', 'x -----BEGIN CERTIFICATE-----\nMIIBabc', 'MIIBabc'],
    ['JWT', 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJ'],
    ['serial', 'card 9752278020123456789 removed', '9752278020123456789'],
    ['short serial', 'card 1234567', '1234567'],
    ['fingerprint', 'sha256 0badc0ffee0badc0ffee0badc0ffee', '0badc0ffee'],
    ['colons', '0B:AD:C0:FF:EE:0B:AD:C0:FF', 'AD:C0'],
    ['UUID', 'id 123e4567-e89b-12d3-a456-426614174000', 'e89b'],
    ['IPv4', 'from 10.20.30.40:443', '10.20'],
    ['IPv6', 'from fe80::1ff:fe23:4567:890a', 'fe23'],
    ['nonce', 'state AbCdEfGhIjKlMnOpQrStUvWxYz0123', 'AbCdEf'],
  ])('takes out %s', (_what, text, secret) => {
    expect(redactText(text)).not.toContain(secret);
  });

  it('takes out what is known of this person and machine, in any case, encoded, with any space', () => {
    const known = { values: ['Tolvan Tolvansson', 'tolvan', '/home/tolvan', 'TEST-DATOR-7'] };
    for (const text of [
      'TOLVAN TOLVANSSON',
      'Tolvan%20Tolvansson',
      'tolvan.tolvansson',
      'cd /home/tolvan/x',
      '/HOME/Tolvan',
      Buffer.from('Tolvan Tolvansson').toString('base64'),
      'test-dator-7.local',
      'file:///home/tolvan/a',
      String.raw`Tolvan\u0020Tolvansson`,
    ]) {
      expect(redactText(text, known)).not.toMatch(/tolvan|dator|VG9sdmFu/i);
    }
  });

  it.each([
    'kortd is not running: nobody can log in with the card.',
    'ERR_IPC_DAEMON_UNREACHABLE',
    '2026-11-22T15:05:41.167Z',
    '{"time":"2026-11-22T15:05:40.493Z","level":"info","port":15416}',
    'https://rp.example',
    'at src/daemon/loopback/bind.ts:12:34',
    '127.0.0.1 and ::1',
    'Node v20.20.2, kort 0.1.0',
    'IDPrime 940',
    '"attemptsRemaining": 3, "blocked": false',
  ])('leaves "%s" as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('never throws, and takes out all of it the first time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const once = redactText(text);
        expect(redactText(once)).toBe(once);
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
