import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { readContents, readFreshness, readSerial } from '../../../../src/cards/idprime/contents.js';
import { defaultPinFormat } from '../../../../src/cards/idprime/idprime-family.js';
import { readBinary, readFile, selectApplet } from '../../../../src/cards/idprime/file-access.js';
import { toHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import { scriptedCard, type ScriptStep } from '../../../support/scripted-channel.js';
import { selfSigned } from '../../../support/self-signed-certificate.js';

const product = { name: 'IDPrime 940', keys: 'map', pinBlock: 16, keySpecs: [] } as const;

function script(steps: readonly ScriptStep[], protocol: 'T=0' | 'T=1' = 'T=0') {
  const card = scriptedCard(steps, protocol);
  return { card, exchange: createApduExchange(card, { clock: systemClock }) };
}

const SELECT = '00a4040c0ba000000018800000000662';
const block = (length: number, fill = 'ab'): string => fill.repeat(length);

describe('selectApplet()', () => {
  it.each(['9000', '6112'])('knows the applet by %s', async (answer) => {
    const { card, exchange } = script([{ command: SELECT, answer }]);
    expect(await selectApplet(exchange)).toBe(true);
    card.assertUsedUp();
  });

  it.each(['6a82', '6d00', '6e00', '6985', '6f00'])('takes %s for a card of another family', async (answer) => {
    const { exchange } = script([{ command: SELECT, answer }]);
    expect(await selectApplet(exchange)).toBe(false);
  });
});

describe('readFile()', () => {
  it('with T=1 takes the file control information along', async () => {
    const { card, exchange } = script(
      [
        { command: '00a4080002020100', answer: '6f0b8102001082010183020201 9000' },
        { command: '00b0000010', answer: `${block(16)} 9000` },
      ],
      'T=1',
    );
    expect(await readFile(exchange, 0x0201, 16)).toHaveLength(16);
    card.assertUsedUp();
  });

  it('answers undefined for a file that is not there, and fails on every other refusal', async () => {
    const absent = script([{ command: '00a40800020005', answer: '6a82' }]);
    expect(await readFile(absent.exchange, 5, 10)).toBeUndefined();
    const refused = script([{ command: '00a40800020005', answer: '6982' }]);
    await expect(readFile(refused.exchange, 5, 10)).rejects.toMatchObject({ code: 'ERR_CARD_SECURITY_STATUS' });
  });
});

describe('readBinary()', () => {
  it('reads in blocks to the limit and not beyond', async () => {
    const { card, exchange } = script([
      { command: '00b0000000', answer: `${block(256)} 9000` },
      { command: '00b0010000', answer: `${block(256)} 9000` },
      { command: '00b0020003', answer: `${block(3)} 9000` },
    ]);
    expect(await readBinary(exchange, 515)).toHaveLength(515);
    card.assertUsedUp();
  });

  it.each([
    ['a short block', { command: '00b0010000', answer: `${block(9)} 9000` }, 265],
    ['end of file reached', { command: '00b0010000', answer: `${block(9)} 6282` }, 265],
    ['an offset beyond the end', { command: '00b0010000', answer: '6b00' }, 256],
  ])('ends at %s', async (_, step, length) => {
    const { card, exchange } = script([{ command: '00b0000000', answer: `${block(256)} 9000` }, step]);
    expect(await readBinary(exchange, 2000)).toHaveLength(length);
    card.assertUsedUp();
  });

  it('ends at an empty answer instead of asking for ever', async () => {
    const { exchange } = script([{ command: '00b0000000', answer: '9000' }]);
    expect(await readBinary(exchange, 2000)).toHaveLength(0);
  });

  it('fails on a refusal, also of the first offset', async () => {
    for (const answer of ['6982', '6b00', '6f00']) {
      const { exchange } = script([{ command: '00b0000000', answer }]);
      await expect(readBinary(exchange, 10_000)).rejects.toMatchObject({ name: 'MiddlewareError' });
    }
  });

  it('keeps no more than it asked for', async () => {
    const { exchange } = script([{ command: '00b0000004', answer: `${block(20)} 9000` }]);
    expect(await readBinary(exchange, 4)).toHaveLength(4);
  });
});

describe('readSerial() and readFreshness()', () => {
  it('refuse a serial number that is too short or missing', async () => {
    const short = script([
      { command: '00a40800020201', answer: '9000' },
      { command: '00b0000010', answer: `${block(8)} 9000` },
    ]);
    await expect(readSerial(short.exchange)).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
    const missing = script([{ command: '00a40800020201', answer: '6a82' }]);
    await expect(readSerial(missing.exchange)).rejects.toMatchObject({ code: 'ERR_CARD_FILE_NOT_FOUND' });
  });

  it('know of cards without freshness counters', async () => {
    const { exchange } = script([{ command: '00a40800020202', answer: '6a82' }]);
    expect(await readFreshness(exchange)).toBeUndefined();
  });
});

describe('readContents()', () => {
  const record = (fid: string, size: number, name: string, directory: string): string =>
    fid +
    size.toString(16).padStart(4, '0') +
    Buffer.from(name.padEnd(8, '\0')).toString('hex') +
    Buffer.from(directory.padEnd(8, '\0')).toString('hex') +
    '01';
  const index = (...records: string[]): ScriptStep[] => {
    const bytes = `${records.length.toString(16).padStart(2, '0')}${records.join('')}`;
    return [
      { command: '00a40800020101', answer: '9000' },
      { command: '00b0000000', answer: `${bytes} 9000` },
    ];
  };
  const keyMap = (answer: string): ScriptStep[] => [
    { command: '00a40800020005', answer: '9000' },
    { command: '00b0000078', answer: `${answer} 9000` },
  ];
  const { der } = selfSigned('TEST Tolvan', 'p256');
  const hexLength = der.length.toString(16).padStart(2, '0').slice(-2);
  const readCertificate = (fid: string): ScriptStep[] =>
    der.length > 256
      ? [
          { command: `00a4080002${fid}`, answer: '9000' },
          { command: '00b0000000', answer: `${toHex(der.subarray(0, 256))} 9000` },
          { command: `00b00100${hexLength}`, answer: `${toHex(der.subarray(256))} 9000` },
        ]
      : [
          { command: `00a4080002${fid}`, answer: '9000' },
          { command: `00b00000${hexLength}`, answer: `${toHex(der)} 9000` },
        ];

  it('reports a certificate file that makes no sense and goes on with the others', async () => {
    const { card, exchange } = script([
      ...index(record('0300', 4, 'kxc00', 'mscp'), record('0301', der.length, 'kxc01', 'mscp')),
      ...keyMap('0157010000000001'),
      { command: '00a40800020300', answer: '9000' },
      { command: '00b0000004', answer: 'deadbeef 9000' },
      ...readCertificate('0301'),
    ]);
    const contents = await readContents(exchange, product, defaultPinFormat);
    expect(contents.unreadable).toMatchObject([{ name: 'kxc00', error: { code: 'ERR_CARD_RESPONSE' } }]);
    expect(contents.certificates.map(({ name, key }) => [name, key?.reference])).toEqual([['kxc01', 0x57]]);
    card.assertUsedUp();
  });

  it('shows a certificate without key where the key map has none, and only the user PIN then', async () => {
    const { exchange } = script([
      ...index(record('0301', der.length, 'kxc01', 'mscp')),
      { command: '00a40800020005', answer: '6a82' },
      ...readCertificate('0301'),
    ]);
    const { certificates, pins } = await readContents(exchange, product, defaultPinFormat);
    expect(certificates).toMatchObject([{ name: 'kxc01', key: undefined }]);
    expect(pins.map(({ reference }) => reference)).toEqual([0x11]);
  });

  const key = (container: number): string =>
    `01${(0x56 + container).toString(16)}${container.toString(16).padStart(2, '0')}0000000001`;
  const free = '00'.repeat(8);

  it('reads no more of the key map than 15 records where the last is free and no key is missing', async () => {
    const { card, exchange } = script([
      ...index(record('0301', der.length, 'kxc01', 'mscp')),
      ...keyMap(key(0) + key(1) + free.repeat(13)),
      ...readCertificate('0301'),
    ]);
    const { certificates } = await readContents(exchange, product, defaultPinFormat);
    expect(certificates).toMatchObject([{ key: { reference: 0x57 } }]);
    card.assertUsedUp();
  });

  it.each([
    ['the 15th is taken', key(1).repeat(15)],
    ["a certificate's key is missing", key(0) + free.repeat(14)],
  ])('reads the key map on where %s', async (_, start) => {
    const { card, exchange } = script([
      ...index(record('0301', der.length, 'kxc01', 'mscp')),
      ...keyMap(start),
      { command: '00b0007800', answer: `${key(1)}0183020000000002 9000` },
      ...readCertificate('0301'),
    ]);
    const { certificates, pins } = await readContents(exchange, product, defaultPinFormat);
    expect(certificates).toMatchObject([{ key: { reference: 0x57 } }]);
    expect(pins.map(({ reference }) => reference)).toEqual([0x11, 0x83]);
    card.assertUsedUp();
  });

  it('does not ask an 840 without certificates for its container map', async () => {
    const { card, exchange } = script(index(record('020a', 86, 'cmapfile', 'mscp')));
    const naming = { ...product, keys: { first: 0xf7, step: 1 } };
    expect((await readContents(exchange, naming, defaultPinFormat)).certificates).toEqual([]);
    card.assertUsedUp();
  });

  it('names the keys of an 840 by its container map, as far as there are certificates', async () => {
    const container = `${'00'.repeat(80)}010000000008`;
    const { card, exchange } = script([
      ...index(record('020a', 86, 'cmapfile', 'mscp'), record('0301', der.length, 'kxc01', 'mscp')),
      { command: '00a4080002020a', answer: '9000' },
      { command: '00b00000ac', answer: `${'00'.repeat(86)}${container} 9000` },
      ...readCertificate('0301'),
    ]);
    const { certificates } = await readContents(
      exchange,
      { ...product, keys: { first: 0xf7, step: 1 } },
      defaultPinFormat,
    );
    expect(certificates).toMatchObject([{ key: { reference: 0xf8, pin: 0x11, canSign: true, canDecipher: true } }]);
    card.assertUsedUp();
  });

  it('reads an index of more than one block', async () => {
    const many = Array.from({ length: 13 }, (_, at) => record('0400', 0, `kxc${at + 10}`, 'mscp'));
    const bytes = `0d${many.join('')}`;
    const { card, exchange } = script([
      { command: '00a40800020101', answer: '9000' },
      { command: '00b0000000', answer: `${bytes.slice(0, 512)} 9000` },
      { command: '00b0010012', answer: `${bytes.slice(512)} 9000` },
      { command: '00a40800020005', answer: '6a82' },
    ]);
    expect((await readContents(exchange, product, defaultPinFormat)).certificates).toEqual([]);
    card.assertUsedUp();
  });

  it('takes the label from tinfo without control characters', async () => {
    const label = Buffer.from('TEST \u001b[2Jkort\0').toString('hex');
    const size = label.length / 2 + 2;
    const { exchange } = script([
      ...index(record('0310', size, 'tinfo', 'p11')),
      { command: '00a40800020005', answer: '6a82' },
      { command: '00a40800020310', answer: '9000' },
      {
        command: `00b00000${size.toString(16).padStart(2, '0')}`,
        answer: `01${(size - 2).toString(16).padStart(2, '0')}${label} 9000`,
      },
    ]);
    expect((await readContents(exchange, product, defaultPinFormat)).label).toBe('TEST [2Jkort');
  });

  it('fails typed without an index and on a malformed one', async () => {
    const missing = script([{ command: '00a40800020101', answer: '6a82' }]);
    await expect(readContents(missing.exchange, product, defaultPinFormat)).rejects.toMatchObject({
      code: 'ERR_CARD_FILE_NOT_FOUND',
    });
    const short = script([
      { command: '00a40800020101', answer: '9000' },
      { command: '00b0000000', answer: '05 9000' },
    ]);
    await expect(readContents(short.exchange, product, defaultPinFormat)).rejects.toMatchObject({
      code: 'ERR_CARD_RESPONSE',
    });
  });
});
