import type { ControlClient } from '../../client/client.js';
import type { PinRequest } from '../../control-contract/pins.js';
import { MiddlewareError } from '../../core/errors.js';
import type { PinCodeName, PinOperationName } from '../../model/pin-care.js';
import { withClient, type CommandContext } from '../context.js';
import type { DonePinOperation } from '../../terminal/work/ask-pin-operation.js';
import { runOperation, wipeCodes, type TypedCodes } from '../../terminal/work/run-operation.js';

/** One line of standard input for each, in this order. */
const lines: Readonly<Record<PinOperationName, readonly PinCodeName[]>> = {
  verify: ['current'],
  change: ['current', 'next'],
  unblock: ['puk', 'next'],
};

/** Reads the codes from standard input and runs the operation once. A last try needs a person, so it is refused. */
export async function answerFromLines(request: PinRequest, context: CommandContext): Promise<DonePinOperation> {
  const names = lines[request.operation];
  const read = await context.ports.readPinLines(names.length);
  const codes: TypedCodes = Object.fromEntries(
    names.flatMap((name, index) => {
      const line = read[index];
      return line === undefined ? [] : [[name, line]];
    }),
  );
  try {
    return await withClient(context, (client) => run(client, request, codes, context));
  } finally {
    wipeCodes(codes);
  }
}

async function run(
  client: ControlClient,
  request: PinRequest,
  codes: TypedCodes,
  { ports, language }: CommandContext,
): Promise<DonePinOperation> {
  const signal = await ports.interrupted();
  const begun = await client.request('pin.begin', request);
  if (begun.lastTry) {
    throw new MiddlewareError('ERR_PIN_LAST_TRY', 'A last try needs a person', {
      fields: { operation: request.operation, pinEffect: 'none' },
    });
  }
  const outcome = await runOperation(client, begun, codes, {
    lastTryConsent: false,
    onPinPad: false,
    language,
    signal,
  });
  return { begun, outcome };
}
