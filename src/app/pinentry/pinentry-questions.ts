import type { WirePrompt } from '../../control-contract/prompts.js';
import type { Secret } from '../../core/secret.js';
import { errorText } from '../../messages/error-text.js';
import { hintNextStep, hintText } from '../../messages/outcomes.js';
import { pinentryMessages, type PinentryMessages } from '../../messages/pinentry.js';
import { promptMessages } from '../../messages/prompt.js';
import type { DialogueWindow, PinDialogues } from '../../model/pin-dialogue.js';
import { ownText, type Block } from '../../terminal/layout/screen-block.js';
import { problemBlocks, signingBlocks, unfitBlocks } from '../../terminal/prompt/order-blocks.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { cardBlocks, choiceText, readPages, windowText, withoutMarkup, type WindowFacts } from './window-text.js';

/** What the user has answered to one state of a prompt; `unfit`: it cannot be asked in a window. */
export type PinentryAnswer =
  | { readonly kind: 'cancel' | 'unfit' | 'acknowledge' | 'pinPad' }
  | { readonly kind: 'choose'; readonly candidateId: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'pin'; readonly pin: Secret };

/** The windows for one state of a prompt, one after another. */
export interface PinentryQuestions {
  readonly dialogues: PinDialogues;
  readonly facts: WindowFacts;
  readonly signal: AbortSignal;
  /** Why the same is asked again. */
  readonly note: string | undefined;
}

const cancel = { kind: 'cancel' } as const;
const unfit = { kind: 'unfit' } as const;

/** Asks what this state asks; undefined for one that asks nothing. */
export async function askInWindows(
  view: WirePrompt,
  questions: PinentryQuestions,
): Promise<PinentryAnswer | undefined> {
  if (view.state === 'noCard') return await askForCard(view, questions);
  if (view.state === 'pinPad') return await waitAtReader(view, questions);
  if (view.state === 'choose') return await askWhich(view, questions);
  if (view.state === 'read') return await askToRead(view, questions);
  if (view.state === 'code') return await askCode(view, questions);
  if (view.state === 'explain') return await explain(view, questions);
  return view.state === 'pin' ? await askPin(view, questions) : undefined;
}

function wordsOf({ facts }: PinentryQuestions): PinentryMessages {
  return pinentryMessages[facts.look.language];
}

/** One window; undefined where it has no room. */
function windowOf(
  view: WirePrompt,
  asked: readonly Block[],
  questions: PinentryQuestions,
  buttons: Partial<DialogueWindow>,
): DialogueWindow | undefined {
  const text = windowText(view, asked, questions.facts);
  return text === undefined ? undefined : buttoned(text, questions, buttons);
}

function buttoned(text: string, questions: PinentryQuestions, buttons: Partial<DialogueWindow>): DialogueWindow {
  const { title, cancel: cancelWord, close } = wordsOf(questions);
  return { title, ok: close, cancel: cancelWord, text, error: questions.note, ...buttons };
}

async function askForCard(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const words = promptMessages[questions.facts.look.language];
  return await tell(view, [ownText('kept', view.reading ? words.reading : words.insertCard)], questions);
}

async function waitAtReader(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const { of } = promptMessages[questions.facts.look.language];
  const { pinPadWaits } = of[view.purpose];
  return await tell(view, [ownText('kept', pinPadWaits[view.pinRole ?? 'authentication'])], questions);
}

/** A window that stands until something happens; its only button cancels. */
async function tell(view: WirePrompt, asked: readonly Block[], questions: PinentryQuestions): Promise<PinentryAnswer> {
  const window = windowOf(view, asked, questions, { ok: wordsOf(questions).cancel });
  if (window === undefined) return unfit;
  await questions.dialogues.message(window, questions.signal);
  return cancel;
}

/** One card after another, round and round. */
async function askWhich(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const { useCard, nextCard } = wordsOf(questions);
  for (let index = 0; ; index = (index + 1) % view.candidates.length) {
    const candidate = view.candidates[index];
    const text = choiceText(view, index, questions.facts);
    if (candidate === undefined || text === undefined) return unfit;
    const notOk = view.candidates.length > 1 ? nextCard : undefined;
    const window = buttoned(text, questions, { ok: useCard, notOk });
    const answer = await questions.dialogues.confirm(window, questions.signal);
    if (answer === 'cancel') return cancel;
    if (answer === 'ok') return { kind: 'choose', candidateId: candidate.id };
  }
}

/** Page by page: whoever agrees has had each of them on the screen. */
async function askToRead(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const pages = readPages(view, questions.facts);
  if (pages === undefined) return unfit;
  const words = wordsOf(questions);
  for (let at = 0; ;) {
    const isLast = at === pages.length - 1;
    const window = buttoned(pages[at] ?? '', questions, {
      ok: isLast ? words.readAll : words.nextPage,
      notOk: at === 0 ? undefined : words.back,
    });
    const answer = await questions.dialogues.confirm(window, questions.signal);
    if (answer === 'cancel') return cancel;
    if (answer === 'ok' && isLast) return { kind: 'acknowledge' };
    at += answer === 'ok' ? 1 : -1;
  }
}

/** What is typed here is no secret, but goes the same way until it is known to be none. */
async function askCode(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const words = promptMessages[questions.facts.look.language];
  const { codeLabel, codeOk } = wordsOf(questions);
  const asked = [...problemBlocks(view, questions.facts.look), ownText('kept', words.typeCode)];
  const window = windowOf(view, asked, questions, { ok: codeOk });
  if (window === undefined) return unfit;
  const typed = await questions.dialogues.getPin({ ...window, label: codeLabel }, questions.signal);
  if (typed === undefined) return cancel;
  const code = typed.use((bytes) => (bytes.length > 16 ? '' : Buffer.from(bytes).toString('latin1')));
  typed.wipe();
  return { kind: 'code', code };
}

async function explain(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const { look } = questions.facts;
  const asked = [...cardBlocks(view, look), ...problemBlocks(view, look), ...unfitBlocks(view, look)];
  const notOk = view.candidates.length > 1 ? wordsOf(questions).otherCard : undefined;
  const window = windowOf(view, asked, questions, { notOk });
  if (window === undefined) return unfit;
  const answer = await questions.dialogues.confirm(window, questions.signal);
  if (answer === 'notOk') return await askWhich(view, questions);
  return answer === 'ok' ? { kind: 'acknowledge' } : cancel;
}

async function askPin(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer> {
  const { look } = questions.facts;
  const words = wordsOf(questions);
  const before = (await askOtherCard(view, questions)) ?? (await askLastTry(view, questions));
  if (before !== undefined) return before;
  const asked = [...cardBlocks(view, look), ...signingBlocks(view, look)];
  const role = view.pinRole ?? 'authentication';
  const label = `${promptMessages[look.language].of[view.purpose].pin[role]}:`;
  if (view.pinPad) {
    const window = windowOf(view, [...asked, ownText('kept', words.padQuestion)], questions, {
      ok: words.onReader,
      notOk: words.onComputer,
    });
    if (window === undefined) return unfit;
    const where = await questions.dialogues.confirm(window, questions.signal);
    if (where !== 'notOk') return where === 'ok' ? { kind: 'pinPad' } : cancel;
  }
  const window = windowOf(view, asked, questions, { ok: words.pinOk[view.purpose] });
  if (window === undefined) return unfit;
  const entry = { ...window, label, error: questions.note ?? problemText(view, questions) };
  const pin = await questions.dialogues.getPin(entry, questions.signal);
  return pin === undefined ? cancel : { kind: 'pin', pin };
}

/** A window for a code has no third button: with several cards it is asked before, unless the user has chosen. */
async function askOtherCard(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer | undefined> {
  if (view.candidates.length < 2 || view.chosenBecause === 'by-user' || view.problem !== undefined) return undefined;
  const { useCard, otherCard } = wordsOf(questions);
  const window = windowOf(view, cardBlocks(view, questions.facts.look), questions, { ok: useCard, notOk: otherCard });
  if (window === undefined) return unfit;
  const answer = await questions.dialogues.confirm(window, questions.signal);
  if (answer === 'notOk') return await askWhich(view, questions);
  return answer === 'ok' ? undefined : cancel;
}

/** Nobody uses up the last try by typing on. */
async function askLastTry(view: WirePrompt, questions: PinentryQuestions): Promise<PinentryAnswer | undefined> {
  if (!view.lastTry) return undefined;
  const { look } = questions.facts;
  const { useLastTry, lastTryHint } = wordsOf(questions);
  const asked = [...cardBlocks(view, look), ownText('kept', lastTryHint)];
  const window = windowOf(view, asked, questions, { ok: useLastTry });
  if (window === undefined) return unfit;
  return (await questions.dialogues.confirm(window, questions.signal)) === 'ok' ? undefined : cancel;
}

function problemText({ problem, purpose, levels }: WirePrompt, { facts }: PinentryQuestions): string | undefined {
  if (problem === undefined) return undefined;
  const { language } = facts.look;
  const hint = hintText(language, problem.code, purpose);
  const { sentence, nextStep } =
    hint === undefined
      ? errorText(language, problem.code, problem.fields)
      : { sentence: hint, nextStep: hintNextStep(language, problem.code, levels) };
  return withoutMarkup(screenText(`${sentence} ${nextStep}`.trim()));
}
