import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeUserSetting, readSettingFiles, readUserSettings } from '../../../src/platform/user-settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const places = () => ({ user: join(folder, 'settings.json'), system: join(folder, 'system.json') });

function write(texts: { readonly user?: string; readonly system?: string }): void {
  for (const source of ['user', 'system'] as const) {
    const text = texts[source];
    if (text !== undefined) writeFileSync(places()[source], text, { mode: 0o600 });
  }
}

describe('readUserSettings()', () => {
  it('is nothing without files', () => {
    expect(readUserSettings(places())).toEqual({});
    expect(readSettingFiles(places())).toEqual([]);
  });

  it("takes the user's word before the administrator's, each setting by itself", () => {
    write({ user: '{"language": "sv"}', system: '{"language": "en", "pinentry": "off"}' });
    expect(readUserSettings(places())).toEqual({ language: 'sv', pinentry: 'off' });
  });

  it('passes over what is wrong and what it does not know, and says so', () => {
    write({ user: '{"language": "fi", "pinentry": "on", "pinentry-program": "pinentry", "toString": 1}' });
    const [file] = readSettingFiles(places());
    expect(file?.settings).toEqual({ pinentry: 'on' });
    expect(file?.problems.map(({ fields }) => [fields['reason'], fields['field']])).toEqual([
      ['fieldForm', 'language'],
      ['fieldForm', 'pinentry-program'],
      ['fieldUnknown', 'toString'],
    ]);
  });

  it.each([
    ['[]', 'entryForm'],
    ['null', 'entryForm'],
    ['{"language":', 'fileNotJson'],
    [`{"language": "sv"${' '.repeat(70_000)}}`, 'fileTooLong'],
  ])('uses nothing of a file that is no object of settings', (text, reason) => {
    write({ user: text, system: '{"language": "en"}' });
    expect(readUserSettings(places())).toEqual({ language: 'en' });
    expect(readSettingFiles(places())[0]?.problems[0]?.fields['reason']).toBe(reason);
  });

  it('uses nothing of a file that others can write to', () => {
    write({ user: '{"pinentry-program": "/usr/bin/pinentry"}' });
    chmodSync(places().user, 0o666);
    expect(readUserSettings(places())).toEqual({});
    expect(readSettingFiles(places())[0]?.problems[0]?.fields['reason']).toBe('fileUntrusted');
  });
});

describe('changeUserSetting()', () => {
  it("writes the user's file for the user alone, and takes back", () => {
    changeUserSetting('language', 'sv', places().user);
    expect(readUserSettings(places())).toEqual({ language: 'sv' });
    expect(statSync(places().user).mode & 0o777).toBe(0o600);
    changeUserSetting('language', undefined, places().user);
    expect(readUserSettings(places())).toEqual({});
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  it('leaves what else stands in the file, also what it does not know', () => {
    write({ user: '{"later": {"a": 1}, "language": "en"}' });
    changeUserSetting('language', 'sv', places().user);
    expect(JSON.parse(readFileSync(places().user, 'utf8'))).toEqual({ later: { a: 1 }, language: 'sv' });
  });

  it('does not write over a file that it cannot read', () => {
    write({ user: '{"language": "en"' });
    expect(() => changeUserSetting('language', 'sv', places().user)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        fields: expect.objectContaining({ reason: 'fileNotJson' }),
      }),
    );
    expect(readFileSync(places().user, 'utf8')).toBe('{"language": "en"');
  });

  it('says that it cannot write, and leaves no draft', () => {
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    expect(() => changeUserSetting('language', 'sv', join(blocked, 'settings.json'))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
