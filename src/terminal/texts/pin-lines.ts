import type {
  CardName,
  ForeignPinUse,
  PinCard,
  PinOutcome,
  PinQuestion,
  PinState,
  PukState,
  TriesLeft,
} from '../../model/pin-care.js';
import { errorText } from '../../messages/error-text.js';
import { pinMessages, type PinMessages } from '../../messages/pin.js';
import { promptPlaceMessages } from '../../messages/prompt-place.js';
import { nextStepFields, type Look, type NextStepLook } from '../look.js';
import { screenText } from '../layout/screen-text.js';
import { createStyle } from '../layout/style.js';
import { localTime } from '../../messages/local-time.js';

/** A card by all its names. */
export function cardLine({ label, product, serial, reader }: CardName, words: PinMessages): string {
  return screenText(words.card(label, product, serial, reader));
}

/** The user's own phrase, by which a real question for a code is known. */
export function phraseLines(
  { phrase }: { readonly phrase?: string | undefined },
  { language }: Look,
): readonly string[] {
  return phrase === undefined ? [] : [screenText(`${promptPlaceMessages[language].phrase}: ${phrase}`)];
}

/** What is left of a PIN or PUK that tells it. */
export function triesText({ attemptsRemaining, blocked }: TriesLeft, words: PinMessages): string {
  if (blocked) return words.blocked;
  return attemptsRemaining === undefined ? words.attemptsUnknown : words.attempts(attemptsRemaining);
}

/** What is left of a PUK, which may be known from before only. */
export function pukText(puk: PukState, words: PinMessages): string {
  if (puk.blocked || puk.attemptsRemaining !== undefined) return triesText(puk, words);
  return puk.attemptsRemembered === undefined ? words.pukUnknown : words.pukRemembered(puk.attemptsRemembered);
}

/** Tries of others, the newest last, and what to do about them. */
export function foreignLines(
  { foreignTries, foreignUse }: Pick<PinState, 'foreignTries' | 'foreignUse'>,
  words: PinMessages,
): readonly string[] {
  const noticed = (text: string, { time, programs }: ForeignPinUse): string =>
    screenText(withPrograms(`${text}, ${words.noticed(localTime(time))}`, programs, words));
  const tries = foreignTries.map((one) => noticed(words.foreignTry(one.attemptsBefore, one.attemptsRemaining), one));
  return [
    ...tries,
    ...(tries.length === 0 ? [] : [words.foreignAdvice]),
    ...(foreignUse === undefined ? [] : [`${noticed(words.foreignUse, foreignUse)}. ${words.foreignUseAdvice}`]),
  ];
}

/** What was noticed, and who may have done it. */
export function withPrograms(text: string, programs: readonly string[] | undefined, words: PinMessages): string {
  return programs === undefined || programs.length === 0
    ? text
    : `${text}; ${words.foreignPrograms(programs.join(', '))}`;
}

/** All that `kort pin status` says of one card. */
export function pinCardLines(card: PinCard, context: NextStepLook): readonly string[] {
  const words = pinMessages[context.language];
  const style = createStyle(context.color);
  return [
    style.bold(cardLine(card, words)),
    ...problemLines(card, context).map((line) => `  ${style.warning(line)}`),
    ...card.pins.flatMap((pin) => pinLines(pin, context)),
  ];
}

function problemLines({ problem }: PinCard, context: NextStepLook): readonly string[] {
  if (problem === undefined) return [];
  const { sentence, nextStep } = errorText(context.language, problem.code, {
    ...problem.fields,
    ...nextStepFields(context),
  });
  return [screenText(`${sentence} ${nextStep}`)];
}

function pinLines(pin: PinState, { language, color }: Look): readonly string[] {
  const words = pinMessages[language];
  const style = createStyle(color);
  const tries = triesText(pin, words);
  const isUrgent = pin.blocked || pin.attemptsRemaining === 1;
  const accepted = pin.lastAcceptedAt === undefined ? [] : [words.lastAccepted(localTime(pin.lastAcceptedAt))];
  return [
    `  ${words.pin[pin.role]}: ${[isUrgent ? style.warning(tries) : tries, ...accepted].join(' · ')}`,
    ...(pin.puk === undefined ? [] : [`    ${words.puk}: ${pukText(pin.puk, words)}`]),
    ...foreignLines(pin, words).map((line) => `    ${style.warning(line)}`),
  ];
}

/** What came of an operation, with the tries left before and after it. */
export function pinOutcomeLines(
  { begun, outcome }: { readonly begun: Pick<PinQuestion, 'operation' | 'pin'>; readonly outcome: PinOutcome },
  look: NextStepLook,
): readonly string[] {
  const words = pinMessages[look.language];
  const { before, after, problem } = outcome;
  const tries = [
    triesText(after, words),
    ...(before.attemptsRemaining === undefined ? [] : [words.before(before.attemptsRemaining)]),
  ];
  const first = `${words.done[begun.operation]} ${words.pin[begun.pin.role]}: ${tries.join(' ')}.`;
  if (problem === undefined) return [first];
  const { sentence, nextStep } = errorText(look.language, problem.code, { ...problem.fields, ...nextStepFields(look) });
  return [words.done[begun.operation], screenText(words.doneBut(`${sentence} ${nextStep}`))];
}
