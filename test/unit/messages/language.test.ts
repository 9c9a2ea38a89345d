import { describe, expect, it } from 'vitest';
import { languageOf, resolveLanguage } from '../../../src/messages/language.js';

describe('resolveLanguage()', () => {
  it.each([
    ['nothing', {}, 'en'],
    ['LANG alone', { LANG: 'sv_SE.UTF-8' }, 'sv'],
    ['LC_MESSAGES over LANG', { LC_MESSAGES: 'en_GB.UTF-8', LANG: 'sv_SE.UTF-8' }, 'en'],
    ['LC_ALL over LC_MESSAGES', { LC_ALL: 'sv_SE', LC_MESSAGES: 'en_GB', LANG: 'en_US' }, 'sv'],
    ['KORT_LANG over LC_ALL', { KORT_LANG: 'en', LC_ALL: 'sv_SE', LANG: 'sv_SE' }, 'en'],
    ['LC_ALL=C over LANG', { LC_ALL: 'C', LANG: 'sv_SE.UTF-8' }, 'en'],
    ['POSIX', { LC_ALL: 'POSIX', LANG: 'sv_SE.UTF-8' }, 'en'],
    ['C.UTF-8', { LANG: 'C.UTF-8' }, 'en'],
    ['an empty variable', { LC_ALL: '', LANG: 'sv_SE' }, 'sv'],
    ['a language that we do not have', { LC_ALL: 'fi_FI.UTF-8', LANG: 'sv_FI.UTF-8' }, 'sv'],
    ['only languages that we do not have', { LC_ALL: 'fi_FI', LANG: 'de_DE' }, 'en'],
    ['an unknown KORT_LANG', { KORT_LANG: 'xx', LANG: 'sv' }, 'sv'],
  ] as const)('takes %s', (_what, env, expected) => {
    expect(resolveLanguage({ env })).toBe(expected);
  });

  it('puts the flag before every variable', () => {
    expect(resolveLanguage({ flag: 'sv', env: { KORT_LANG: 'en', LC_ALL: 'en_US' } })).toBe('sv');
  });

  it('puts the setting after KORT_LANG and before the locale', () => {
    expect(resolveLanguage({ setting: 'sv', env: { LC_ALL: 'en_US' } })).toBe('sv');
    expect(resolveLanguage({ setting: 'sv', env: { KORT_LANG: 'en', LC_ALL: 'sv_SE' } })).toBe('en');
  });
});

describe('languageOf()', () => {
  it.each(['sv', 'sv_SE', 'sv_SE.UTF-8', 'sv-FI', 'SV', 'sv@euro'])('knows %s as Swedish', (locale) => {
    expect(languageOf(locale)).toBe('sv');
  });

  it.each(['svx', 'sve', '', ' sv', undefined])('does not know %s', (locale) => {
    expect(languageOf(locale)).toBeUndefined();
  });
});
