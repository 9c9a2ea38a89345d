import { historyMessages } from '../../messages/history.js';
import type { HistoryEntry, HistoryFilter } from '../../model/history.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import { instanceOption } from '../../terminal/look.js';
import { headText, historyText, type NameOf } from '../../terminal/texts/history-texts.js';
import { nameParties, partyNames } from '../../terminal/texts/party-names.js';
import { confirmLoss } from '../confirm.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { historyTable } from '../history-table.js';
import { jsonLine } from '../json-line.js';
import type { WrittenHead } from '../ports.js';
import { writeMarked } from '../write-marked.js';

/** Which entries are wanted. */
export interface HistoryWish {
  readonly filter: HistoryFilter;
  readonly limit?: number | undefined;
}

/** What `kort history export` is asked for. */
export interface ExportWish extends HistoryWish {
  readonly file: string;
  readonly csv: boolean;
  readonly yes: boolean;
}

/** What fits a look back; more is asked for by name. */
const shown = 50;

/** `kort history list`: the newest entries, the newest last, where the eye is. With `--json`, one document an entry. */
export function listCommand({ filter, limit = shown }: HistoryWish): Command {
  return async (context) => {
    const { entries, more } = await context.ports
      .history()
      .then((port) => port.list(instanceOf(context), { ...filter, limit }));
    const inOrder = entries.toReversed();
    if (context.json) {
      for (const entry of inOrder) writeJson(context, entry);
      return exitCodes.done;
    }
    const words = historyMessages[context.language];
    const isFiltered = Object.keys(filter).length > 0;
    if (entries.length === 0) writeLines(context, [isFiltered ? words.none : words.empty]);
    if (more) writeLines(context, [words.older(entries.length), '']);
    const partyOf = await namesFor(inOrder, context);
    writeMarked(
      context,
      inOrder.map((entry) => markedEntry(entry, partyOf, context)),
    );
    return exitCodes.done;
  };
}

/** The history holds ids, and is read without a daemon; one that answers knows the names. */
async function namesFor(entries: readonly HistoryEntry[], context: CommandContext): Promise<NameOf> {
  const nobody: NameOf = () => undefined;
  if (!nameParties(entries)) return nobody;
  return withClient(context, (client) => partyNames(client, context.language)).catch(() => nobody);
}

function markedEntry(entry: HistoryEntry, partyOf: NameOf, { language, color }: CommandContext): MarkedText {
  const { time, sentence, facts, warns } = historyText(entry, language, undefined, partyOf);
  const style = createStyle(color);
  return marked([sentence, ...facts].join(' · '), `${time}  `, warns ? (text) => style.warning(text) : undefined);
}

/** `kort history verify` */
export function verifyCommand(written: WrittenHead | undefined): Command {
  return async (context) => {
    const port = await context.ports.history();
    const verdict = await port.verify(instanceOf(context), written);
    const { entries, first = 1 } = verdict;
    if (context.json) {
      writeJson(context, { ...verdict, sequence: first + entries - 1 });
      return exitCodes.done;
    }
    const words = historyMessages[context.language];
    if (entries === 0) writeLines(context, [words.empty]);
    else writeLines(context, [words.intact(entries), `${words.head}: ${headText(verdict)}`]);
    if (written === undefined)
      writeMarked(context, entries === 0 ? [] : [marked(words.headAdvice(instanceOption(context)))]);
    else
      writeLines(context, [
        verdict.written === 'older' ? words.headOlder(written.sequence) : words.headKnown(written.sequence),
      ]);
    return exitCodes.done;
  };
}

/** `kort history export FILE` */
export function exportCommand({ file, csv, yes, filter, limit = Infinity }: ExportWish): Command {
  return async (context) => {
    const port = await context.ports.history();
    const isFile = file !== '-';
    if (isFile && port.exists(file)) await confirmLoss(context, (words) => words.fileOverwritten(file), yes);
    const { entries } = await port.list(instanceOf(context), { ...filter, limit });
    const inOrder = entries.toReversed();
    const text = csv ? historyTable(inOrder, context.language) : inOrder.map(jsonLine).join('');
    if (!isFile) {
      context.ports.out.write(text);
      return exitCodes.done;
    }
    port.write(file, text);
    if (context.json) writeJson(context, { file, entries: inOrder.length });
    else writeLines(context, [screenText(historyMessages[context.language].exported(inOrder.length, file))]);
    return exitCodes.done;
  };
}

const instanceOf = ({ instance }: CommandContext): string => instance ?? 'default';
