import type { ControlClient } from '../../client/client.js';
import type { ExpiryFinding, ExpiryReport } from '../../model/expiry.js';
import { expiryMessages, localDate, whatEnds } from '../../messages/expiry.js';
import { confirmLoss } from '../confirm.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { instanceOption } from '../../terminal/look.js';
import { expiryLines } from '../../terminal/texts/expiry-lines.js';
import { screenText } from '../../terminal/layout/screen-text.js';

/** What `kort expiry` is asked for. */
export interface ExpiryWish {
  /** Only what ends within so many days. */
  readonly within?: number | undefined;
  /** A calendar file to write; `-` is standard output. */
  readonly ics?: string | undefined;
}

/** `kort expiry`: what ends, soonest first. A script's look (`--json`) is nobody's: it takes no warning off. */
export function expiryCommand({ within, ics }: ExpiryWish): Command {
  return (context) =>
    withClient(context, async (client) => {
      const report = await client.request('expiry.get', {});
      const findings = report.findings.filter(({ daysLeft }) => within === undefined || daysLeft <= within);
      if (ics !== undefined) await writeCalendar(context, ics, findings);
      else if (context.json) writeJson(context, { ...report, findings });
      else {
        writeLines(context, linesOf(findings, within, context));
        await tellShown(client, findings);
      }
      return exitCodeOf(findings, within);
    });
}

/** `kort expiry snooze ID` */
export function snoozeCommand(id: string, days: number): Command {
  return (context) =>
    withClient(context, async (client) => {
      const report = await client.request('expiry.snooze', { id, days });
      if (context.json) writeJson(context, report);
      else writeLines(context, snoozedLines(id, days, report, context));
      return exitCodes.done;
    });
}

/** `kort expiry note DAY`: without a day, what was noted is forgotten. */
export function cardEndsCommand(lastDay: string | undefined, card: string | undefined): Command {
  return (context) =>
    withClient(context, async (client) => {
      const report = await client.request('expiry.cardEnds', {
        ...(card === undefined ? {} : { card }),
        ...(lastDay === undefined ? {} : { lastDay }),
      });
      if (context.json) writeJson(context, report);
      else writeLines(context, [expiryMessages[context.language].noted]);
      return exitCodes.done;
    });
}

/** `kort expiry forget CARD` */
export function forgetCommand(card: string, yes: boolean): Command {
  return async (context) => {
    await confirmLoss(context, (words) => words.expiryForget(card), yes);
    return await withClient(context, async (client) => {
      const report = await client.request('expiry.forget', { card });
      if (context.json) writeJson(context, report);
      else writeLines(context, [expiryMessages[context.language].forgotten]);
      return exitCodes.done;
    });
  };
}

/** The exit status: 9 for what is urgent or over, 8 for what is soon or within the limit asked for. */
function exitCodeOf(findings: readonly ExpiryFinding[], within: number | undefined): number {
  const decisive = findings.filter((finding) => finding.decisive);
  if (decisive.some(({ urgency }) => urgency === 'urgent' || urgency === 'past')) return exitCodes.expired;
  const isSoon = decisive.some(({ urgency }) => within !== undefined || urgency === 'soon');
  return isSoon ? exitCodes.expiresSoon : exitCodes.done;
}

function linesOf(
  findings: readonly ExpiryFinding[],
  within: number | undefined,
  context: CommandContext,
): readonly string[] {
  const words = expiryMessages[context.language];
  // Of CAs and keys, people are shown those that matter.
  const shown = findings.filter(
    ({ decisive, urgency, subject }) =>
      decisive || urgency !== 'fine' || subject === 'certificate' || subject === 'card',
  );
  if (shown.length === 0) return [within === undefined ? words.nothing : words.nothingWithin(within)];
  const near = findings.find(({ decisive, urgency }) => decisive && urgency !== 'fine');
  return [
    ...expiryLines(shown, context),
    ...(near === undefined ? [] : ['', words.howToSnooze(near.id, instanceOption(context))]),
  ];
}

async function tellShown(client: ControlClient, findings: readonly ExpiryFinding[]): Promise<void> {
  const ids = findings.filter(({ threshold }) => threshold !== undefined).map(({ id }) => id);
  if (ids.length > 0) await client.request('expiry.shown', { ids: ids.slice(0, 500) });
}

function snoozedLines(id: string, days: number, report: ExpiryReport, { language }: CommandContext): readonly string[] {
  const words = expiryMessages[language];
  const finding = report.findings.find((candidate) => candidate.id.startsWith(id));
  if (finding?.snoozedUntil === undefined) return [];
  const isShorter = Date.parse(finding.snoozedUntil) < Date.now() + (days - 0.1) * 86_400_000;
  return [
    screenText(words.snoozed(whatEnds(finding, language), localDate(finding.snoozedUntil, true))),
    ...(isShorter ? [words.snoozedShorter] : []),
  ];
}

async function writeCalendar(context: CommandContext, file: string, findings: readonly ExpiryFinding[]): Promise<void> {
  const { calendarOf } = await import('../expiry-calendar.js');
  const { text, count } = calendarOf(findings, { language: context.language, now: Date.now() });
  if (file === '-') {
    context.ports.out.write(text);
    return;
  }
  await context.ports.writeTextFile(file, text);
  if (context.json) writeJson(context, { file, events: count });
  else writeLines(context, [screenText(expiryMessages[context.language].written(file, count))]);
}
