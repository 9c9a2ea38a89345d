import type { PromptPlace, WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';
import { promptMessages } from '../../messages/prompt.js';
import type { PurposeMessages } from '../../messages/prompt-purpose.js';
import { createStyle } from '../layout/style.js';
import { fitScreen, type FittedScreen, type WindowSize } from '../layout/fit-screen.js';
import {
  askerBlocks,
  candidateBlocks,
  choiceBlocks,
  orderBlocks,
  problemBlocks,
  reasonBlocks,
  signingBlocks,
  unfitBlocks,
} from './order-blocks.js';
import type { Look } from '../look.js';
import { phraseBlocks, phraseTipBlocks, placeBlocks, waitingText } from './place-blocks.js';
import { readPage, type Place, type ReadPage } from './read-page.js';
import { gap, labelledText, ownText, type Block, type Weight } from '../layout/screen-block.js';

/** Everything that the screen of `kort prompt` depends on. */
export interface ScreenState {
  readonly view: WirePrompt | undefined;
  /** An order has begun whose first state is still to come. */
  readonly starting: boolean;
  readonly waiting: readonly WaitingPrompt[];
  /** The first that is listed, of what there is to choose from: nine at a time, which one key can name. */
  readonly listFrom: number;
  /** The outcome of the last order, or why a PIN was not used. */
  readonly note: string | undefined;
  readonly pinLength: number;
  /** What stands of the confirmation code, where it is typed. */
  readonly code: string;
  /** What stands of the consent word; undefined unless consent is still to be given. */
  readonly consent: string | undefined;
  /** The user wants to see what else there is to choose. */
  readonly choosing: boolean;
  /** The PIN is to be typed on the reader. */
  readonly onPinPad: boolean;
  /** A PIN, or the wish to type it on the reader, is on its way. */
  readonly sent: boolean;
  /** The card has worked for longer than any card should. */
  readonly stalled: boolean;
  /** Where questions come to. */
  readonly place: PromptPlace | undefined;
  /** The user's personal phrase. */
  readonly phrase: string | undefined;
}

/** So many stand in a list at a time. */
export const listLength = 9;

/** Whether what has to be read fills the screen. */
export function isReading({ view, choosing }: Pick<ScreenState, 'view' | 'choosing'>): boolean {
  return view?.state === 'read' && !choosing;
}

/** The screen on which the text stands, from this place on. */
export function readScreen(state: ScreenState, view: WirePrompt, look: Look, size: WindowSize, from: Place): ReadPage {
  const above = [
    titleBlock(look),
    ...phraseBlocks(state.phrase, look),
    gap,
    ...askerBlocks(view, look),
    ...noteBlocks(state, 'detail'),
    gap,
  ];
  return readPage(view, { above, below: waitingBlocks(view, state, look) }, look, size, from);
}

/** The whole screen, row by row, as it fits into the window. */
export function screenLines(state: ScreenState, look: Look, size: WindowSize): FittedScreen {
  const words = promptMessages[look.language];
  const { view } = state;
  const note = noteBlocks(state, 'kept');
  const blocks = [
    titleBlock(look),
    ...(view === undefined ? note : phraseBlocks(state.phrase, look)),
    gap,
    ...(view === undefined ? idleBlocks(state, look) : promptBlocks(view, state, look)),
    ...(view === undefined || state.choosing ? [] : note),
  ];
  return fitScreen(blocks, size, words.windowTooSmall);
}

function titleBlock(look: Look): Block {
  const style = createStyle(look.color);
  return ownText('help', { text: promptMessages[look.language].title, style: (text) => style.dim(text) });
}

function noteBlocks({ note }: ScreenState, weight: Weight): readonly Block[] {
  return note === undefined ? [] : [gap, labelledText(weight, '', note)];
}

/** Whether the screen says that the card works. */
export function saysWorking({ view, sent, onPinPad }: Pick<ScreenState, 'view' | 'sent' | 'onPinPad'>): boolean {
  return view !== undefined && ((sent && !onPinPad) || view.state === 'working');
}

/** Whether the reader waits for the PIN. */
function isAtPinPad({ sent, onPinPad }: ScreenState, { state }: WirePrompt): boolean {
  return state === 'pinPad' || (sent && onPinPad);
}

function idleBlocks({ waiting, listFrom, starting, place, phrase, note }: ScreenState, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  if (starting) return [ownText('kept', words.starting), gap, ownText('footer', words.startingHint)];
  if (place?.question !== undefined) return placeBlocks(place, look);
  if (waiting.length === 0) {
    const elsewhere = placeBlocks(place, look);
    const hint = elsewhere.length === 0 ? [gap, ownText('footer', words.idleHint)] : elsewhere;
    return [ownText('kept', words.idle), ...hint, ...(note === undefined ? phraseTipBlocks(phrase, look) : [])];
  }
  const entries = waiting
    .slice(listFrom, listFrom + listLength)
    .map((order, index) => labelledText('kept', `  ${index + 1}  `, waitingText(order, look)));
  const more = moreBlocks(waiting.length, listFrom, look);
  return [ownText('kept', words.waitingTitle), ...entries, ...more, gap, ownText('footer', words.waitingHint)];
}

/** How what does not stand here is come to. */
function moreBlocks(count: number, from: number, look: Look): readonly Block[] {
  if (count <= listLength) return [];
  const last = Math.min(count, from + listLength);
  return [ownText('kept', `     ${promptMessages[look.language].moreToChoose(from + 1, last, count)}`)];
}

function promptBlocks(view: WirePrompt, state: ScreenState, look: Look): readonly Block[] {
  return [
    ...orderBlocks(view, look),
    gap,
    ...cardBlocks(view, state, look),
    ...problemBlocks(view, look),
    ...(isListing(view, state) || view.state === 'explain' ? unfitBlocks(view, look) : []),
    gap,
    ...questionBlocks(view, state, look),
    ...waitingBlocks(view, state, look),
  ];
}

/** Whether all that was found is listed. */
function isListing(view: WirePrompt, { choosing }: ScreenState): boolean {
  return choosing || view.state === 'choose';
}

function waitingBlocks(view: WirePrompt, { waiting }: ScreenState, look: Look): readonly Block[] {
  const others = waiting.length + view.waitingOrders;
  return others === 0 ? [] : [gap, ownText('detail', promptMessages[look.language].waitingOrders(others))];
}

function cardBlocks(view: WirePrompt, state: ScreenState, look: Look): readonly Block[] {
  if (isListing(view, state)) {
    const { listFrom } = state;
    const listed = view.candidates.slice(listFrom, listFrom + listLength);
    return [
      ...listed.flatMap((candidate, index) => choiceBlocks(candidate, `  ${index + 1}  `, look)),
      ...moreBlocks(view.candidates.length, listFrom, look),
    ];
  }
  const chosen = view.candidates.find(({ id }) => id === view.chosen);
  if (chosen === undefined) return [];
  return [...candidateBlocks(chosen, look), ...reasonBlocks(view, look), ...attemptBlocks(view, state, look)];
}

const blockedCodes: readonly string[] = ['ERR_PIN_BLOCKED', 'pinBlocked'];

/** How many tries are left is known only where a PIN is asked for: an entry that has gone wrong since made it old. */
function attemptBlocks(view: WirePrompt, state: ScreenState, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const line = (attempts: number): Block => labelledText('kept', '  ', `${words.attemptsLeft}: ${attempts}`);
  if (view.problem !== undefined && blockedCodes.includes(view.problem.code)) return [line(0)];
  if (view.state !== 'pin' || state.sent || view.attemptsRemaining === undefined) return [];
  const style = createStyle(look.color);
  return [
    line(view.attemptsRemaining),
    ...(view.lastTry
      ? [labelledText('kept', '  ', { text: words.lastTry, style: (text) => style.warning(text) })]
      : []),
  ];
}

function questionBlocks(view: WirePrompt, state: ScreenState, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const ofPurpose = words.of[view.purpose];
  const pinRole = view.pinRole ?? 'authentication';
  const question = (text: string, hint: string): readonly Block[] => [ownText('kept', text), ownText('footer', hint)];
  if (saysWorking({ ...state, view })) {
    return question(state.stalled ? words.cardSilent : words.working, ofPurpose.cancelHint);
  }
  if (isAtPinPad(state, view)) return question(ofPurpose.pinPadWaits[pinRole], ofPurpose.pinPadWaitsHint);
  if (isListing(view, state)) {
    const isQuestion = view.state === 'choose' || view.candidates.length > 1;
    return [
      ...(view.reading ? [ownText('detail', words.readingMore)] : []),
      ...(isQuestion
        ? question(words.chooseCard, view.state === 'choose' ? ofPurpose.chooseHint : words.chooseOtherHint)
        : question(words.listTitle, words.listHint)),
    ];
  }
  if (view.state === 'noCard') return question(view.reading ? words.reading : words.insertCard, ofPurpose.cancelHint);
  if (view.state === 'explain') return [ownText('kept', explainHint(view, ofPurpose))];
  if (view.state === 'code') return question(`${words.typeCode}: ${state.code}`, words.typeCodeHint);
  if (state.consent !== undefined) {
    return question(`${words.consentPrompt(words.consentWord)}: ${state.consent}`, ofPurpose.consentHint);
  }
  const choice = otherChoice(view);
  const what = signingBlocks(view, look);
  if (state.onPinPad) return [...what, ...question(ofPurpose.pinPad[pinRole], ofPurpose.pinPadHint[choice])];
  const dots = '•'.repeat(state.pinLength);
  const list = choice === 'only' && view.unfit.length > 0 ? [words.listKey] : [];
  const hint = [ofPurpose.pinHint[choice], ...list].join(' · ');
  return [...what, ...question(`${ofPurpose.pin[pinRole]}: ${dots}`, hint)];
}

function explainHint(view: WirePrompt, words: PurposeMessages): string {
  return words[view.problem?.code === 'ERR_CARD_BUSY' ? 'busyHint' : 'explainHint'][otherChoice(view)];
}

/** What else there is to take than what is asked about. */
function otherChoice({ candidates }: WirePrompt): keyof PurposeMessages['pinHint'] {
  const [first, ...others] = candidates;
  if (first === undefined || others.length === 0) return 'only';
  const isOneCard = others.every(
    ({ reader, tokenLabel }) => reader === first.reader && tokenLabel === first.tokenLabel,
  );
  return isOneCard ? 'otherCertificate' : 'otherCard';
}
