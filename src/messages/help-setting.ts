import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

/** What `--help` says of `kort setting`. */
export interface SettingHelp {
  setting: string;
  commands: Readonly<Record<'list' | 'get' | 'set' | 'unset', string>>;
  arguments: Readonly<Record<'name' | 'value', string>>;
  names: Readonly<Record<'name' | 'value', string>>;
}

const sv: SettingHelp = {
  setting: 'dina inställningar: språk, och hur kort frågar efter PIN-koden',
  commands: {
    list: 'visa alla inställningar och varifrån de kommer',
    get: 'visa en inställning',
    set: 'ändra en inställning',
    unset: 'ta bort din egen inställning',
  },
  arguments: {
    name: 'inställningens namn; ”kort setting list” visar dem',
    value: 'det som ska gälla',
  },
  names: { name: 'namn', value: 'värde' },
};

const en: SettingHelp = {
  setting: 'your settings: language, and how the PIN is asked for',
  commands: {
    list: 'show all settings and where they come from',
    get: 'show a setting',
    set: 'change a setting',
    unset: 'remove your own setting',
  },
  arguments: {
    name: 'name of the setting; "kort setting list" shows them',
    value: 'what shall apply',
  },
  names: { name: 'name', value: 'value' },
};

/** By language. */
export const settingHelp: Readonly<Record<Language, SettingHelp>> = { sv, en };

/** Below its options. */
export const settingNotes: HelpNotes = {
  'setting list': {
    examples: [{ line: 'kort setting list', sv: 'vad som gäller och varför', en: 'what applies, and why' }],
  },
  'setting get': {
    examples: [{ line: 'kort setting get language', sv: 'bara språket', en: 'the language alone' }],
  },
  'setting set': {
    examples: [
      {
        line: 'kort setting set language sv',
        sv: 'svenska, vad systemet än säger',
        en: 'Swedish, whatever the system says',
      },
    ],
  },
  'setting unset': {
    examples: [{ line: 'kort setting unset language', sv: 'datorns språk igen', en: "the computer's language again" }],
  },
};
