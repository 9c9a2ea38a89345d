/** The languages that every sentence exists in. */
export type Language = 'sv' | 'en';

/** Where the wish for a language is looked up. */
export interface LanguageSources {
  /** The value of `--lang`. */
  readonly flag?: string | undefined;
  /** `kort setting set language`. */
  readonly setting?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const localeVariables = ['LC_ALL', 'LC_MESSAGES', 'LANG'];

/**
 * The first language that is named and known: `--lang`, KORT_LANG, the setting, LC_ALL, LC_MESSAGES, LANG, else English.
 * A locale's territory and encoding do not matter, nor whether the system has it; `C` and `POSIX` mean English. A
 * language that we do not have is passed over, so that LC_ALL=fi_FI.UTF-8 with LANG=sv_FI.UTF-8 gives Swedish.
 */
export function resolveLanguage(sources: LanguageSources): Language {
  return settledLanguage(sources) ?? firstOf(localeVariables.map((name) => sources.env[name])) ?? 'en';
}

/** The language that somebody has chosen for kort itself: `--lang`, KORT_LANG, the setting. */
export function settledLanguage({ flag, setting, env }: LanguageSources): Language | undefined {
  return firstOf([flag, env['KORT_LANG'], setting]);
}

function firstOf(wishes: readonly (string | undefined)[]): Language | undefined {
  return wishes.map(languageOf).find((language) => language !== undefined);
}

/** The language of `sv`, `sv_SE.UTF-8`, `en-GB`, `C` and the like; undefined for one that we do not have. */
export function languageOf(locale: string | undefined): Language | undefined {
  const name = locale?.split(/[_.@-]/, 1)[0]?.toLowerCase();
  if (name === 'sv') return 'sv';
  return name === 'en' || name === 'c' || name === 'posix' ? 'en' : undefined;
}
