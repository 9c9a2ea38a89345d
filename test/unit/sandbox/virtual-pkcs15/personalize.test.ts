import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { allFiles } from '../../../../src/sandbox/virtual-pkcs15/card-files.js';
import { bitString } from '../../../../src/sandbox/virtual-pkcs15/object-entries.js';
import type { CommandSet, Pkcs15CardState } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { decodePkcs15State, encodePkcs15State } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-state-codec.js';
import { filePkcs15Store } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { personalizePkcs15 } from '../../../../src/sandbox/virtual-pkcs15/personalize-pkcs15.js';
import { selfSigned } from '../../../support/self-signed-certificate.js';
import { ascii, testPeople } from '../../../support/virtual-card-fixture.js';
import { pkcs15FixtureCard, testPkcs15Personalization } from '../../../support/virtual-pkcs15-fixture.js';

const sets: CommandSet[] = ['isoapplet', 'myeid'];

const contentOf = (state: Pkcs15CardState, fid: number): string => {
  const file = allFiles(state.root).find((candidate) => candidate.fid === fid);
  return file?.kind === 'ef' ? toHex(file.content).replace(/(00)+$/, '') : '';
};

describe('personalizePkcs15()', () => {
  const lastUpdate = new Date('2026-11-21T23:52:56Z');
  const golden = (commandSet: CommandSet): Pkcs15CardState =>
    personalizePkcs15(
      testPkcs15Personalization(commandSet, {
        label: 'T500 card',
        lastUpdate,
        serial: fromHex('00010203040506070809'),
      }),
    );

  it('writes the files that pkcs15-init writes', () => {
    const state = golden('isoapplet');
    expect(contentOf(state, 0x2f00)).toBe('611f4f0ca000000063504b43532d3135500954353030206361726451043f005015');
    expect(contentOf(state, 0x5031)).toBe(
      'a80a300804063f0050154401a00a300804063f0050154402a10a300804063f0050154403a40a300804063f0050154404',
    );
    expect(contentOf(state, 0x4401)).toBe(
      '302f300e0c08557365722050494e030206c030030401ffa11830160302028c0a01010201040201100201108001010401',
    );
    expect(contentOf(state, 0x5032)).toBe(
      '303f020100040a000102030405060708090c0c6b6f72742073616e64626f78' +
        '8009543530302063617264' +
        '03020410a511180f32303236313132313233353235365a',
    );
    expect(contentOf(state, 0x4402)).toMatch(
      /^303330110c085445535420525341030206c00401ff300e04014503020274030207800201/,
    );
    expect(contentOf(state, 0x4404)).toMatch(
      /^3023300e0c085445535420525341030206403003040145a10c300a300804063f0050153400/,
    );
  });

  it('puts keys of a MyEID card into files, under the PIN that was asked for', () => {
    const state = golden('myeid');
    const keys = allFiles(state.root).filter(({ kind }) => kind === 'key');
    expect(keys.map(({ fid, access }) => [fid, toHex(access)])).toEqual([
      [0x4b01, '1111ff'],
      [0x4b02, '1111ff'],
      [0x4b03, '2111ff'],
    ]);
    expect(state.keys).toEqual([]);
    expect(contentOf(state, 0x4401)).toContain(toHex(ascii('Signature PIN')));
  });

  it('lists a certificate without key as an issuer’s', () => {
    const { rsa } = testPeople();
    const state = personalizePkcs15(testPkcs15Personalization('isoapplet', { certificates: [{ der: rsa.der }] }));
    expect(contentOf(state, 0x4402)).toBe('');
    expect(contentOf(state, 0x4404)).toContain('0401450101ff');
  });

  it.each([
    ['a short PIN', { pin: ascii('123') }],
    ['a long PIN', { pin: ascii('12345678901234567') }],
    ['a short PUK', { puk: ascii('12345678') }],
    ['a second PIN', { signaturePin: ascii('1234') }],
    ['contents beyond capacity', { capacity: 3000 }],
    [
      'another key than the certificate’s',
      { certificates: [{ ...testPeople().rsa, privateKey: selfSigned('TEST').privateKey }] },
    ],
    ['a key under a PIN that is not there', { certificates: [{ ...testPeople().rsa, pin: 'signature' as const }] }],
  ])('refuses %s on an IsoApplet card', (_, overrides) => {
    expect(() => personalizePkcs15(testPkcs15Personalization('isoapplet', overrides))).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE' }),
    );
  });

  it('encodes named bits without trailing zeros', () => {
    expect([[0, 1], [2, 9], [0, 4, 5], [7]].map((bits) => toHex(bitString(bits)))).toEqual([
      '030206c0',
      '0303062040',
      '0302028c',
      '03020001',
    ]);
  });
});

describe('PKCS #15 card state', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kort-pkcs15-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(sets)('survives its encoding (%s)', (commandSet) => {
    const state = personalizePkcs15(testPkcs15Personalization(commandSet));
    expect(decodePkcs15State(encodePkcs15State(state))).toEqual(state);
  });

  it('refuses damaged bytes', () => {
    const bytes = encodePkcs15State(personalizePkcs15(testPkcs15Personalization('myeid')));
    for (const damaged of [bytes.subarray(0, 100), new Uint8Array(0), fromHex('e006800400000009')]) {
      expect(() => decodePkcs15State(damaged)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    }
  });

  it('is kept in a file that is the owner’s alone', () => {
    const path = join(folder, 'card', 'state');
    const store = filePkcs15Store(path);
    store.save(personalizePkcs15(testPkcs15Personalization('isoapplet')));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { send } = pkcs15FixtureCard('isoapplet', {}, { store });
    expect(send(`0020000110${'39'.repeat(4)}${'00'.repeat(12)}`)).toBe('63c2');
    const again = pkcs15FixtureCard('isoapplet', {}, { store: filePkcs15Store(path) });
    expect(again.send('00200001')).toBe('63c2');
    writeFileSync(path, 'nonsense');
    expect(() => store.load()).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });
});
