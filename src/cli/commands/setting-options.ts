import type { Command as Parser } from 'commander';
import { settingHelp, settingNotes } from '../../messages/help-setting.js';
import { settingMessages } from '../../messages/setting.js';
import { isSettingName, isSettingValue, settingForms, settingNames, type SettingName } from '../../model/setting.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { settingGetCommand, settingListCommand, settingSetCommand, settingUnsetCommand } from './setting.js';

/** `kort setting list|get|set|unset` */
export function addSettingCommands(program: Parser, parts: ProgramParts): void {
  const { language, choose } = parts;
  const help = settingHelp[language];
  const setting = program.command('setting').description(help.setting);
  const named = (command: 'get' | 'set' | 'unset'): Parser =>
    setting
      .command(command)
      .description(help.commands[command])
      .argument(`<${help.names.name}>`, help.arguments.name, (text) => parseSettingName(text, parts));
  setting
    .command('list')
    .description(help.commands.list)
    .action(() => choose(settingListCommand));
  named('get').action((name: SettingName) => choose(settingGetCommand(name)));
  named('set')
    .argument(`<${help.names.value}>`, help.arguments.value)
    .action((name: SettingName, value: string) => choose(settingSetCommand(name, checkValue(name, value, parts))));
  named('unset').action((name: SettingName) => choose(settingUnsetCommand(name)));
  addNotes(program, settingNotes, parts);
}

function parseSettingName(text: string, { usage, language }: ProgramParts): SettingName {
  if (isSettingName(text)) return text;
  throw usageError(
    `${usage.invalidValue(text, settingHelp[language].names.name)}: ${usage.oneOf(settingNames.join(', '))}`,
  );
}

function checkValue(name: SettingName, value: string, { usage, language }: ProgramParts): string {
  if (isSettingValue(name, value)) return value;
  const form = settingForms[name];
  const wanted = form === 'path' ? settingMessages[language].pathForm : usage.oneOf(form.join(', '));
  throw usageError(`${usage.invalidValue(value, name)}: ${wanted}`);
}
