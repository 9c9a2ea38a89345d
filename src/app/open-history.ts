import { rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { isMiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import { openFileHistory, type FileHistory } from '../history/file-history.js';

/** A history that was tampered with or damaged is kept for whoever looks into it, and must not keep people from work. */
export async function openHistory(path: string, options: { clock: Clock; logger: Logger }): Promise<FileHistory> {
  const { clock, logger } = options;
  try {
    return await openFileHistory(path, options);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_HISTORY_DAMAGED')) throw error;
    const keptIn = `${path}.damaged-${clock.now()}`;
    logger.error({ error, keptIn }, 'History is damaged; it is kept aside and a new one begun');
    await rename(path, keptIn);
    const history = await openFileHistory(path, options);
    await history.append({ kind: 'damaged-file', keptIn: basename(keptIn) });
    return history;
  }
}
