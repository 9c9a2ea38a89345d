import type { WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';
import { promptMessages, type PromptMessages } from '../../messages/prompt.js';
import { createStyle } from '../style.js';
import { fitScreen, type WindowSize } from './fit-screen.js';
import { candidateBlocks, choiceBlocks, orderBlocks, problemBlocks, type Look } from './order-blocks.js';
import { gap, labelledText, ownText, type Block } from './screen-block.js';

/** Everything that the screen of `kort prompt` depends on. */
export interface ScreenState {
  readonly view: WirePrompt | undefined;
  /** An order has begun whose first state is still to come. */
  readonly starting: boolean;
  readonly waiting: readonly WaitingPrompt[];
  /** The outcome of the last order, or why a PIN was not used. */
  readonly note: string | undefined;
  readonly pinLength: number;
  /** What stands of the consent word; undefined unless consent is still to be given. */
  readonly consent: string | undefined;
  /** The user wants another card. */
  readonly choosing: boolean;
  /** The PIN is to be typed on the reader. */
  readonly onPinPad: boolean;
  /** A PIN, or the wish to type it on the reader, is on its way. */
  readonly sent: boolean;
  /** The card has worked for longer than any card should. */
  readonly stalled: boolean;
}

/** The whole screen, row by row, as it fits into the window. */
export function screenLines(state: ScreenState, look: Look, size: WindowSize): readonly string[] {
  const words = promptMessages[look.language];
  const style = createStyle(look.color);
  const { view } = state;
  const note = state.note === undefined ? [] : [gap, labelledText('kept', '', state.note)];
  const blocks = [
    ownText('help', { text: words.title, style: (text) => style.dim(text) }),
    ...(view === undefined ? note : []),
    gap,
    ...(view === undefined ? idleBlocks(state, look) : promptBlocks(view, state, look)),
    ...(view === undefined || state.choosing ? [] : note),
  ];
  return fitScreen(blocks, size, words.windowTooSmall);
}

/** Whether the screen says that the card works. */
export function saysWorking({ view, sent, onPinPad }: Pick<ScreenState, 'view' | 'sent' | 'onPinPad'>): boolean {
  return view !== undefined && ((sent && !onPinPad) || view.state === 'working');
}

/** Whether the reader waits for the PIN. */
function isAtPinPad({ sent, onPinPad }: ScreenState, { state }: WirePrompt): boolean {
  return state === 'pinPad' || (sent && onPinPad);
}

function idleBlocks({ waiting, starting }: ScreenState, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  if (starting) return [ownText('kept', words.starting), gap, ownText('footer', words.cancelHint)];
  if (waiting.length === 0) return [ownText('kept', words.idle), gap, ownText('footer', words.idleHint)];
  const entries = waiting.map(({ relyingParty, origin }, index) =>
    labelledText('kept', `  ${index + 1}  `, `${relyingParty.name[look.language]} (${origin ?? words.localProgram})`),
  );
  return [ownText('kept', words.waitingTitle), ...entries, gap, ownText('footer', words.waitingHint)];
}

function promptBlocks(view: WirePrompt, state: ScreenState, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const others = state.waiting.length + view.waitingOrders;
  return [
    ...orderBlocks(view, look),
    gap,
    ...cardBlocks(view, state, look),
    ...problemBlocks(view, look),
    gap,
    ...questionBlocks(view, state, look),
    ...(others === 0 ? [] : [gap, ownText('detail', words.waitingOrders(others))]),
  ];
}

function cardBlocks(view: WirePrompt, state: ScreenState, look: Look): readonly Block[] {
  if (state.choosing || view.state === 'choose') {
    return view.candidates.flatMap((candidate, index) => choiceBlocks(candidate, `  ${index + 1}  `, look));
  }
  const chosen = view.candidates.find(({ id }) => id === view.chosen);
  if (chosen === undefined) return [];
  return [...candidateBlocks(chosen, look), ...attemptBlocks(view, state, look)];
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
  const question = (text: string, hint: string): readonly Block[] => [ownText('kept', text), ownText('footer', hint)];
  if (saysWorking({ ...state, view })) {
    return question(state.stalled ? words.cardSilent : words.working, words.cancelHint);
  }
  if (isAtPinPad(state, view)) return question(words.pinPadWaits, words.pinPadWaitsHint);
  if (state.choosing || view.state === 'choose') {
    return [
      ...(view.reading ? [ownText('detail', words.readingMore)] : []),
      ...question(words.chooseCard, view.state === 'choose' ? words.chooseHint : words.chooseOtherHint),
    ];
  }
  if (view.state === 'noCard') return question(view.reading ? words.reading : words.insertCard, words.cancelHint);
  if (view.state === 'explain') return [ownText('kept', explainHint(view, words))];
  if (state.consent !== undefined) {
    return question(`${words.consentPrompt(words.consentWord)}: ${state.consent}`, words.consentHint);
  }
  const choice = view.candidates.length > 1 ? 'other' : 'only';
  if (state.onPinPad) return question(words.pinPad, words.pinPadHint[choice]);
  return question(`${words.pin}: ${'•'.repeat(state.pinLength)}`, words.pinHint[choice]);
}

function explainHint({ problem, candidates }: WirePrompt, words: PromptMessages): string {
  const choice = candidates.length > 1 ? 'other' : 'only';
  return words[problem?.code === 'ERR_CARD_BUSY' ? 'busyHint' : 'explainHint'][choice];
}
