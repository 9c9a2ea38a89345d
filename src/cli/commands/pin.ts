import type { PinRequest } from '../../control-contract/pins.js';
import { errorText } from '../../messages/error-text.js';
import { pinMessages } from '../../messages/pin.js';
import { usageMessages } from '../../messages/usage.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { nextStepFields } from '../../terminal/look.js';
import { answerFromLines } from '../pin/answer-from-lines.js';
import { askOnTerminal, type DonePinOperation } from '../pin/ask-on-terminal.js';
import { pinCardLines, triesText } from '../../terminal/texts/pin-lines.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { usageError } from '../usage-error.js';

/** Where the codes come from. */
export interface PinSource {
  readonly pinStdin: boolean;
  /** Whether they are typed on the reader where that is possible. */
  readonly usePinPad: boolean;
}

/** `kort pin status`: the counters are read from the cards for it. */
export async function pinStatusCommand(context: CommandContext): Promise<number> {
  const { cards } = await withClient(context, (client) => client.request('pin.list', {}));
  if (context.json) writeJson(context, { cards });
  else if (cards.length === 0) writeLines(context, [pinMessages[context.language].noCards]);
  else
    writeLines(
      context,
      cards.flatMap((card) => pinCardLines(card, context)),
    );
  return 0;
}

/** `kort pin verify`, `kort pin change`, `kort unlock --puk`. */
export function pinOperationCommand(request: PinRequest, source: PinSource): Command {
  return async (context) => {
    const done = await carryOut(request, source, context);
    if (context.json) writeJson(context, reportOf(done));
    else writeLines(context, reportLines(done, context));
    return 0;
  };
}

async function carryOut(
  request: PinRequest,
  { pinStdin, usePinPad }: PinSource,
  context: CommandContext,
): Promise<DonePinOperation> {
  if (pinStdin) return await answerFromLines(request, context);
  if (context.json || !context.ports.hasTerminal()) {
    throw usageError(usageMessages[context.language].terminalNeeded);
  }
  return await withClient(context, (client) => askOnTerminal(client, request, context, { usePinPad }));
}

function reportOf({ begun, outcome }: DonePinOperation): object {
  const { operation, card, pin } = begun;
  return { operation, card, pin: { reference: pin.reference, role: pin.role }, ...outcome };
}

function reportLines({ begun, outcome }: DonePinOperation, context: CommandContext): readonly string[] {
  const words = pinMessages[context.language];
  const { before, after, problem } = outcome;
  const tries = [
    triesText(after, words),
    ...(before.attemptsRemaining === undefined ? [] : [words.before(before.attemptsRemaining)]),
  ];
  const first = `${words.done[begun.operation]} ${words.pin[begun.pin.role]}: ${tries.join(' ')}.`;
  if (problem === undefined) return [first];
  const { sentence, nextStep } = errorText(context.language, problem.code, {
    ...problem.fields,
    ...nextStepFields(context),
  });
  return [words.done[begun.operation], screenText(words.doneBut(`${sentence} ${nextStep}`))];
}
