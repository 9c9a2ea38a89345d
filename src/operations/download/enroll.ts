import { setTimeout as delay } from 'node:timers/promises';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { IssuerLogin } from '../../enrollment/issuer-client.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { CertificateOrder } from '../../model/certificate-order.js';
import type { CardWorkStep } from '../../model/card-work.js';

/**
 * Judges an answer: the key of the request, the person of the order, a path to whom the configuration trusts, the time,
 * and what the certificate is for.
 *
 * @throws {MiddlewareError} ERR_ISSUER_CERTIFICATE with `reason`.
 */
export type CheckIssued = (
  answer: Uint8Array,
  expected: {
    readonly order: CertificateOrder;
    /** DER: the key is in it. */
    readonly request: Uint8Array;
    readonly now: number;
    readonly clockSkewMs: number | undefined;
  },
) => { readonly leaf: CertificateInfo; readonly chain: readonly Uint8Array[] };

/** What asking an issuer works with. */
export interface EnrollOptions {
  readonly login: IssuerLogin;
  readonly signal: AbortSignal;
  /** Milliseconds that an issuer who wants time is waited for. */
  readonly patienceMs: () => number;
  readonly onStep: (step: Extract<CardWorkStep, 'enrolling' | 'waiting-for-issuer'>) => void;
}

/** Whatever the issuer says. */
const shortestWaitMs = 1000;

/**
 * Sends the request until there is an answer: a certificate, DER, of which nothing is verified. The same request may be
 * sent any number of times. The signal is looked at before each call and while waiting for the next; a call that has
 * begun goes on to its end, since some issuers answer once only.
 *
 * @throws {MiddlewareError} as {@link IssuerLogin.enroll}; ERR_ISSUER_PENDING when the issuer wants more time than there
 *   is; ERR_ABORTED.
 */
export async function enroll(
  order: CertificateOrder,
  request: Uint8Array,
  { login, signal, patienceMs, onStep }: EnrollOptions,
): Promise<Uint8Array> {
  for (;;) {
    refuseAborted(signal);
    onStep('enrolling');
    try {
      return (await login.enroll(order, request)).certificate;
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_ISSUER_PENDING')) throw error;
      refuseAborted(signal);
      const { retryAfterSeconds } = error.fields;
      const waitMs = Math.max(shortestWaitMs, 1000 * (typeof retryAfterSeconds === 'number' ? retryAfterSeconds : 10));
      if (waitMs > patienceMs()) throw error;
      onStep('waiting-for-issuer');
      await pause(waitMs, signal);
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw aborted();
  }
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw aborted();
}

const aborted = (): MiddlewareError => new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
