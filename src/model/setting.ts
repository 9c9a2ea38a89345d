import type { MiddlewareError } from '../core/errors.js';

/** What a setting may be: one of these words, or the full path of a program. */
export type SettingForm = readonly string[] | 'path';

/** The user's settings, one for all instances, and what each may be. */
export const settingForms = {
  language: ['sv', 'en'],
  pinentry: ['on', 'off'],
  'pinentry-program': 'path',
  'pinentry-terminal': 'path',
} as const satisfies Readonly<Record<string, SettingForm>>;

/** Names of the settings. */
export type SettingName = keyof typeof settingForms;

/** All of them, in the order in which they are shown. */
export const settingNames = Object.keys(settingForms) as readonly SettingName[];

type ValueOf<Form> = Form extends readonly (infer Word)[] ? Word : string;

/** What is set; what is not set follows the system. */
export type Settings = { readonly [Name in SettingName]?: ValueOf<(typeof settingForms)[Name]> };

/** Where a setting stands: the user's file comes before the administrator's. */
export type SettingSource = 'user' | 'system';

/** One file of settings, as far as it can be used. */
export interface SettingsFile {
  readonly source: SettingSource;
  readonly path: string;
  readonly settings: Settings;
  /** ERR_CONFIG_INVALID with `path` and a `reason`, one for each thing that is not used. */
  readonly problems: readonly MiddlewareError[];
}

/** What is in force: the first file's word before that of the next. */
export function inForce(files: readonly SettingsFile[]): Settings {
  return files.reduceRight<Settings>((before, { settings }) => ({ ...before, ...settings }), {});
}

/** Whether there is a setting of that name. */
export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingForms, name);
}

/** Whether a setting may be this. */
export function isSettingValue(name: SettingName, value: unknown): value is string {
  const form: SettingForm = settingForms[name];
  if (typeof value !== 'string') return false;
  return typeof form === 'string' ? /^(?:\/|[A-Za-z]:\\)[^\p{Cc}]{1,1000}$/u.test(value) : form.includes(value);
}
