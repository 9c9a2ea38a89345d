import { MiddlewareError } from '../../src/core/errors.js';
import type { Purpose, RelyingParty } from '../../src/model/relying-party.js';
import type { CollectAnswer, OobCaller, OobService } from '../../src/oob/oob-service.js';

export interface RecordingOobService extends OobService {
  /** Every call that would have had an effect, in order. */
  readonly calls: {
    readonly call: 'start' | 'collect' | 'cancel';
    readonly caller: OobCaller;
    readonly text: string;
    /** Of a start. */
    readonly purpose?: Purpose;
  }[];
  /** What the next collect answers; without it, it waits until its signal aborts. */
  answer: CollectAnswer | undefined;
  /** What the next call throws. */
  failure: Error | undefined;
  /** How long each collect was ready to wait, in milliseconds. */
  readonly waits: number[];
  /** Collects that were aborted by their signal. */
  aborted: number;
}

export const testOrderRef = 'A'.repeat(43);

/** A protocol core that accepts everything that reaches it and writes down that it did. */
export function recordingOobService(registered: RelyingParty): RecordingOobService {
  const note = (call: 'start' | 'collect' | 'cancel', caller: OobCaller, text: string, purpose?: Purpose): void => {
    service.calls.push({ call, caller, text, ...(purpose === undefined ? {} : { purpose }) });
    if (service.failure) throw service.failure;
  };
  const service: RecordingOobService = {
    calls: [],
    answer: { status: 'pending', hintCode: 'outstandingTransaction' },
    failure: undefined,
    waits: [],
    aborted: 0,
    ownerOfOrigin: (origin) => (registered.origins.includes(origin) ? registered : undefined),
    start: async (request, caller, purpose) => {
      note('start', caller, request, purpose);
      return Promise.resolve({ orderRef: testOrderRef, expiresAt: '2026-01-01T00:03:00.000Z' });
    },
    collect: async (orderRef, caller, waitMs, signal) => {
      service.waits.push(waitMs);
      note('collect', caller, orderRef);
      if (service.answer) return service.answer;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          service.aborted += 1;
          reject(new MiddlewareError('ERR_ABORTED', 'Client hung up'));
        });
      });
    },
    cancel: async (orderRef, caller) => {
      note('cancel', caller, orderRef);
      return Promise.resolve();
    },
  };
  return service;
}
