import type { SettingName, SettingSource } from '../model/setting.js';
import type { Language } from './language.js';

/** What `kort setting` says. */
export interface SettingMessages {
  /** What a setting is about. */
  about: Readonly<Record<SettingName, string>>;
  /** What applies where nothing is set. */
  unset: Readonly<Record<SettingName, string>>;
  source: Readonly<Record<SettingSource, string>>;
  changed(name: string, value: string): string;
  takenBack(name: string): string;
  wasNotSet(name: string): string;
  /** The administrator's still applies. */
  stillSet(name: string, value: string): string;
  /** Something else comes first just now. */
  overruled(variable: string): string;
  /** A file, or something in it, is passed over. */
  notUsed(path: string, reason: string): string;
  pathForm: string;
}

const sv: SettingMessages = {
  about: {
    language: 'språk',
    pinentry: 'fråga efter PIN-koden i ett fönster på skrivbordet (pinentry)',
    'pinentry-program': 'programmet som visar fönstret',
    'pinentry-terminal': 'terminalen där ett pinentry för terminaler frågar, utan skrivbord',
  },
  unset: {
    language: 'inte angivet: datorns språk',
    pinentry: 'inte angivet: på där det går',
    'pinentry-program': 'inte angivet: det som datorn har',
    'pinentry-terminal': 'inte angivet: bara på ett skrivbord',
  },
  source: { user: 'din inställning', system: 'administratörens inställning' },
  changed: (name, value) => `${name} är nu ${value}.`,
  takenBack: (name) => `Din inställning ${name} är borttagen.`,
  wasNotSet: (name) => `Du har inte angett ${name}.`,
  stillSet: (name, value) => `Administratörens inställning gäller: ${name} är ${value}.`,
  overruled: (variable) => `Just nu bestämmer miljövariabeln ${variable}.`,
  notUsed: (path, reason) => `Används inte: ${path} (${reason})`,
  pathForm: 'det ska vara en fullständig sökväg',
};

const en: SettingMessages = {
  about: {
    language: 'language',
    pinentry: 'ask for the PIN in a window on the desktop (pinentry)',
    'pinentry-program': 'the program that shows the window',
    'pinentry-terminal': 'the terminal on which a pinentry for terminals asks, without a desktop',
  },
  unset: {
    language: "not set: the computer's language",
    pinentry: 'not set: on where it is possible',
    'pinentry-program': 'not set: the one that the computer has',
    'pinentry-terminal': 'not set: on a desktop only',
  },
  source: { user: 'your setting', system: "the administrator's setting" },
  changed: (name, value) => `${name} is now ${value}.`,
  takenBack: (name) => `Your setting ${name} has been removed.`,
  wasNotSet: (name) => `You have not set ${name}.`,
  stillSet: (name, value) => `The administrator's setting applies: ${name} is ${value}.`,
  overruled: (variable) => `At the moment the environment variable ${variable} decides.`,
  notUsed: (path, reason) => `Not used: ${path} (${reason})`,
  pathForm: 'it must be an absolute path',
};

/** By language. */
export const settingMessages: Readonly<Record<Language, SettingMessages>> = { sv, en };
