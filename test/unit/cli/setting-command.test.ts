import { describe, expect, it } from 'vitest';
import type { SettingsPort } from '../../../src/cli/ports.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { Settings, SettingsFile } from '../../../src/model/setting.js';
import { runScripted } from '../../support/scripted-cli.js';

/** Settings in memory, the user's over the administrator's. */
function settingsIn(user: Settings = {}, system: Settings = {}): SettingsPort & { own: Settings } {
  const file = (source: 'user' | 'system', settings: Settings): SettingsFile => ({
    source,
    path: `/${source}.json`,
    settings,
    problems: [],
  });
  return {
    own: user,
    files() {
      return [file('user', this.own), file('system', system)];
    },
    change(name, value) {
      this.own = { ...this.own, [name]: value };
    },
  };
}

const locale = (LANG: string) => ({ env: { LANG } });

describe('kort setting', () => {
  it('lists what is set and by whom, and what applies otherwise', async () => {
    const settings = settingsIn({ language: 'sv' }, { pinentry: 'off' });
    const { out, code } = await runScripted(['setting', 'list'], { settings });
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'language           språk: sv (din inställning)',
      'pinentry           fråga efter PIN-koden i ett fönster på skrivbordet (pinentry): off (administratörens inställning)',
      'pinentry-program   programmet som visar fönstret (inte angivet: det som datorn har)',
      'pinentry-terminal  terminalen där ett pinentry för terminaler frågar, utan skrivbord (inte angivet: bara på ett skrivbord)',
      '',
    ]);
    const json = await runScripted(['setting', 'list', '--json'], { settings });
    expect(JSON.parse(json.out)).toEqual({
      settings: [
        { name: 'language', value: 'sv', source: 'user' },
        { name: 'pinentry', value: 'off', source: 'system' },
        { name: 'pinentry-program', value: null, source: null },
        { name: 'pinentry-terminal', value: null, source: null },
      ],
    });
  });

  it('answers a change of language in the new one, and keeps to it', async () => {
    const settings = settingsIn();
    const changed = await runScripted(['setting', 'set', 'language', 'sv'], { settings, ...locale('en_US') });
    expect(changed).toEqual({ code: 0, out: 'language är nu sv.\n', error: '' });
    expect((await runScripted(['setting', 'get', 'pinentry'], { settings, ...locale('en_US') })).out).toBe(
      'inte angivet: på där det går\n',
    );
  });

  it('says when the environment decides, which comes first', async () => {
    const settings = settingsIn();
    const ports = { settings, env: { KORT_LANG: 'en' } };
    expect((await runScripted(['setting', 'set', 'language', 'sv'], ports)).out).toBe(
      'language är nu sv.\nJust nu bestämmer miljövariabeln KORT_LANG.\n',
    );
    expect((await runScripted(['setting', 'get', 'language'], ports)).out).toBe('sv\n');
    expect((await runScripted(['setting', 'list'], ports)).out).toContain('the environment variable KORT_LANG decides');
  });

  it("takes the user's own back, and says what still applies", async () => {
    const settings = settingsIn({ pinentry: 'on' }, { pinentry: 'off' });
    const ports = { settings, ...locale('C') };
    expect((await runScripted(['setting', 'unset', 'pinentry'], ports)).out).toBe(
      "Your setting pinentry has been removed.\nThe administrator's setting applies: pinentry is off.\n",
    );
    expect((await runScripted(['setting', 'unset', 'pinentry'], ports)).out).toContain('You have not set pinentry.');
    expect((await runScripted(['setting', 'unset', 'language', '--json'], ports)).out).toBe(
      '{"name":"language","value":null,"source":null}\n',
    );
  });

  it.each([
    [['set', 'language', 'fi'], '”fi” duger inte för ”language”: välj bland sv, en'],
    [
      ['set', 'pinentry-program', 'pinentry'],
      '”pinentry” duger inte för ”pinentry-program”: det ska vara en fullständig sökväg',
    ],
    [
      ['get', 'colour'],
      '”colour” duger inte för ”namn”: välj bland language, pinentry, pinentry-program, pinentry-terminal',
    ],
    [['set', 'language'], 'uppgiften ”värde” saknas'],
  ])('refuses %j', async (argv, detail) => {
    const { code, error } = await runScripted(['setting', ...argv], locale('sv_SE'));
    expect([code, error]).toEqual([2, expect.stringContaining(detail)]);
  });

  it('shows what of the files is not used, and why', async () => {
    const problem = new MiddlewareError('ERR_CONFIG_INVALID', 'x', {
      fields: { reason: 'fieldForm', field: 'language' },
    });
    const files = (): readonly SettingsFile[] => [
      { source: 'user', path: '/user.json', settings: {}, problems: [problem] },
    ];
    const settings: SettingsPort = { files, change: () => undefined };
    expect((await runScripted(['setting', 'list'], { settings, ...locale('sv_SE') })).out).toContain(
      'Används inte: /user.json (uppgiften language har fel form)',
    );
  });
});
