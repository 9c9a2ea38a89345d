import { describe, expect, it } from 'vitest';
import { shownEnvironment } from '../../../src/doctor/report-environment.js';
import { shownReport } from '../../../src/doctor/report-findings.js';
import { shownLog } from '../../../src/doctor/report-log.js';
import { shownSettings } from '../../../src/doctor/report-settings.js';
import { knownWord, shownPath, shownProgram, shownReader, shownVersion } from '../../../src/doctor/report-words.js';
import type { DoctorReport } from '../../../src/model/doctor.js';
import { tarGz } from '../../../src/platform/tar-archive.js';

const words = new Set(['Daemon is up', 'ERR_CARD_MUTE', 'reason', 'relying-parties.d', 'src/core/secret.js', '1234']);

describe('shownReader()', () => {
  it.each([
    ['Gemalto PC Twin Reader 00 00', 'Gemalto PC Twin Reader 00 00'],
    ['OMNIKEY AG CardMan 3121 01 00', 'OMNIKEY # CardMan 3121 01 00'],
    ['ACS ACR38U-CCID (12345678) 00 00', 'ACS # (#) 00 00'],
    ["Anna's Reader", '# Reader'],
    ['Citrix PC-ANNA-191212 Virtual Reader', 'Citrix # Virtual Reader'],
    ['191212121212', '#'],
    ['Yubico YubiKey OTP+FIDO+CCID 00 00', 'Yubico YubiKey # 00 00'],
  ])('shows "%s" as "%s"', (name, shown) => expect(shownReader(name)).toBe(shown));
});

describe('shownPath()', () => {
  it.each([
    ['/home/anna/.config/kort/relying-parties.d/anna.json', '/home/#/.config/kort/relying-parties.d/#.json'],
    ['/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so', '/usr/lib/x86_64-linux-gnu/pkcs11/#.so'],
    ['C:\\Users\\Anna\\x.pem', '#\\Users\\#\\#.pem'],
    ['1234', '#'],
    ['/home/elliot.exempe/.config', '/home/#/.config'],
    ['/mnt/Elliot/.elliot', '/mnt/#/#'],
    ['/run/user/1000/kort/control.sock', '/run/user/#/kort/#.sock'],
  ])('shows %s as %s', (path, shown) => expect(shownPath(path, words)).toBe(shown));
});

describe('shownReport()', () => {
  const shown = (code: string, fields: Readonly<Record<string, string>>): unknown => {
    const finding = { code, severity: 'warning', fields } as const;
    const checks = [{ check: 'files', state: 'warning', durationMs: 1, findings: [finding] }] as const;
    const report = { instance: 'default', time: '2026-01-01T00:00:00Z', checks } as unknown as DoctorReport;
    return shownReport(report, words).checks[0]?.findings[0]?.fields;
  };

  it('names no other person who owns a file, but the program that has a port', () => {
    expect(shown('files.file-foreign', { owner: 'elliot.exempelsson' })).toEqual({ owner: '#' });
    expect(shown('session.runtime-foreign', { owner: 'elliot' })).toEqual({ owner: '#' });
    expect(shown('files.folder-foreign', { owner: 'root' })).toEqual({ owner: 'root' });
    expect(shown('port.taken', { owner: '/home/elliot/bin/node' })).toEqual({ owner: 'node' });
  });
});

describe('words of the program', () => {
  it('are shown, and none with four digits', () => {
    expect(knownWord('Daemon is up', words)).toBe('Daemon is up');
    expect(knownWord('Anna is up', words)).toBe('#');
    expect(knownWord('1234', words)).toBe('#');
  });

  it('are the name of a program without its folder and arguments, and versions', () => {
    expect(shownProgram('/home/anna/bin/node --pin 1234')).toBe('node');
    expect(shownProgram('191212121212')).toBe('#');
    expect(shownVersion('v20.20.2')).toBe('v20.20.2');
    expect(shownVersion('19.121212121212')).toBe('#');
    expect(shownVersion('Anna')).toBe('#');
  });
});

describe('shownLog()', () => {
  const line = (entry: unknown): string => shownLog(JSON.stringify(entry), words);

  it('keeps sentences, codes, counts and places of the program', () => {
    const entry = { level: 40, time: 1_790_000_000_000, msg: 'Daemon is up', reason: 'ERR_CARD_MUTE' };
    expect(JSON.parse(line(entry))).toEqual({
      ...{ time: '2026-09-21T14:13:20.000Z', level: 'warn', msg: 'Daemon is up', reason: 'ERR_CARD_MUTE' },
    });
    expect(shownLog('    at f (file:///home/anna/dist/src/core/secret.js:1:2)', words)).toBe(
      'at src/core/secret.js:1:2',
    );
  });

  it.each([
    { msg: 'Anna' },
    { msg: 'Daemon is up', reason: { Anna: ['Anna', { reason: 'Anna' }] } },
    { msg: 'Daemon is up', port: 191212121212 },
    { msg: 'Daemon is up', pin: 1234 },
    { time: 'Anna', level: 'Anna' },
    { error: { stack: 'Error: Anna\n    at Anna (/home/Anna/x.js:1:2)\n    at Anna (src/Anna.js:1:2)', code: 'Anna' } },
    ['Anna'],
    'Anna 1234',
    191212121212,
  ])('shows nothing of %j', (entry) => expect(line(entry)).not.toMatch(/Anna|1234|1912/));

  it('shows nothing of lines that are not its own', () => {
    const lines = ['Anna', '    at Anna (/home/Anna/x.js:1:2)', '{"msg":"half', '    at node_modules/anna/x.js:1:2'];
    expect(shownLog(lines.join('\n'), words)).not.toMatch(/anna|half/i);
  });
});

describe('shownEnvironment()', () => {
  it('shows no variable that it does not know, and of the others only what is no word of a person', () => {
    const env = { LANG: 'sv_SE.UTF-8', TERM: 'anna', TZ: 'Europe/Anna', PATH: '/anna', SECRET: 'x', NO_PROXY: 'anna' };
    expect(shownEnvironment({ ...env, XDG_CURRENT_DESKTOP: 'Anna', DISPLAY: '' })).toEqual({
      ...{ LANG: 'sv_SE.UTF-8', TERM: '(set)', TZ: '(set)', NO_PROXY: '(set)', XDG_CURRENT_DESKTOP: '(set)' },
      DISPLAY: '(empty)',
    });
  });
});

describe('shownSettings()', () => {
  it('shows names that the program has, and of values their kind only', () => {
    const json = { reason: 'Anna', Anna: 1, list: [{ reason: 1234 }, 2] };
    const file = { name: 'relying-parties.d/anna.json', owner: 'user', bytes: 5, mode: '600', json } as const;
    expect(shownSettings([file], words)).toEqual([
      {
        ...{ owner: 'user', name: 'relying-parties.d/#.json', bytes: 5, mode: '600' },
        shape: { reason: 'string', '#': ['2 ×', { reason: 'number' }] },
      },
    ]);
  });
});

describe('tarGz()', () => {
  it('refuses names that an archive of this kind cannot have', () => {
    expect(() => tarGz([{ name: 'ö', bytes: new Uint8Array() }], 0)).toThrow(RangeError);
    expect(() => tarGz([{ name: 'x'.repeat(101), bytes: new Uint8Array() }], 0)).toThrow(RangeError);
  });
});
