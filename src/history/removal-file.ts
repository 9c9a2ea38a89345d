import type { Logger } from '../core/ports.js';
import type { RememberedRemoval, RemovalMemory } from '../model/removal-memory.js';
import { openJsonMapFile } from './json-map-file.js';

/**
 * Opens, or begins, the file in which it is kept which removals of cards are to be reported. A file that makes no sense
 * is begun anew: a report is a best effort, and refusing to start would keep people out.
 */
export async function openRemovalFile(path: string, logger: Logger): Promise<RemovalMemory> {
  const warning = 'Removals of cards that were to be reported could not be read and are forgotten';
  const removals = await openJsonMapFile(path, { logger, isValue: isRemoval, warning });
  return {
    all: () => removals.values(),
    keep: (removal) => removals.set(removal.orderId, removal),
    forget: (orderId) => removals.delete(orderId),
  };
}

const texts = ['orderId', 'clientId', 'tokenId', 'privateKey', 'reportId'];

function isRemoval(value: unknown): value is RememberedRemoval {
  if (typeof value !== 'object' || value === null) return false;
  const { armedAt, removedAt, ...rest } = value as Partial<Record<string, unknown>>;
  const hasTimes = Number.isFinite(armedAt) && (removedAt === undefined || Number.isFinite(removedAt));
  return hasTimes && texts.every((name) => typeof rest[name] === 'string');
}
