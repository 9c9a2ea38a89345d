import type { Command as Parser } from 'commander';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { parseInteger, parseName } from '../values.js';
import { cardEndsCommand, expiryCommand, forgetCommand, snoozeCommand } from './expiry.js';

interface ExpiryFlags {
  readonly within?: number;
  readonly ics?: string;
  /** `false`: none is known. */
  readonly cardEnds?: string | false;
  readonly card?: string;
}

/** `kort expiry`, `kort expiry snooze`, `kort expiry forget` */
export function addExpiryCommands(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const { names } = help;
  const expiry = program
    .command('expiry')
    .option(`--within <${names.days}>`, help.options.within, (text) =>
      parseInteger(text, '--within', [0, 36_500], usage),
    )
    .option(`--ics <${names.file}>`, help.options.ics, (text) => parseName(text, '--ics', usage))
    .option(`--card-ends <${names.day}>`, help.options.cardEnds, (text) => parseDay(text, parts))
    .option(`--card <${names.card}>`, help.options.cardOfEnd, (text) => parseName(text, '--card', usage))
    .action(({ within, ics, cardEnds, card }: ExpiryFlags) => {
      if (cardEnds === undefined && card !== undefined) throw usageError(usage.requiredOption('--card-ends'));
      for (const [name, value] of [
        ['--within', within],
        ['--ics', ics],
      ] as const) {
        if (cardEnds !== undefined && value !== undefined) throw usageError(usage.conflict('--card-ends', name));
      }
      choose(
        cardEnds === undefined
          ? expiryCommand({ within, ics })
          : cardEndsCommand(cardEnds === false ? undefined : cardEnds, card),
      );
    });
  expiry
    .command('snooze')
    .description(help.commands.expirySnooze)
    .argument(`<${names.id}>`, help.arguments.expiryId, (text) => parseId(text, parts))
    .option(`--days <${names.days}>`, help.options.snoozeDays, (text) => parseInteger(text, '--days', [1, 30], usage))
    .action((id: string, { days = 7 }: { days?: number }) => choose(snoozeCommand(id, days)));
  expiry
    .command('forget')
    .description(help.commands.expiryForget)
    .argument(`<${names.card}>`, help.arguments.knownCard, (text) => parseName(text, names.card, usage))
    .action((card: string) => choose(forgetCommand(card)));
}

/** The last day, also as its month, as cards have it; `none` takes it back. */
function parseDay(text: string, { usage }: ProgramParts): string | false {
  if (text === 'none') return false;
  const [, year = '', month = '', day] = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(text) ?? [];
  const date = new Date(
    Date.UTC(Number(year), day === undefined ? Number(month) : Number(month) - 1, Number(day ?? 0)),
  );
  const found = Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
  if (year !== '' && found.startsWith(`${year}-${month}`) && found.endsWith(day ?? '')) return found;
  throw usageError(`${usage.invalidValue(text, '--card-ends')}: ${usage.dayForm}`);
}

function parseId(text: string, { usage, help }: ProgramParts): string {
  if (/^[0-9a-f]{4,12}$/.test(text)) return text;
  throw usageError(usage.invalidValue(text, help.names.id));
}
