import type { WirePrompt } from '../../control-contract/prompts.js';
import { promptMessages } from '../../messages/prompt.js';
import { fitScreen, type WindowSize } from '../layout/fit-screen.js';
import type { Look } from '../look.js';
import { labelledText, ownText, quotedRows, rowsOf, type Block } from '../layout/screen-block.js';

/** A place in what is read that stays the same when the window gets another width: what stands before it. */
export type Place = number;

/** What of a text stands in the window, and where the keys lead. */
export interface ReadPage {
  readonly lines: readonly string[];
  /** Whether the last row stands there. */
  readonly atEnd: boolean;
  readonly lineUp: Place;
  readonly lineDown: Place;
  readonly pageUp: Place;
  readonly pageDown: Place;
}

interface ReadRow {
  readonly text: string;
  /** Said above the window when the row stands at its top. */
  readonly heading: string;
  readonly place: Place;
}

/** Fewer rows of text than these are not worth what stands around them. */
const wantedRows = 5;

/** Everything that has to be read before a signature: the text in full, every label and digest; `around` stands fixed. */
export function readPage(
  view: WirePrompt,
  around: { readonly above: readonly Block[]; readonly below: readonly Block[] },
  look: Look,
  { columns, rows }: WindowSize,
  from: Place,
): ReadPage {
  const words = promptMessages[look.language];
  const all = readRows(view, look, columns);
  const headingRows = Math.max(...all.map(({ heading }) => rowsOf(ownText('kept', heading), columns).length));
  const footer = (first: number, last: number): readonly string[] => [
    ...rowsOf(ownText('kept', words.position(first + 1, last, all.length)), columns),
    ...around.below.flatMap((block) => rowsOf(block, columns)),
    ...rowsOf(ownText('kept', last === all.length ? words.readAll : words.readOn), columns),
  ];
  const fixed = headingRows + Math.max(footer(0, 0).length, footer(0, all.length).length);
  const kept = around.above.filter(({ weight }) => weight === 'kept').flatMap((block) => rowsOf(block, columns));
  const forAbove = Math.max(kept.length, rows - fixed - wantedRows);
  const above = fitScreen(around.above, { columns, rows: forAbove }, words.windowTooSmall).lines;
  const room = rows - fixed - above.length;
  const lastTop = Math.max(0, all.length - room);
  const found = all.findLastIndex(({ place }) => place <= from);
  const top = Math.min(lastTop, Math.max(0, found));
  const end = Math.min(all.length, top + room);
  const placeOf = (row: number): Place => all[Math.min(lastTop, Math.max(0, row))]?.place ?? 0;
  const places = {
    lineUp: placeOf(top - 1),
    lineDown: placeOf(top + 1),
    // One row stays in sight, so that nobody loses the thread.
    pageUp: placeOf(top - Math.max(1, room - 1)),
    pageDown: placeOf(top + Math.max(1, room - 1)),
  };
  if (room < 1) {
    const { lines } = fitScreen(around.above, { columns, rows: 1 }, words.windowTooSmall);
    return { lines, atEnd: false, ...places };
  }
  const heading = rowsOf(ownText('kept', all[top]?.heading ?? ''), columns);
  return {
    lines: [
      ...above,
      ...Array.from({ length: headingRows - heading.length }, () => ''),
      ...heading,
      ...all.slice(top, end).map(({ text }) => text),
      ...footer(top, end),
    ],
    atEnd: end === all.length,
    ...places,
  };
}

/** All of it as it is read, its headings with it, for a screen without end. */
export function readText(view: WirePrompt, look: Look, columns: number): readonly string[] {
  const heading = rowsOf(ownText('kept', promptMessages[look.language].serviceWrites), columns);
  return [...heading, ...readRows(view, look, columns).map(({ text }) => text)];
}

/** Rows from outside are marked as such, each with its heading, so that none can pass for a word of ours. */
function readRows(view: WirePrompt, { language }: Look, columns: number): readonly ReadRow[] {
  const words = promptMessages[language];
  const { documents } = view;
  const rows: ReadRow[] = [];
  let place = 0;
  const add = (heading: string, texts: readonly string[]): void => {
    for (const text of texts) {
      rows.push({ text, heading, place });
      // How many marks and spaces there are depends on the width.
      place += text.replace(/^ {2}\| /, '').replaceAll(' ', '').length;
    }
    place += 1;
  };
  for (const part of textParts(view)) {
    for (const line of part.split('\n')) add(words.serviceWrites, quotedRows(line, columns));
  }
  if (documents.length > 0) {
    add('', ['']);
    add('', rowsOf(ownText('kept', words.documentsKnown(documents.length)), columns));
    documents.forEach(({ label, digest }, index) => {
      const title = words.documentTitle(index + 1, documents.length);
      add('', rowsOf(ownText('kept', title), columns));
      add(title, quotedRows(label, columns));
      add(title, rowsOf(labelledText('kept', '    ', digest), columns));
    });
  }
  return rows;
}

/** What the service writes: its message, and after an empty row the text that is signed. */
function textParts({ bindingMessage, visibleText }: WirePrompt): readonly string[] {
  const parts = [bindingMessage, visibleText].filter((part) => part !== undefined);
  return parts.flatMap((part, index) => (index === 0 ? [part] : ['', part]));
}
