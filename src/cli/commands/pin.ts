import type { PinRequest } from '../../control-contract/pins.js';
import { pinMessages } from '../../messages/pin.js';
import { usageMessages } from '../../messages/usage.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { answerFromLines } from '../pin/answer-from-lines.js';
import { openLineDialog } from '../pin/line-dialog.js';
import { askPinOperation, type DonePinOperation } from '../../terminal/work/ask-pin-operation.js';
import { pinCardLines, pinOutcomeLines } from '../../terminal/texts/pin-lines.js';
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
    else writeLines(context, pinOutcomeLines(done, context));
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
  return await withClient(context, async (client) => {
    const dialog = await openLineDialog(context, client);
    try {
      return await askPinOperation(client, request, dialog, context, { usePinPad });
    } finally {
      dialog.close();
    }
  });
}

function reportOf({ begun, outcome }: DonePinOperation): object {
  const { operation, card, pin } = begun;
  return { operation, card, pin: { reference: pin.reference, role: pin.role }, ...outcome };
}
