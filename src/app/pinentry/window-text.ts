import type { WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';
import { pinentryMessages } from '../../messages/pinentry.js';
import { promptMessages } from '../../messages/prompt.js';
import { dialogueBytes, maxDialogueBytes } from '../../model/pin-dialogue.js';
import { fitScreen } from '../../terminal/layout/fit-screen.js';
import { gap, labelledText, ownText, type Block } from '../../terminal/layout/screen-block.js';
import type { Look } from '../../terminal/look.js';
import {
  askerBlocks,
  candidateBlocks,
  choiceBlocks,
  orderBlocks,
  reasonBlocks,
} from '../../terminal/prompt/order-blocks.js';
import { phraseBlocks, waitingText } from '../../terminal/prompt/place-blocks.js';
import { readText } from '../../terminal/prompt/read-page.js';

/** So wide that no dialogue breaks a row again, which would let a row of the service begin where ours do. */
const columns = 64;
/** As many as a small screen has room for, with field and buttons. */
const maxRows = 16;
/** A longer text is read in a terminal. */
const maxPages = 12;

/** What text of a window is made from. */
export interface WindowFacts {
  readonly look: Look;
  readonly phrase: string | undefined;
}

/** What asks, and below it what is asked; undefined where what must not go has no room. */
export function windowText(view: WirePrompt, asked: readonly Block[], facts: WindowFacts): string | undefined {
  return fitted([...headBlocks(facts), ...orderBlocks(view, facts.look), gap, ...asked], facts);
}

/** The card that was chosen, and how many tries its PIN has. */
export function cardBlocks(view: WirePrompt, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const chosen = view.candidates.find(({ id }) => id === view.chosen);
  const { attemptsRemaining, lastTry } = view;
  const isAsking = view.state === 'pin' && attemptsRemaining !== undefined;
  return [
    ...(chosen === undefined ? [] : [...candidateBlocks(chosen, look), ...reasonBlocks(view, look)]),
    ...(isAsking ? [labelledText('kept', '  ', `${words.attemptsLeft}: ${attemptsRemaining}`)] : []),
    ...(isAsking && lastTry ? [labelledText('kept', '  ', words.lastTry)] : []),
  ];
}

/** One of several cards. */
export function choiceText(view: WirePrompt, index: number, facts: WindowFacts): string | undefined {
  const { look } = facts;
  const candidate = view.candidates[index];
  if (candidate === undefined) return undefined;
  const heading = pinentryMessages[look.language].cardNumber(index + 1, view.candidates.length);
  return windowText(
    view,
    [
      ownText('kept', promptMessages[look.language].chooseCard),
      ownText('kept', heading),
      ...choiceBlocks(candidate, '  ', look),
    ],
    facts,
  );
}

/** What has to be read, page by page; undefined where it is too long, or could be taken for markup. */
export function readPages(view: WirePrompt, facts: WindowFacts): readonly string[] | undefined {
  const { look } = facts;
  const rows = readText(view, look, columns);
  // What is signed is shown as it is or not at all.
  if (rows.some((row) => markup.test(row))) return undefined;
  const head = fitScreen([...headBlocks(facts), ...askerBlocks(view, look), gap], { columns, rows: 8 }, '');
  const heading = rows[0] ?? '';
  const pages: string[][] = [];
  for (const row of rows.slice(1)) {
    const page = pages.at(-1);
    if (page !== undefined && fits([...head.lines, heading, ...page, row, reserve])) page.push(row);
    else pages.push([row]);
  }
  if (!head.whole || pages.length > maxPages) return undefined;
  const words = pinentryMessages[look.language];
  const texts = pages.map((page, index) =>
    asShown([...head.lines, heading, ...page, words.page(index + 1, pages.length)]),
  );
  return texts.every((text) => dialogueBytes(text) <= maxDialogueBytes) ? texts : undefined;
}

/** An order that waits. */
export function waitingWindowText(order: WaitingPrompt, facts: WindowFacts): string | undefined {
  const words = pinentryMessages[facts.look.language];
  return fitted(
    [...headBlocks(facts), ownText('kept', words.waiting), labelledText('kept', '  ', waitingText(order, facts.look))],
    facts,
  );
}

/** Sentences of ours alone, which may name a service. */
export function sentenceText(sentence: string, facts: WindowFacts): string | undefined {
  return fitted([...headBlocks(facts), labelledText('kept', '', sentence)], facts);
}

/** The first row is ours: what a dialogue takes for markup it looks for there. */
function headBlocks({ look, phrase }: WindowFacts): readonly Block[] {
  return [ownText('kept', promptMessages[look.language].title), ...phraseBlocks(phrase, look), gap];
}

/** What matters least goes first until rows and bytes fit. */
function fitted(blocks: readonly Block[], { look }: WindowFacts): string | undefined {
  // A terminal can be made larger; here whoever types a PIN knows for which card, or is not asked.
  const shown = blocks.map((block): Block => (block.weight === 'card' ? { ...block, weight: 'kept' } : block));
  for (let rows = maxRows; rows > 3; rows -= 1) {
    const { lines, whole } = fitScreen(shown, { columns, rows }, promptMessages[look.language].windowTooSmall);
    if (!whole) return undefined;
    const text = asShown(lines);
    if (dialogueBytes(text) <= maxDialogueBytes) return text;
  }
  return undefined;
}

const markup = /[<>]/;
/** For the row that says which page it is. */
const reserve = ' '.repeat(20);

function fits(lines: readonly string[]): boolean {
  return lines.length <= maxRows + 2 && dialogueBytes(asShown(lines)) <= maxDialogueBytes;
}

/** Some dialogues drop spaces at the start of a row, by which a row of the service is told from ours. */
function asShown(rows: readonly string[]): string {
  return withoutMarkup(rows.map((row) => row.replace(/^ +/, (spaces) => '\u00a0'.repeat(spaces.length))).join('\n'));
}

/** Some dialogues take a tag for one, wherever it comes from. */
export function withoutMarkup(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
