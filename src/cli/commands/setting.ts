import { reasonText } from '../../messages/reasons.js';
import { languageOf } from '../../messages/language.js';
import { settingMessages } from '../../messages/setting.js';
import { settingNames, type SettingName, type SettingsFile, type SettingSource } from '../../model/setting.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { writeJson, writeLines, type Command, type CommandContext } from '../context.js';

interface SettingState {
  readonly name: SettingName;
  /** Null: nothing is set. */
  readonly value: string | null;
  readonly source: SettingSource | null;
}

/** `kort setting list` */
export function settingListCommand(context: CommandContext): Promise<number> {
  const files = context.ports.settings.files();
  const states = settingNames.map((name) => stateOf(name, files));
  if (context.json) writeJson(context, { settings: states });
  else {
    const width = Math.max(...settingNames.map((name) => name.length));
    writeLines(context, [
      ...states.map((state) => `${state.name.padEnd(width)}  ${stateText(state, context)}`),
      ...overruling('language', context),
      ...problemLines(files, context),
    ]);
  }
  return Promise.resolve(0);
}

/** `kort setting get NAME` */
export function settingGetCommand(name: SettingName): Command {
  return (context) => {
    const state = stateOf(name, context.ports.settings.files());
    if (context.json) writeJson(context, state);
    else writeLines(context, [screenText(state.value ?? settingMessages[context.language].unset[name])]);
    return Promise.resolve(0);
  };
}

/** `kort setting set NAME VALUE` */
export function settingSetCommand(name: SettingName, value: string): Command {
  return (context) => {
    const { settings } = context.ports;
    settings.change(name, value);
    // Who changes the language reads the answer in the new one.
    const language = name === 'language' ? (languageOf(value) ?? context.language) : context.language;
    if (context.json) writeJson(context, stateOf(name, settings.files()));
    else
      writeLines(context, [
        screenText(settingMessages[language].changed(name, value)),
        ...overruling(name, { ...context, language }),
      ]);
    return Promise.resolve(0);
  };
}

/** `kort setting unset NAME` */
export function settingUnsetCommand(name: SettingName): Command {
  return (context) => {
    const words = settingMessages[context.language];
    const { settings } = context.ports;
    const before = stateOf(name, settings.files());
    if (before.source === 'user') settings.change(name, undefined);
    const after = stateOf(name, settings.files());
    if (context.json) writeJson(context, after);
    else {
      const still = after.value === null ? [] : [words.stillSet(name, after.value)];
      const done = before.source === 'user' ? words.takenBack(name) : words.wasNotSet(name);
      writeLines(context, [done, ...still].map(screenText));
    }
    return Promise.resolve(0);
  };
}

function stateOf(name: SettingName, files: readonly SettingsFile[]): SettingState {
  const file = files.find(({ settings }) => settings[name] !== undefined);
  return { name, value: file?.settings[name] ?? null, source: file?.source ?? null };
}

function stateText({ name, value, source }: SettingState, { language }: CommandContext): string {
  const words = settingMessages[language];
  if (value === null || source === null) return `${words.about[name]} (${words.unset[name]})`;
  return screenText(`${words.about[name]}: ${value} (${words.source[source]})`);
}

/** An environment variable comes before the setting. */
function overruling(name: SettingName, { language, ports }: CommandContext): readonly string[] {
  const isSet = languageOf(ports.env['KORT_LANG']) !== undefined;
  return name === 'language' && isSet ? [settingMessages[language].overruled('KORT_LANG')] : [];
}

function problemLines(files: readonly SettingsFile[], { language }: CommandContext): readonly string[] {
  return files.flatMap(({ path, problems }) =>
    problems.map(({ fields }) =>
      screenText(settingMessages[language].notUsed(path, reasonText(language, fields) ?? 'ERR_CONFIG_INVALID')),
    ),
  );
}
