import type { WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';
import { promptMessages } from '../../messages/prompt.js';
import { screenText } from '../screen-text.js';
import { createStyle } from '../style.js';
import { candidateLines, orderLines, problemLines, type Look } from './order-lines.js';

/** Everything that the screen of `kort prompt` depends on. */
export interface ScreenState {
  readonly view: WirePrompt | undefined;
  readonly waiting: readonly WaitingPrompt[];
  /** The outcome of the last order, or why a PIN was not used. */
  readonly note: string | undefined;
  readonly pinLength: number;
  /** What stands of the consent word; undefined unless consent is still to be given. */
  readonly consent: string | undefined;
  /** The user wants another card. */
  readonly choosing: boolean;
  /** A PIN is on its way. */
  readonly sent: boolean;
}

/** The whole screen, line by line. */
export function screenLines(state: ScreenState, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  const style = createStyle(look.color);
  const { view } = state;
  const note = state.note === undefined ? [] : ['', state.note];
  const body = view === undefined ? idleLines(state, look) : promptLines(view, state, look);
  return [
    style.dim(words.title),
    ...(view === undefined ? note : []),
    '',
    ...body,
    ...(view === undefined ? [] : note),
  ];
}

function idleLines({ waiting }: ScreenState, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  if (waiting.length === 0) return [words.idle, '', words.idleHint];
  const entries = waiting.map(
    ({ relyingParty, origin }, index) =>
      `  ${index + 1}  ${screenText(relyingParty.name[look.language])} (${screenText(origin ?? words.localProgram)})`,
  );
  return [words.waitingTitle, ...entries, '', words.waitingHint];
}

function promptLines(view: WirePrompt, state: ScreenState, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  const others = state.waiting.length + view.waitingOrders;
  return [
    ...orderLines(view, look),
    '',
    ...cardLines(view, state, look),
    ...problemLines(view, look),
    '',
    ...questionLines(view, state, look),
    ...(others === 0 ? [] : ['', words.waitingOrders(others)]),
  ];
}

function cardLines(view: WirePrompt, { choosing }: ScreenState, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  const style = createStyle(look.color);
  if (choosing || view.state === 'choose') {
    return view.candidates.flatMap((candidate, index) => candidateLines(candidate, `  ${index + 1}  `, look));
  }
  const chosen = view.candidates.find(({ id }) => id === view.chosen);
  if (chosen === undefined) return [];
  const attempts = view.attemptsRemaining === undefined ? [] : [`  ${words.attemptsLeft}: ${view.attemptsRemaining}`];
  return [
    ...candidateLines(chosen, '  ', look),
    ...attempts,
    ...(view.lastTry ? [`  ${style.warning(words.lastTry)}`] : []),
  ];
}

function questionLines(view: WirePrompt, state: ScreenState, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  if (state.sent || view.state === 'working') return [words.working];
  if (state.choosing || view.state === 'choose') return [words.chooseCard, words.chooseHint];
  if (view.state === 'noCard') return [words.insertCard];
  if (view.state === 'explain') return [words.explainHint];
  if (state.consent !== undefined) {
    return [`${words.consentPrompt(words.consentWord)}: ${state.consent}`, words.consentHint];
  }
  const hint = view.candidates.length > 1 ? words.pinHintWithChoice : words.pinHint;
  return [`${words.pin}: ${'•'.repeat(state.pinLength)}`, hint];
}
