import type { ControlClient } from '../../client/client.js';
import { MiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { CardWorkRequest } from '../../model/card-work.js';
import { checkMs, type DoneCardWork } from '../../terminal/work/ask-card-work.js';
import { runCardWork } from '../../terminal/work/run-card-work.js';
import type { CommandContext } from '../context.js';
import { progressInLines } from './progress-in-lines.js';

/** Runs card work with the PIN that was read from standard input. A last try and other codes need a person. */
export async function cardWorkFromLines(
  client: ControlClient,
  request: CardWorkRequest,
  pin: Secret,
  context: CommandContext,
  onRun: () => void,
): Promise<DoneCardWork> {
  const signal = await context.ports.interrupted();
  const begun = await client.request('card.begin', request, { timeoutMs: checkMs });
  if (begun.lastTry) throw new MiddlewareError('ERR_PIN_LAST_TRY', 'A last try needs a person');
  if (begun.codes.includes('managementKey')) {
    throw new MiddlewareError('ERR_CARD_MANAGEMENT_KEY', 'A management key needs a person');
  }
  onRun();
  const outcome = await runCardWork(
    client,
    begun,
    { pin },
    {
      lastTryConsent: false,
      onPinPad: false,
      language: context.language,
      signal,
      progress: progressInLines(context),
    },
  );
  return { begun, outcome };
}
