import type { ControlClient } from '../../client/client.js';
import type { BegunCardWork } from '../../control-contract/certificates.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { cardWorkMessages } from '../../messages/card-work.js';
import { errorText } from '../../messages/error-text.js';
import { pinMessages } from '../../messages/pin.js';
import type { CardWorkOutcome, CardWorkRequest } from '../../model/card-work.js';
import type { Look, NextStepLook } from '../look.js';
import { marked } from '../layout/marked-text.js';
import { phraseLines, triesText } from '../texts/pin-lines.js';
import { questionTexts } from '../texts/question-texts.js';
import { progressOnDialog } from './follow-steps.js';
import { runCardWork, type CardWorkTyped } from './run-card-work.js';
import { wipeCodes } from './run-operation.js';
import type { WorkDialog } from './work-dialog.js';
import { agree, askFitting, chooseCard, sayHint } from './work-questions.js';

/** What was done, with which card, and what came of it. */
export interface DoneCardWork {
  readonly begun: BegunCardWork;
  readonly outcome: CardWorkOutcome;
}

/** How card work is asked about. */
export interface CardWorkAsking {
  readonly usePinPad: boolean;
  /** A removal is agreed to already. */
  readonly yes: boolean;
  /** Told when the codes go to the card: from then on something may be changed. */
  readonly onRun: () => void;
}

/** How long `card.begin` may take: a slow card behind a login that is under way. */
export const checkMs = 120_000;

/** Where everything is asked and said. */
interface Place {
  readonly client: ControlClient;
  readonly dialog: WorkDialog;
  readonly look: NextStepLook;
}

/**
 * Asks, where needed which card is meant and whether it shall be done, and runs card work. After a wrong
 * PIN, and for the management key of a card that turns out to need it, the user is asked again.
 */
export async function askCardWork(
  client: ControlClient,
  request: CardWorkRequest,
  dialog: WorkDialog,
  look: NextStepLook,
  asking: CardWorkAsking,
): Promise<DoneCardWork> {
  const place = { client, dialog, look };
  const begun = await begin(request, place);
  await describe(request, begun, asking, place);
  return await askAndRun(request, begun, asking, place);
}

async function askAndRun(
  request: CardWorkRequest,
  begun: BegunCardWork,
  asking: CardWorkAsking,
  place: Place,
): Promise<DoneCardWork> {
  const { dialog } = place;
  try {
    return { begun, outcome: await askOnce(begun, asking, place) };
  } catch (error) {
    const again = goingOn(request, begun, error);
    if (again === undefined || !isMiddlewareError(error) || dialog.cancelled.aborted) throw error;
    const next = await check(again, place);
    sayWhy(error, next, place);
    return await askAndRun(again, next, asking, place);
  }
}

/** What is asked for again after a failure that the user can put right here; undefined after any other. */
function goingOn(request: CardWorkRequest, { card }: BegunCardWork, error: unknown): CardWorkRequest | undefined {
  const needsKey = isMiddlewareError(error, 'ERR_CARD_MANAGEMENT_KEY') && request.askManagementKey !== true;
  if (!needsKey && !isMiddlewareError(error, 'ERR_PIN_WRONG')) return undefined;
  const { downloadId } = error.fields;
  const wish = { askManagementKey: needsKey ? true : request.askManagementKey };
  if (request.work !== 'download') return { ...request, ...wish };
  return typeof downloadId === 'string'
    ? { work: 'resume', downloadId, session: request.session, ...wish }
    : { ...request, card: card.id, ...wish };
}

function sayWhy(error: MiddlewareError, { pin }: BegunCardWork, { dialog, look }: Place): void {
  const pins = pinMessages[look.language];
  const why =
    error.code === 'ERR_CARD_MANAGEMENT_KEY'
      ? cardWorkMessages[look.language].managementKeyNeeded
      : errorText(look.language, error.code, {}).sentence;
  dialog.say(why, `${pins.pin[pin.role]}: ${triesText(pin, pins)}`);
}

async function describe(
  request: CardWorkRequest,
  begun: BegunCardWork,
  { yes }: CardWorkAsking,
  { dialog, look }: Place,
): Promise<void> {
  const keepReplaced = request.work === 'download' && request.keepReplaced === true;
  dialog.sayMarked([marked(''), ...questionTexts(begun, keepReplaced, look), marked('')]);
  if (request.work !== 'remove') return;
  if (request.withKey) dialog.say(cardWorkMessages[look.language].removesKey);
  if (!yes) await agreeToRemoval(dialog, look);
}

async function askOnce(
  begun: BegunCardWork,
  { usePinPad, onRun }: CardWorkAsking,
  place: Place,
): Promise<CardWorkOutcome> {
  const { dialog, look } = place;
  if (begun.lastTry) await agree('PIN', dialog, pinMessages[look.language]);
  // In sight while the code is typed, also on a small screen, and again after a wrong one.
  dialog.say(...phraseLines(begun, look));
  const onPinPad = usePinPad && begun.pinPad;
  const codes = await askCodes(begun, onPinPad, dialog, look);
  if (onPinPad) dialog.say(cardWorkMessages[look.language].onReader(begun.pinUses));
  onRun();
  return await run(begun, codes, onPinPad, place);
}

async function run(
  begun: BegunCardWork,
  codes: CardWorkTyped,
  onPinPad: boolean,
  { client, dialog, look }: Place,
): Promise<CardWorkOutcome> {
  const telling = (): void => {
    // A daemon that went away cancels nothing.
    if (!isMiddlewareError(dialog.cancelled.reason, 'ERR_PIN_CANCELLED')) return;
    dialog.tell('');
    dialog.say(cardWorkMessages[look.language].cancelling);
  };
  dialog.cancelled.addEventListener('abort', telling, { once: true });
  if (!onPinPad) dialog.tell(`… ${cardWorkMessages[look.language].opening}`);
  try {
    return await runCardWork(client, begun, codes, {
      lastTryConsent: begun.lastTry,
      onPinPad,
      language: look.language,
      signal: dialog.cancelled,
      progress: progressOnDialog(dialog, look),
    });
  } finally {
    dialog.cancelled.removeEventListener('abort', telling);
  }
}

async function begin(request: CardWorkRequest, place: Place): Promise<BegunCardWork> {
  const { client, dialog, look } = place;
  try {
    return await check(request, place);
  } catch (error) {
    if (request.work !== 'download' || !isMiddlewareError(error, 'ERR_TOKEN_AMBIGUOUS')) throw error;
    const card = await chooseCard(client, dialog, pinMessages[look.language]);
    return await check({ ...request, card }, place);
  }
}

/** Cards take seconds to be read: meanwhile that is said. */
async function check(request: CardWorkRequest, { client, dialog, look }: Place): Promise<BegunCardWork> {
  dialog.tell(`… ${cardWorkMessages[look.language].doing.checking}`);
  try {
    return await client.request('card.begin', request, { timeoutMs: checkMs });
  } finally {
    dialog.tell('');
  }
}

async function agreeToRemoval(dialog: WorkDialog, { language }: Look): Promise<void> {
  const { agreeRemove, letters } = cardWorkMessages[language];
  if ((await dialog.askLetter(agreeRemove, letters)) !== 0) {
    throw new MiddlewareError('ERR_ABORTED', 'The user said no');
  }
}

/** Hex digits of the longest management key, of AES-256. */
const longestKey = 64;

async function askCodes(
  { codes, pin }: BegunCardWork,
  onPinPad: boolean,
  dialog: WorkDialog,
  { language }: Look,
): Promise<CardWorkTyped> {
  const words = cardWorkMessages[language];
  const pins = pinMessages[language];
  const typed: Record<string, Secret> = {};
  const asked = codes.filter((name) => name !== 'pin' || !onPinPad);
  if (asked.length > 0) sayHint(dialog, pins.entryHint);
  try {
    for (const name of asked) {
      typed[name] =
        name === 'pin' ? await askFitting(words.pin, pin.format, dialog, pins) : await askKey(dialog, language);
    }
    return typed;
  } catch (error) {
    wipeCodes(typed);
    throw error;
  }
}

async function askKey(dialog: WorkDialog, language: Look['language']): Promise<Secret> {
  const words = cardWorkMessages[language];
  for (;;) {
    const key = await dialog.askCode(words.managementKey, { maxLength: longestKey });
    if (key.use(isKeyInHex)) return key;
    key.wipe();
    dialog.say(words.managementKeyForm);
  }
}

function isKeyInHex(bytes: Uint8Array): boolean {
  const isDigit = (byte: number): boolean =>
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
  return [32, 48, 64].includes(bytes.length) && bytes.every(isDigit);
}
