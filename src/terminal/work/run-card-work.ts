import type { ControlClient } from '../../client/client.js';
import type { BegunCardWork } from '../../control-contract/certificates.js';
import type { Secret } from '../../core/secret.js';
import type { Language } from '../../messages/language.js';
import type { CardWorkCode, CardWorkOutcome } from '../../model/card-work.js';
import { sendAndRun } from './run-operation.js';
import type { WorkProgress } from './work-progress.js';

/** The codes that were typed; none when the PIN is typed on the reader. */
export type CardWorkTyped = Readonly<Partial<Record<CardWorkCode, Secret>>>;

/** How card work is run. */
export interface CardWorkRun {
  readonly lastTryConsent: boolean;
  readonly onPinPad: boolean;
  readonly language: Language;
  /** Gives it up at the next step. */
  readonly signal: AbortSignal;
  readonly progress: WorkProgress;
}

/** Keys of RSA take a card a minute, a person at a keypad another, and issuers what they take. */
const timeoutMs = 900_000;

/** Sends the codes and runs the work, telling of its steps; the codes are wiped whatever comes of it. */
export async function runCardWork(
  client: ControlClient,
  { operationId, tickets }: BegunCardWork,
  codes: CardWorkTyped,
  { lastTryConsent, onPinPad, language, signal, progress }: CardWorkRun,
): Promise<CardWorkOutcome> {
  const stop = client.on('card.progress', (now) => {
    if (now.operationId === operationId) progress.on(now.state);
  });
  try {
    const outcome = await sendAndRun(client, {
      tickets,
      codes,
      lastTryConsent,
      signal,
      cancel: () => client.request('card.cancel', { operationId }),
      run: () => client.request('card.run', { operationId, lastTryConsent, onPinPad, language }, { timeoutMs }),
    });
    progress.end(true);
    return outcome;
  } catch (error) {
    progress.end(false);
    throw error;
  } finally {
    stop();
  }
}
