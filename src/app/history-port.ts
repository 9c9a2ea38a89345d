import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryPort } from '../cli/ports.js';
import { MiddlewareError } from '../core/errors.js';
import { hashOfEntry, listHistory } from '../history/read-history.js';
import { requireIntact, verifyHistory } from '../history/verify-history.js';
import { instancePaths } from '../platform/paths.js';
import { writePrivateFile } from '../platform/private-file.js';

/** The name of the history among the files of an instance. */
export const historyFile = 'history.jsonl';

/** Reads the files of the history, whether a daemon runs or not. */
export const historyPort: HistoryPort = {
  list: async (instance, query) => await listHistory(pathOf(instance), query),
  verify: async (instance, written) => {
    const path = pathOf(instance);
    const verdict = requireIntact(await verifyHistory(path));
    if (written === undefined) return { ...verdict };
    const { first = 1, entries } = verdict;
    if (written.sequence < first) return { ...verdict, written: 'older' };
    const hash = written.sequence < first + entries ? await hashOfEntry(path, written.sequence) : undefined;
    if (hash === written.hash) return { ...verdict, written: 'kept' };
    throw new MiddlewareError('ERR_HISTORY_DAMAGED', 'History holds no such entry', {
      fields: { reason: 'written-down', sequence: written.sequence },
    });
  },
  exists: (path) => existsSync(path),
  write: (path, text) => writePrivateFile({ path, overwrite: true }, Buffer.from(text)),
};

const pathOf = (instance: string): string => join(instancePaths(instance).state, historyFile);
