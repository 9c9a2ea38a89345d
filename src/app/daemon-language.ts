import { resolveLanguage, settledLanguage, type Language } from '../messages/language.js';
import { readUserSettings } from '../platform/user-settings.js';

/** The language of what the daemon says by itself: KORT_LANG, the setting, the locale. Looked up anew each time. */
export function daemonLanguage(): Language {
  return resolveLanguage({ env: process.env, setting: readUserSettings().language });
}

/** The language that somebody has chosen for kort, before a browser's wish: KORT_LANG, the setting. */
export function chosenLanguage(): Language | undefined {
  return settledLanguage({ env: process.env, setting: readUserSettings().language });
}
