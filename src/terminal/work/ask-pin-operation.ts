import type { ControlClient } from '../../client/client.js';
import type { BegunPinOperation, PinRequest } from '../../control-contract/pins.js';
import { isMiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { pinMessages, type PinMessages } from '../../messages/pin.js';
import type { PinOutcome } from '../../model/pin-care.js';
import type { PinFormat } from '../../model/pin.js';
import type { Look } from '../look.js';
import { cardLine, foreignLines, phraseLines, pukText, triesText } from '../texts/pin-lines.js';
import { runOperation, wipeCodes, type TypedCodes } from './run-operation.js';
import type { WorkDialog } from './work-dialog.js';
import { agree, askFitting, chooseCard, chooseLine, sayHint } from './work-questions.js';

/** Longer than a card takes that nobody else uses. */
const busyMs = 1000;

/** What was done, with whom, and what came of it. */
export interface DonePinOperation {
  readonly begun: BegunPinOperation;
  readonly outcome: PinOutcome;
}

/** How an operation is asked about. */
export interface PinAsking {
  readonly usePinPad: boolean;
  /** Told before codes are asked for. */
  readonly onBegin?: (begun: BegunPinOperation) => void;
  /** Told when the codes go to the card. */
  readonly onRun?: (begun: BegunPinOperation) => void;
  /** Says what is waited for, until the operation has ended; in a line of its own where nothing else is given. */
  readonly onWait?: (line: string) => void;
}

/** Asks which card and PIN is meant and for the codes, and runs the operation. */
export async function askPinOperation(
  client: ControlClient,
  request: PinRequest,
  dialog: WorkDialog,
  look: Look,
  { usePinPad, onBegin, onRun, onWait = (line) => dialog.say(line) }: PinAsking,
): Promise<DonePinOperation> {
  const { language } = look;
  const words = pinMessages[language];
  const begun = await begin(client, request, dialog, words);
  onBegin?.(begun);
  const onPinPad = usePinPad && begun.pinPad;
  describe(begun, dialog, words);
  if (begun.lastTry) await agree(begun.atStake, dialog, words);
  // Last, so that it is in sight while codes are typed, also on a small screen.
  dialog.say(...phraseLines(begun, look));
  const codes = onPinPad ? {} : await askCodes(begun, dialog, words);
  onRun?.(begun);
  onWait(onPinPad ? words.onReader[begun.operation] : words.working);
  const outcome = await runOperation(client, begun, codes, {
    lastTryConsent: begun.lastTry,
    onPinPad,
    language,
    signal: dialog.cancelled,
    onProgress: ({ state }) => {
      if (state === 'waiting') onWait(words.busy);
    },
  });
  return { begun, outcome };
}

/** Begins, and asks which card or PIN is meant as long as that is not clear. */
async function begin(
  client: ControlClient,
  request: PinRequest,
  dialog: WorkDialog,
  words: PinMessages,
): Promise<BegunPinOperation> {
  const busy = setTimeout(() => dialog.say(words.busy), busyMs);
  try {
    return await client.request('pin.begin', request);
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_TOKEN_AMBIGUOUS')) {
      clearTimeout(busy);
      return await begin(client, { ...request, card: await chooseCard(client, dialog, words) }, dialog, words);
    }
    if (isMiddlewareError(error, 'ERR_PIN_AMBIGUOUS')) {
      clearTimeout(busy);
      return await begin(
        client,
        { ...request, ...(await choosePin(client, error.fields['card'], dialog, words)) },
        dialog,
        words,
      );
    }
    throw error;
  } finally {
    clearTimeout(busy);
  }
}

async function choosePin(
  client: ControlClient,
  id: unknown,
  dialog: WorkDialog,
  words: PinMessages,
): Promise<Pick<PinRequest, 'card' | 'reference'>> {
  const { cards } = await client.request('pin.list', {});
  const meant = cards.find((card) => card.id === id);
  const pins = meant?.pins ?? [];
  const lines = pins.map((pin) => `${words.pin[pin.role]}: ${triesText(pin, words)}`);
  const index = await chooseLine(lines, words.choosePin, dialog, words);
  return { card: meant?.id, reference: pins[index]?.reference };
}

function describe(
  { operation, card, pin, atStake, openOrders }: BegunPinOperation,
  dialog: WorkDialog,
  words: PinMessages,
): void {
  dialog.say(
    cardLine(card, words),
    `${words.pin[pin.role]}: ${triesText(pin, words)}`,
    ...(operation === 'unblock' && !pin.blocked ? [words.notBlocked] : []),
    ...(atStake === 'PUK' && pin.puk !== undefined
      ? [`${words.puk}: ${pukText(pin.puk, words)}`, words.pukWarning]
      : []),
    ...foreignLines(pin, words),
    ...(openOrders > 0 ? [words.openOrders(openOrders)] : []),
  );
}

async function askCodes(
  { codes, pin }: BegunPinOperation,
  dialog: WorkDialog,
  words: PinMessages,
): Promise<TypedCodes> {
  sayHint(dialog, words.entryHint);
  const typed: Record<string, Secret> = {};
  try {
    for (const name of codes) {
      if (name === 'next') typed[name] = await askNew(pin.format, dialog, words);
      else if (name === 'current') typed[name] = await askFitting(words.current, pin.format, dialog, words);
      else typed[name] = await askFitting(words.currentPuk, pin.puk?.format ?? pin.format, dialog, words);
    }
    return typed;
  } catch (error) {
    wipeCodes(typed);
    throw error;
  }
}

/** Asks for the new code until it was typed twice alike. */
async function askNew(format: PinFormat, dialog: WorkDialog, words: PinMessages): Promise<Secret> {
  for (;;) {
    const first = await askFitting(
      words.next(words.rule(format.minLength, format.maxLength, format.characters)),
      format,
      dialog,
      words,
    );
    try {
      const second = await dialog.askCode(words.again, { format });
      const same = isSame(first, second);
      second.wipe();
      if (same) return first;
    } catch (error) {
      first.wipe();
      throw error;
    }
    first.wipe();
    dialog.say(words.different);
  }
}

function isSame(one: Secret, other: Secret): boolean {
  return one.use((a) => other.use((b) => a.length === b.length && a.every((byte, index) => byte === b[index])));
}
