import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import type { Clock, Logger } from '../core/ports.js';
import type { ReplayStore } from '../oob/create-oob-service.js';

/** Beyond this the file is written anew without what has expired. */
const maxLines = 4096;

/** A replay store that survives restarts. */
export interface FileReplayStore extends ReplayStore {
  close(): Promise<void>;
}

/** Opens the file of request objects that were used: one line each, key and until when. */
export async function openReplayFile(path: string, clock: Clock, logger: Logger): Promise<FileReplayStore> {
  const known = await readKnown(path, logger);
  let handle: FileHandle | undefined;
  let lines = maxLines;
  let last: Promise<unknown> = Promise.resolve();

  const rewrite = async (): Promise<FileHandle> => {
    const now = clock.now();
    for (const [key, until] of known) if (until < now) known.delete(key);
    const draft = await open(`${path}.new`, 'w', 0o600);
    await draft.writeFile([...known].map(([key, until]) => `${key} ${until}\n`).join(''));
    await draft.datasync();
    await handle?.close();
    await rename(`${path}.new`, path);
    lines = known.size;
    handle = draft;
    return draft;
  };

  const write = async (key: string, untilMs: number): Promise<void> => {
    if (handle === undefined || lines >= maxLines) {
      await rewrite();
      return;
    }
    try {
      await handle.appendFile(`${key} ${untilMs}\n`);
      await handle.datasync();
      lines += 1;
    } catch (error) {
      // Half a line may stand there now, and would swallow the next: that one writes the file anew.
      lines = maxLines;
      throw error;
    }
  };

  return {
    async remember(key, untilMs) {
      if (known.has(key)) return false;
      known.set(key, untilMs);
      const written = last.then(async () => await write(key, untilMs));
      last = written.catch(() => undefined);
      await written;
      return true;
    },
    async close() {
      await last;
      await handle?.close();
    },
  };
}

async function readKnown(path: string, logger: Logger): Promise<Map<string, number>> {
  try {
    const pairs = (await readFile(path, 'utf8')).split('\n').map((line) => line.split(' '));
    return new Map(pairs.flatMap(([key, until]) => (key && until ? [[key, Number(until)] as const] : [])));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logger.error({ path, error }, 'Replay file cannot be read');
    return new Map();
  }
}
