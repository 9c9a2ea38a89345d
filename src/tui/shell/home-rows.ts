import { isMiddlewareError } from '../../core/errors.js';
import type { StatusReader, StatusReport } from '../../control-contract/status.js';
import { errorText } from '../../messages/error-text.js';
import { actionText, warningText } from '../../messages/expiry.js';
import { statusMessages } from '../../messages/status.js';
import { uiMessages } from '../../messages/ui.js';
import { labelledText, ownText, rowsOf, type Block } from '../../terminal/layout/screen-block.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import { nextStepFields, type NextStepLook } from '../../terminal/look.js';
import type { CardPast } from './card-past.js';
import { readerBlocks } from './reader-blocks.js';
import type { Search } from './search.js';
import type { HomeSource } from './home-source.js';

/** The rows of the list on the home screen, and which of them belong to each reader. */
export interface HomeList {
  readonly rows: readonly string[];
  readonly places: readonly { readonly first: number; readonly last: number }[];
}

/** What of the readers is listed. */
export interface HomeChoice {
  readonly shown: readonly StatusReader[];
  /** Index of the one that keys are for. */
  readonly selected: number;
  readonly search: Search;
}

/** Everything in one column: what the daemon says, what to think of, and each reader with its card. */
export function homeList(source: HomeSource, { shown, selected, search }: HomeChoice, columns: number): HomeList {
  const { status, look } = source;
  if (status === undefined) return { rows: blocksRows(absentBlocks(source), columns), places: [] };
  const head = [...warningBlocks(source), ...serviceBlocks(status, look), ...searchBlocks(search, shown, look)];
  const rows = [...blocksRows(head, columns)];
  const places: { first: number; last: number }[] = [];
  shown.forEach((reader, index) => {
    if (rows.length > 0) rows.push('');
    const first = rows.length;
    rows.push(
      ...blocksRows(
        readerBlocks(reader, { index, isSelected: index === selected, past: pastOf(source, reader) }, look),
        columns,
      ),
    );
    places.push({ first, last: rows.length - 1 });
  });
  return { rows, places };
}

/** Read aloud, the chosen one is told by its name. */
const nobody = -1;

/** What other programs did with the card in a reader. */
export const pastOf = ({ link }: HomeSource, { token }: StatusReader): CardPast =>
  (token === undefined ? undefined : link.past.get(token.id)) ?? {};

/** The same for terminals that are read aloud. */
export function homeLines(source: HomeSource, choice: HomeChoice): readonly string[] {
  const wide = 10_000;
  const { rows } = homeList(source, { ...choice, selected: nobody }, wide);
  const lines = rows.map((row) => row.trim()).filter((row) => row !== '');
  const chosen = choice.shown[choice.selected];
  if (chosen === undefined || choice.shown.length < 2) return lines;
  const names = chosen.token === undefined ? [chosen.name] : [chosen.token.label, chosen.name];
  return [...lines, screenText(uiMessages[source.look.language].chosen(names.join(', ')))];
}

const blocksRows = (blocks: readonly Block[], columns: number): readonly string[] =>
  blocks.flatMap((block) => rowsOf(block, columns));

/** Instead of readers: why there are none to see. */
function absentBlocks({ link, look }: HomeSource): readonly Block[] {
  const words = uiMessages[look.language];
  if (link.state === 'connecting' || link.state === 'up') return [ownText('kept', words.connecting)];
  if (link.state === 'starting') return [ownText('kept', words.starting)];
  if (link.state === 'hardwareOnly') return [ownText('kept', words.hardwareOnly)];
  const style = (text: string): string => createStyle(look.color).warning(text);
  return [
    ownText('kept', { text: link.problem === undefined ? words.away : words.cannotConnect, style }),
    ...problemBlocks(link.problem, look),
    ...(link.state === 'failing' ? [] : [ownText('kept', ''), ownText('kept', words.awayLong(startCommand(look)))]),
  ];
}

function startCommand({ instance, sandbox }: NextStepLook): string {
  if (sandbox && (instance === undefined || instance === 'sandbox')) return 'kort sandbox start';
  return `kort daemon start${instance === undefined || instance === 'default' ? '' : ` --instance ${instance}`}`;
}

function problemBlocks(problem: unknown, look: NextStepLook): readonly Block[] {
  if (!isMiddlewareError(problem)) return [];
  const { sentence, nextStep } = errorText(look.language, problem.code, {
    ...problem.fields,
    ...nextStepFields(look),
  });
  return [labelledText('kept', '', `${sentence} ${nextStep}`.trim())];
}

/** The card service, where it does not answer, and what there is instead of readers. */
function serviceBlocks({ service, readers }: StatusReport, { language, color }: NextStepLook): readonly Block[] {
  const words = statusMessages[language];
  const ui = uiMessages[language];
  const style = (text: string): string => createStyle(color).warning(text);
  if (service === 'starting') return [ownText('kept', words.service.starting)];
  if (service !== 'available') {
    return [ownText('kept', { text: `${words.service[service]}.`, style }), ownText('kept', ui.serviceNext)];
  }
  return readers.length === 0 ? [ownText('kept', ui.noReaders), ownText('kept', ui.noReadersNext)] : [];
}

/** What is searched for, while it is typed or something is left out. */
function searchBlocks(search: Search, shown: readonly StatusReader[], { language }: NextStepLook): readonly Block[] {
  const words = uiMessages[language];
  if (!search.typing && search.text === '') return [];
  return [
    labelledText('kept', `${words.searchFor}: `, search.typing ? `${search.text}_` : search.text),
    ownText('kept', words.searchHint),
    ...(shown.length === 0 ? [ownText('kept', words.foundNone)] : []),
  ];
}

const warningMark = '! ';

/** What does not belong to one reader: what ends, what is not finished, what nobody can reach. */
export function warningBlocks({ status, link, look }: HomeSource): readonly Block[] {
  const words = statusMessages[look.language];
  const style = (text: string): string => createStyle(look.color).warning(text);
  const warn = (text: string): Block => labelledText('kept', warningMark, { text, style });
  const daemon = status?.daemon;
  const loopback = daemon?.loopback;
  const ends = (link.expiry?.findings ?? []).filter(
    ({ decisive, urgency, snoozedUntil }) => decisive && urgency !== 'fine' && snoozedUntil === undefined,
  );
  const unfinished = daemon?.unfinishedDownloads ?? 0;
  return [
    ...(loopback === undefined || loopback.listening ? [] : [warn(words.notListening(loopback.port))]),
    ...(loopback?.problemCode === undefined
      ? []
      : [
          labelledText(
            'kept',
            '  ',
            errorText(look.language, loopback.problemCode, { port: loopback.port, owner: loopback.owner }).sentence,
          ),
        ]),
    ...(unfinished === 0 ? [] : [warn(uiMessages[look.language].unfinished(unfinished))]),
    ...ends.map((finding) => {
      const text = [warningText(finding, look.language), actionText(finding, look.language)].filter(Boolean).join(' ');
      return finding.urgency === 'soon' ? labelledText('kept', warningMark, text) : warn(text);
    }),
  ];
}

/** What a reader's card is called, for questions about it. */
export function cardName(reader: StatusReader): string {
  return reader.token?.label ?? reader.name;
}
