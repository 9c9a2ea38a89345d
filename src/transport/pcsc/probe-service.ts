import { toHex } from '../../core/bytes.js';
import { isMiddlewareError } from '../../core/errors.js';
import type { ReaderState } from '../../model/reader.js';
import { createInsertionCounter } from '../insertion-counter.js';
import { systemOfPlatform } from './own-system.js';
import { pcscError, watchReturns } from './pcsc-errors.js';
import type { PcscSystem } from './pcsc-system.js';
import { isKnown, splitEntries, toReaderState, unawareEvent } from './reader-events.js';
import { loadWinscard, type Handle, type Winscard } from './winscard.js';

/** A reader as the service shows it to whoever is not connected to it. */
export type ProbedReader = Pick<ReaderState, 'name' | 'card' | 'sharing'> & { readonly atr?: string | undefined };

/** What became of asking the service. */
export interface ServiceProbe {
  readonly state: 'available' | 'library-missing' | 'absent' | 'refused' | 'failed';
  /** PC/SC's own name of what failed. */
  readonly status?: string | undefined;
  readonly readers: readonly ProbedReader[];
}

/** SCARD_W_SECURITY_VIOLATION: what polkit refuses (winscard_svc.c of pcsc-lite). */
const SECURITY_VIOLATION = 0x8010006a;

/**
 * Asks the PC/SC service for its readers, once, without connecting to any of them. A service that takes connections and
 * does not answer holds a thread for good: whether it answers at all must be known before.
 */
export async function probePcscService(system: PcscSystem = systemOfPlatform()): Promise<ServiceProbe> {
  const winscard = loadWinscard(system);
  if (winscard === undefined) return { state: 'library-missing', readers: [] };
  const { returned, context } = await winscard.establishContext();
  if (returned !== 0) return failedProbe(returned, 'SCardEstablishContext');
  try {
    return await readReaders(winscard, context);
  } finally {
    await winscard.releaseContext(context);
  }
}

async function readReaders(winscard: Winscard, context: Handle): Promise<ServiceProbe> {
  const listed = await winscard.listReaders(context);
  if (listed.returned === watchReturns.noReaders) return { state: 'available', readers: [] };
  if (listed.returned !== 0) return failedProbe(listed.returned, 'SCardListReaders');
  const readers: ProbedReader[] = [];
  for (const part of splitEntries(listed.names.map(unawareEvent))) {
    const { returned, events } = await winscard.getStatusChange(context, 0, part);
    if (!watchReturns.ordinary.includes(returned)) return failedProbe(returned, 'SCardGetStatusChange');
    const insertions = createInsertionCounter();
    for (const event of events.filter(isKnown)) readers.push(shownReader(toReaderState(event, insertions, 0)));
  }
  return { state: 'available', readers };
}

function shownReader({ name, card, sharing, atr }: ReaderState): ProbedReader {
  return { name, card, sharing, ...(atr.length === 0 ? {} : { atr: toHex(atr) }) };
}

function failedProbe(returned: number, call: string): ServiceProbe {
  if (returned === SECURITY_VIOLATION) return { state: 'refused', readers: [] };
  const error = pcscError(returned, call);
  const isAbsent = isMiddlewareError(error, 'ERR_PCSC_SERVICE_ABSENT');
  return { state: isAbsent ? 'absent' : 'failed', status: String(error.fields['status']), readers: [] };
}
