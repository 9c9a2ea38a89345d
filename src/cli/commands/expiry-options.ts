import type { Command as Parser } from 'commander';
import { expiryNotes } from '../../messages/help-expiry.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { parseInteger, parseName } from '../values.js';
import { cardEndsCommand, expiryCommand, forgetCommand, snoozeCommand, type ExpiryWish } from './expiry.js';

/** `kort expiry`, `kort expiry snooze|note|forget` */
export function addExpiryCommands(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const { names } = help;
  const expiry = program
    .command('expiry')
    .option(`--within <${names.days}>`, help.options.within, (text) =>
      parseInteger(text, '--within', [0, 36_500], usage),
    )
    .option(`--ics <${names.file}>`, help.options.ics, (text) => parseName(text, '--ics', usage))
    .action((wish: ExpiryWish) => choose(expiryCommand(wish)));
  expiry
    .command('snooze')
    .description(help.commands.expirySnooze)
    .argument(`<${names.id}>`, help.arguments.expiryId, (text) => parseId(text, parts))
    .option(`--days <${names.days}>`, help.options.snoozeDays, (text) => parseInteger(text, '--days', [1, 30], usage))
    .action((id: string, { days = 7 }: { days?: number }) => choose(snoozeCommand(id, days)));
  expiry
    .command('note')
    .description(help.commands.expiryNote)
    .argument(`<${names.day}>`, help.arguments.cardEnds, (text) => parseDay(text, parts))
    .option(`--card <${names.card}>`, help.options.cardOfEnd, (text) => parseName(text, '--card', usage))
    .action((day: string | false, { card }: { card?: string }) =>
      choose(cardEndsCommand(day === false ? undefined : day, card)),
    );
  expiry
    .command('forget')
    .description(help.commands.expiryForget)
    .argument(`<${names.card}>`, help.arguments.knownCard, (text) => parseName(text, names.card, usage))
    .option('--yes', help.options.yes)
    .action((card: string, { yes }: { yes?: true }) => choose(forgetCommand(card, yes === true)));
  addNotes(program, expiryNotes, parts);
}

/** The last day, also as its month, as cards have it; `none` takes it back. */
function parseDay(text: string, { usage, help }: ProgramParts): string | false {
  if (text === 'none') return false;
  const [, year = '', month = '', day] = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(text) ?? [];
  const date = new Date(
    Date.UTC(Number(year), day === undefined ? Number(month) : Number(month) - 1, Number(day ?? 0)),
  );
  const found = Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
  if (year !== '' && found.startsWith(`${year}-${month}`) && found.endsWith(day ?? '')) return found;
  throw usageError(`${usage.invalidValue(text, help.names.day)}: ${usage.dayForm}`);
}

function parseId(text: string, { usage, help }: ProgramParts): string {
  if (/^[0-9a-f]{4,12}$/.test(text)) return text;
  throw usageError(`${usage.invalidValue(text, help.names.id)}: ${usage.expiryIdForm}`);
}
