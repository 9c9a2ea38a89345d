import type { Command as Parser } from 'commander';
import { historyHelp, historyNotes } from '../../messages/help-history.js';
import { historyKinds, type HistoryFilter } from '../../model/history.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { parseInteger, parseName } from '../values.js';
import type { WrittenHead } from '../ports.js';

type Kind = (typeof historyKinds)[number];

/** Which entries are wanted, as it was typed. */
export interface HistoryFlags {
  readonly since?: string;
  readonly until?: string;
  readonly card?: string;
  readonly rp?: string;
  readonly kind: readonly Kind[];
  readonly failed?: true;
  readonly limit?: number;
}

/** What `kort history export` is asked for. */
export interface ExportFlags extends HistoryFlags {
  readonly csv?: true;
  readonly yes?: true;
}

/** `kort history list|verify|export` */
export function addHistoryCommands(program: Parser, parts: ProgramParts): void {
  const { language, help, usage, choose } = parts;
  const { commands, options, names, arguments: given } = historyHelp[language];
  const history = program.command('history');
  withFilter(history.command('list', { isDefault: true }).description(commands.list), parts).action(
    (flags: HistoryFlags) => choose(async (context) => (await commandsOf()).listCommand(limitsOf(flags))(context)),
  );
  history
    .command('verify')
    .description(commands.verify)
    .option(`--head <${names.head}>`, options.head, (text) => parseHead(text, parts))
    .action(({ head }: { head?: WrittenHead }) =>
      choose(async (context) => (await commandsOf()).verifyCommand(head)(context)),
    );
  withFilter(
    history
      .command('export')
      .description(commands.export)
      .argument(`<${help.names.file}>`, given.file, (text) => parseName(text, help.names.file, usage)),
    parts,
  )
    .option('--csv', options.csv)
    .option('--yes', options.yes)
    .action((file: string, { csv, yes, ...flags }: ExportFlags) =>
      choose(async (context) => {
        const wish = { file, csv: csv === true, yes: yes === true, ...limitsOf(flags) };
        return await (await commandsOf()).exportCommand(wish)(context);
      }),
    );
  addNotes(program, historyNotes, parts);
}

const commandsOf = async () => await import('./history.js');

function withFilter(command: Parser, parts: ProgramParts): Parser {
  const { language, help, usage } = parts;
  const { options, names } = historyHelp[language];
  const time = (name: string) => (text: string) => parseTime(text, name, parts);
  return command
    .option(`--since <${names.time}>`, options.since, time('--since'))
    .option(`--until <${names.time}>`, options.until, time('--until'))
    .option(`--card <${help.names.card}>`, options.card, (text) => parseName(text, '--card', usage))
    .option(`--rp <${help.names.clientId}>`, options.rp, (text) => parseName(text, '--rp', usage))
    .option(
      `--kind <${help.names.kind}>`,
      options.kind,
      (text, before: readonly Kind[]) => [...before, parseKind(text, parts)],
      [],
    )
    .option('--failed', options.failed)
    .option(`--limit <${help.names.number}>`, options.limit, (text) =>
      parseInteger(text, '--limit', [1, 1_000_000], usage),
    );
}

function limitsOf({ since, until, card, rp, kind, failed, limit }: HistoryFlags) {
  const filter: HistoryFilter = {
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until }),
    ...(card === undefined ? {} : { token: card }),
    ...(rp === undefined ? {} : { relyingParty: rp }),
    ...(kind.length === 0 ? {} : { kinds: kind }),
    ...(failed === undefined ? {} : { failed }),
  };
  return { filter, limit };
}

function parseKind(text: string, { usage }: ProgramParts): Kind {
  const found = historyKinds.find((kind) => kind === text);
  if (found !== undefined) return found;
  throw usageError(`${usage.invalidValue(text, '--kind')}: ${usage.oneOf(historyKinds.join(', '))}`);
}

/** A day or a minute of the clock on the wall, or so long ago. */
function parseTime(text: string, name: string, { usage, language }: ProgramParts): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) {
    const minutes = { m: 1, h: 60, d: 1440 }[unit as 'm' | 'h' | 'd'];
    return new Date(Date.now() - Number(count) * minutes * 60_000).toISOString();
  }
  const [, day = '', minute = '00:00'] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d))?$/.exec(text) ?? [];
  const time = new Date(`${day}T${minute}:00`);
  const isDay = !Number.isNaN(time.getTime()) && time.getDate() === Number(day.slice(8));
  if (isDay) return time.toISOString();
  throw usageError(`${usage.invalidValue(text, name)}: ${historyHelp[language].timeForm}`);
}

function parseHead(text: string, { usage, language }: ProgramParts): WrittenHead {
  const [, sequence, hash] = /^(\d{1,12}):([0-9a-f]{64})$/.exec(text.toLowerCase()) ?? [];
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash };
  throw usageError(`${usage.invalidValue(text, '--head')}: ${historyHelp[language].headForm}`);
}
