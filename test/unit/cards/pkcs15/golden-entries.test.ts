import { describe, expect, it } from 'vitest';
import { parsePinEntry } from '../../../../src/cards/pkcs15/authentication-objects.js';
import { parseCertificateEntry } from '../../../../src/cards/pkcs15/certificate-entries.js';
import {
  encodeCertificate,
  encodeDirectory,
  encodePrivateKey,
  encodePublicKey,
} from '../../../../src/cards/pkcs15/encode-entries.js';
import { fileInApplication, parsePath, pathName } from '../../../../src/cards/pkcs15/file-path.js';
import { parseKeyEntry } from '../../../../src/cards/pkcs15/key-entries.js';
import { parseObjectDirectory } from '../../../../src/cards/pkcs15/object-directory.js';
import { splitDirectory } from '../../../../src/cards/pkcs15/pkcs15-object.js';
import { nextLastUpdate, parseTokenInfo } from '../../../../src/cards/pkcs15/token-info.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';

/** As OpenSC's pkcs15-init wrote them. */
const golden = {
  odf: 'a80a300804063f0050154401a00a300804063f0050154402a10a300804063f0050154403a40a300804063f0050154404',
  tokenInfo: '3032020100040200000c07756e6b6e6f776e800954353030206361726403020410a511180f32303236313132323030313534385a',
  pin: '302f300e0c08557365722050494e030206c030030401ffa11830160302028c0a0101020104020110020110800101040100',
  rsaPrivate:
    '3031300f0c067369676b6579030206c00401ff300e0401450302052003' + '0203b8020100a10e300c300604043f00501502020800',
  ecPrivate: 'a02a300b0c026563030206c00401ff300b0401470303073080020101a10e300c300604043f00501502020100',
  rsaPublic: '3031300e0c08696d706f7274656403020640300d0401500302008b010100020100a110300e300804063f005015330002020800',
  ecPublic: 'a02830080c02656303020640300e0401470303070380010100020100a10c300a300804063f0050153301',
  certificate: '3021300c0c066d796365727403020640' + '3003040145a10c300a300804063f0050153400',
} as const;

describe('entries that pkcs15-init wrote', () => {
  it('parseObjectDirectory() finds every directory, up to the padding', () => {
    const padded = concatBytes(fromHex(golden.odf), new Uint8Array(100));
    const { directories, damaged, used } = parseObjectDirectory(padded);
    expect(damaged).toEqual([]);
    expect(used).toBe(48);
    expect(directories.map((directory) => [directory.kind, 'file' in directory && pathName(directory.file)])).toEqual([
      ['authObjects', '3F0050154401'],
      ['privateKeys', '3F0050154402'],
      ['publicKeys', '3F0050154403'],
      ['certificates', '3F0050154404'],
    ]);
  });

  it('parseTokenInfo() reads serial number, label and lastUpdate, and where that lies', () => {
    const bytes = fromHex(golden.tokenInfo);
    const info = parseTokenInfo(bytes);
    expect(info).toEqual({ serial: '0000', label: 'T500 card', lastUpdate: '20261122001548Z', lastUpdateAt: 37 });
    expect(Buffer.from(bytes.subarray(37, 52)).toString()).toBe(info.lastUpdate);
  });

  it('nextLastUpdate() is now, and always later than before', () => {
    const next = (before: string, now: string): string =>
      Buffer.from(nextLastUpdate(before, Date.parse(now))).toString();
    expect(next('20261122001548Z', '2026-11-23T10:11:12.900Z')).toBe('20261123101112Z');
    expect(next('20261122001548Z', '2026-11-22T00:15:48Z')).toBe('20261122001549Z');
    expect(next('20261231235959Z', '2020-01-01T00:00:00Z')).toBe('20270101000000Z');
    expect(next('99999999999999Z', '2026-11-23T10:11:12Z')).toBe('20261123101112Z');
    expect(next('99991231235959Z', '2026-11-23T10:11:12Z')).toHaveLength(15);
  });

  it('parsePinEntry() reads type, lengths, reference and role', () => {
    expect(parsePinEntry(fromHex(golden.pin))).toEqual({
      authId: Uint8Array.of(0xff),
      reference: 1,
      type: 'ascii-numeric',
      minLength: 4,
      storedLength: 16,
      maxLength: 16,
      role: 'user',
      unblockDisabled: false,
    });
  });

  it.each([
    ['03020281', 'security-officer'],
    ['03020282', 'unblocking'],
  ])('parsePinEntry() tells a PIN with the flags %s from the holder’s own', (flags, role) => {
    expect(parsePinEntry(fromHex(golden.pin.replace('0302028c', flags)))?.role).toBe(role);
  });

  it('parseKeyEntry() reads RSA and EC keys, private and public', () => {
    expect(parseKeyEntry(fromHex(golden.rsaPrivate))).toMatchObject({
      id: Uint8Array.of(0x45),
      algorithm: 'rsa',
      authId: Uint8Array.of(0xff),
      usage: new Set(['sign']),
      native: true,
      reference: 0,
    });
    const ec = parseKeyEntry(fromHex(golden.ecPrivate));
    expect(ec).toMatchObject({ algorithm: 'ec', reference: 1, usage: new Set(['sign', 'sign-recover']) });
    expect(parseKeyEntry(fromHex(golden.rsaPublic))).toMatchObject({ native: false });
    expect(pathName(parseKeyEntry(fromHex(golden.ecPublic))!.file!)).toBe('3F0050153301');
  });

  it('parseCertificateEntry() reads id and path; the value may also lie in the entry', () => {
    const entry = fromHex(golden.certificate);
    expect(parseCertificateEntry(entry)).toMatchObject({
      id: Uint8Array.of(0x45),
      isAuthority: false,
      value: { file: { path: fromHex('50153400'), index: 0, length: undefined } },
    });
    const direct = (value: string): string => `301d300c0c066d7963657274030206403003040145a1083006a004${value}`;
    for (const value of ['30020500', '05000500']) {
      const wanted = value.startsWith('30') ? value : `3004${value}`;
      expect(parseCertificateEntry(fromHex(direct(value)))?.value).toEqual({ direct: fromHex(wanted) });
    }
  });

  it('parsePath() reads index and length, and begins where no MF is named in DF(PKCS-15)', () => {
    expect(parsePath(fromHex('04063f005015340002020100800203e8'))).toEqual({
      path: fromHex('50153400'),
      index: 256,
      length: 1000,
    });
    expect(pathName(parsePath(fromHex('04023400')))).toBe('3F0050153400');
    for (const wrong of ['', '0400', '0401ff', '04023f00', '0403500015', '0402', '040250150201ff']) {
      expect(() => parsePath(fromHex(wrong)), wrong).toThrow(expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }));
    }
  });
});

describe('entries that we write', () => {
  const rsa = {
    label: 'sigkey',
    id: Uint8Array.of(0x45),
    algorithm: 'rsa' as const,
    bits: 2048,
    authId: Uint8Array.of(0xff),
    keyReference: 0,
    keyPath: fromHex('5015'),
    publicKeyFile: fileInApplication(0x3300),
  };

  it('differ from those of pkcs15-init in what the keys are for alone', () => {
    expect(toHex(encodePrivateKey(rsa))).toBe(golden.rsaPrivate.replace('03020520', '03020274'));
    const imported = { ...rsa, label: 'imported', id: Uint8Array.of(0x50) };
    expect(toHex(encodePublicKey(imported))).toBe(golden.rsaPublic);
    const file = fileInApplication(0x3400);
    expect(toHex(encodeCertificate({ label: 'mycert', id: rsa.id, file }))).toBe(golden.certificate);
    expect(toHex(encodeDirectory('authObjects', fileInApplication(0x4401)))).toBe(golden.odf.slice(0, 24));
  });

  it('are read back, with labels cut where a character ends', () => {
    const label = `${'x'.repeat(63)}å`;
    const entry = encodePrivateKey({ ...rsa, label, algorithm: 'ec', bits: 384, keyReference: 15 });
    expect(parseKeyEntry(entry)).toMatchObject({ algorithm: 'ec', reference: 15, usage: new Set(['sign']) });
    const certificate = encodeCertificate({ label, id: rsa.id, file: fileInApplication(0x3400) });
    expect(parseCertificateEntry(certificate)?.label).toBe('x'.repeat(63));
  });
});

describe('splitDirectory()', () => {
  const entry = '30020500';

  it.each([
    ['padding', `${entry}${entry}0000`, 100, 2, undefined],
    ['the end of the file', `${entry}${entry}`, 8, 2, undefined],
    ['an entry beyond the file', `${entry}3082ffff00`, 20, 1, undefined],
    ['what is no entry', `${entry}3080aabbccdd`, 20, 1, undefined],
    ['nothing', '', 0, 0, undefined],
    ['bytes that are not read yet', `${entry}${entry}`, 100, 2, 9],
    ['half an entry', `${entry}3009aa`, 100, 1, 15],
    ['half a header', `${entry}3082`, 100, 1, 9],
  ])('ends the entries at %s', (where, bytes, limit, count, wanted) => {
    const found = splitDirectory(fromHex(bytes), limit);
    expect(found.entries).toHaveLength(count);
    expect(found.used).toBe(count * 4);
    expect(found.wanted).toBe(wanted);
    expect(found.intact).toBe(!/beyond|no entry|half/.test(where));
  });
});
