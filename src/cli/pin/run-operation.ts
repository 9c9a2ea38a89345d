import type { ControlClient } from '../../client/client.js';
import type { BegunPinOperation, PinProgress } from '../../control-contract/pins.js';
import type { Secret } from '../../core/secret.js';
import type { Language } from '../../messages/language.js';
import type { PinCodeName, PinOutcome } from '../../model/pin-care.js';

/** The codes that were typed; none when they are typed on the reader. */
export type TypedCodes = Readonly<Partial<Record<PinCodeName, Secret>>>;

/** How an operation is run. */
export interface RunOptions {
  readonly lastTryConsent: boolean;
  readonly onPinPad: boolean;
  readonly language: Language;
  /** Gives it up as long as no code has gone to the card. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PinProgress) => void;
}

/** A person at a keypad, or a long login before us. */
const timeoutMs = 300_000;

/** Sends the codes and runs the operation; the codes are wiped whatever comes of it. */
export async function runOperation(
  client: ControlClient,
  { operationId, tickets }: BegunPinOperation,
  codes: TypedCodes,
  { lastTryConsent, onPinPad, language, signal, onProgress = () => undefined }: RunOptions,
): Promise<PinOutcome> {
  const cancel = (): void => void client.request('pin.cancel', { operationId }).catch(() => undefined);
  const stop = client.on('pin.progress', (progress) => {
    if (progress.operationId === operationId) onProgress(progress);
  });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    for (const [name, ticket] of Object.entries(tickets)) {
      const code = codes[name as PinCodeName];
      if (code !== undefined) await client.sendPin(ticket, code, { lastTryConsent });
    }
    wipeCodes(codes);
    return await client.request('pin.run', { operationId, lastTryConsent, onPinPad, language }, { timeoutMs });
  } finally {
    stop();
    signal.removeEventListener('abort', cancel);
    wipeCodes(codes);
  }
}

/** Overwrites every code. */
export function wipeCodes(codes: TypedCodes): void {
  for (const code of Object.values(codes)) code.wipe();
}
