import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger } from '../core/ports.js';
import { syncFolder } from '../history/sync-folder.js';
import { protocol } from '../oob/protocol.js';
import type { ReplayStore, StartedMark } from '../oob/replay-store.js';

/** Beyond this, when it is beyond twice what still counts, the file is written anew without what has expired. */
const maxLines = 4096;

/** A replay store that survives restarts. */
export interface FileReplayStore extends ReplayStore {
  close(): Promise<void>;
}

/** What one line says: a request object that was used, and since when orders are marked, the order that it started. */
interface Use {
  readonly untilMs: number;
  readonly started: StartedMark | undefined;
}

/** Some uses that wait to be written together. */
interface Batch {
  readonly lines: string[];
  readonly written: Promise<void>;
}

/** Opens the file of request objects that were used: one line each, key and until when, mark and until when. */
export async function openReplayFile(path: string, clock: Clock, logger: Logger): Promise<FileReplayStore> {
  const { known, isUnreadable } = await readKnown(path, logger);
  /** Whatever ends by then may have been used before, and nobody can tell. */
  const untoldUntil = isUnreadable ? clock.now() + longestUseMs : -Infinity;
  const marks = new Map<string, number>();
  for (const { started } of known.values()) if (started !== undefined) marks.set(started.mark, started.untilMs);
  let handle: FileHandle | undefined;
  /** Half a line may stand at its end, and would swallow the next: nothing may be added. */
  let torn = false;
  let lines = 0;
  let linesAllowed = maxLines;
  let last: Promise<unknown> = Promise.resolve();
  let next: Batch | undefined;

  const forgetExpired = (): void => {
    const now = clock.now();
    for (const [key, use] of known) if (lastUse(use) < now) known.delete(key);
    for (const [mark, until] of marks) if (until < now) marks.delete(mark);
  };

  /** Whether most of its lines say nothing that still counts. */
  const isOutgrown = (): boolean => {
    if (lines < linesAllowed) return false;
    forgetExpired();
    linesAllowed = Math.max(maxLines, 2 * known.size);
    return lines >= linesAllowed;
  };

  const rewrite = async (): Promise<void> => {
    forgetExpired();
    const count = known.size;
    // Until all of this has been done, nobody knows which file the handle writes to.
    torn = true;
    const draft = await open(`${path}.new`, 'w', 0o600);
    try {
      await draft.writeFile([...known].map(([key, use]) => lineOf(key, use)).join(''));
      await draft.datasync();
      await rename(`${path}.new`, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await draft.close().catch(() => undefined);
      throw error;
    }
    await handle?.close();
    handle = draft;
    lines = count;
    torn = false;
  };

  const write = async (batch: readonly string[]): Promise<void> => {
    if (handle === undefined || torn || isOutgrown()) {
      await rewrite();
      return;
    }
    try {
      await handle.appendFile(batch.join(''));
      await handle.datasync();
      lines += batch.length;
    } catch (error) {
      torn = true;
      throw error;
    }
  };

  /** Whatever comes while one batch is being written waits for the next, and shares one write with all others. */
  const nextBatch = (): Batch => {
    const batch: string[] = [];
    const written = last.then(async () => {
      next = undefined;
      await write(batch);
    });
    last = written.catch(() => undefined);
    return { lines: batch, written };
  };

  return {
    async remember(key, untilMs, started) {
      if (known.has(key)) return false;
      if (untilMs <= untoldUntil) throw new Error('What was used before could not be read');
      const use = { untilMs, started };
      known.set(key, use);
      next ??= nextBatch();
      next.lines.push(lineOf(key, use));
      await next.written;
      return true;
    },
    startedEarlier: (mark) => (marks.get(mark) ?? -Infinity) >= clock.now(),
    async close() {
      await last;
      await handle?.close();
    },
  };
}

const lastUse = ({ untilMs, started }: Use): number => Math.max(untilMs, started?.untilMs ?? 0);

const lineOf = (key: string, { untilMs, started }: Use): string =>
  `${[key, untilMs, ...(started ? [started.mark, started.untilMs] : [])].join(' ')}\n`;

/** A request object that has been used ends no later than this from now, whosever clock is ahead. */
const longestUseMs = (protocol.maxRequestSeconds + 2 * protocol.clockToleranceSeconds) * 1000;

/** Half a line, of a write that was never confirmed, tells nothing. */
async function readKnown(path: string, logger: Logger): Promise<{ known: Map<string, Use>; isUnreadable: boolean }> {
  try {
    const text = await readFile(path, 'utf8');
    const lines = text.matchAll(/^(\S+) (\d+)(?: (\S+) (\d+))?\n/gm);
    return { known: new Map([...lines].map(([, ...parts]) => useOf(parts))), isUnreadable: false };
  } catch (error) {
    const isUnreadable = (error as NodeJS.ErrnoException).code !== 'ENOENT';
    if (isUnreadable) logger.error({ path, error }, 'Replay file cannot be read');
    return { known: new Map(), isUnreadable };
  }
}

function useOf([key = '', until, mark, markUntil]: readonly (string | undefined)[]): [string, Use] {
  const started = mark === undefined ? undefined : { mark, untilMs: Number(markUntil) };
  return [key, { untilMs: Number(until), started }];
}
