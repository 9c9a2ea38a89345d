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
  const stop = client.on('pin.progress', (progress) => {
    if (progress.operationId === operationId) onProgress(progress);
  });
  try {
    return await sendAndRun(client, {
      tickets,
      codes,
      lastTryConsent,
      signal,
      cancel: () => client.request('pin.cancel', { operationId }),
      run: () => client.request('pin.run', { operationId, lastTryConsent, onPinPad, language }, { timeoutMs }),
    });
  } finally {
    stop();
  }
}

/** What is done with codes that were typed for it. */
export interface CodedWork<T> {
  readonly tickets: Readonly<Record<string, string>>;
  readonly codes: Readonly<Partial<Record<string, Secret>>>;
  readonly lastTryConsent: boolean;
  readonly signal: AbortSignal;
  /** Called when the signal is aborted. */
  readonly cancel: () => Promise<unknown>;
  /** Called once the codes are sent. */
  readonly run: () => Promise<T>;
}

/** Sends the codes that there are tickets for, and runs what they are for; they are wiped whatever comes of it. */
export async function sendAndRun<T>(client: ControlClient, work: CodedWork<T>): Promise<T> {
  const { tickets, codes, lastTryConsent, signal } = work;
  const cancel = (): void => void work.cancel().catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    for (const [name, ticket] of Object.entries(tickets)) {
      const code = codes[name];
      if (code !== undefined) await client.sendPin(ticket, code, { lastTryConsent });
    }
    wipeCodes(codes);
    return await work.run();
  } finally {
    signal.removeEventListener('abort', cancel);
    wipeCodes(codes);
  }
}

/** Overwrites every code. */
export function wipeCodes(codes: Readonly<Partial<Record<string, Secret>>>): void {
  for (const code of Object.values(codes)) code?.wipe();
}
