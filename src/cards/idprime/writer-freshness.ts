import type { ApduExchange } from '../apdu-exchange.js';
import { readFile } from './file-access.js';
import { FRESHNESS_FID, FRESHNESS_LENGTH } from './freshness.js';
import { overwrite } from './writer-files.js';

/** wContainersFreshness and wFilesFreshness; those of the PINs before them and what some cards append stay. */
const COUNTERS = 2;

/**
 * Tells other programs that containers and files change, so that they read them anew. Goes before the step that they
 * can see: a card that is pulled in between is read once too often, in the other order its news would never be seen.
 * Errors by status word; ERR_CARD_READ_ONLY.
 */
export async function announceChange(exchange: ApduExchange): Promise<void> {
  const counters = await readFile(exchange, FRESHNESS_FID, FRESHNESS_LENGTH);
  if (counters === undefined || counters.length < FRESHNESS_LENGTH) return;
  const before = Buffer.from(counters);
  const next = Buffer.alloc(FRESHNESS_LENGTH - COUNTERS);
  for (const at of [0, 2]) next.writeUInt16LE((before.readUInt16LE(COUNTERS + at) + 1) & 0xffff, at);
  await overwrite(exchange, FRESHNESS_FID, COUNTERS, new Uint8Array(next));
}
