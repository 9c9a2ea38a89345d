import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from '../core/ports.js';

/** A map that is kept in a small JSON file. */
export interface JsonMapFile<T> {
  get(key: string): T | undefined;
  /** What was set longest ago comes first. */
  values(): readonly T[];
  /** Resolves when a restart of this process would see it; not forced to the disk. */
  set(key: string, value: T): Promise<void>;
  /** Resolves as {@link set} does. */
  delete(key: string): Promise<void>;
}

/** What {@link openJsonMapFile} needs. */
export interface JsonMapFileOptions<T> {
  readonly logger: Logger;
  /** Entries that are none are left out. */
  readonly isValue: (value: unknown) => value is T;
  /** What the log says of a file that makes no sense. */
  readonly warning: string;
  /** Beyond it, what was set longest ago is forgotten. */
  readonly limit?: number;
}

/** Opens, or begins, such a file, for this user's eyes only. One that makes no sense is begun anew. */
export async function openJsonMapFile<T>(path: string, options: JsonMapFileOptions<T>): Promise<JsonMapFile<T>> {
  const { limit = Infinity } = options;
  const values = await load(path, options);
  let last: Promise<unknown> = Promise.resolve();

  const save = async (): Promise<void> => {
    const draft = `${path}.new`;
    await writeFile(draft, `${JSON.stringify(Object.fromEntries(values))}\n`, { mode: 0o600 });
    await rename(draft, path);
  };

  const saveNext = async (): Promise<void> => {
    const saved = last.then(save);
    last = saved.catch(() => undefined);
    await saved;
  };

  return {
    get: (key) => values.get(key),
    values: () => [...values.values()],
    async set(key, value) {
      values.delete(key);
      values.set(key, value);
      for (const oldest of values.keys()) if (values.size > limit) values.delete(oldest);
      await saveNext();
    },
    async delete(key) {
      if (values.delete(key)) await saveNext();
    },
  };
}

async function load<T>(path: string, { isValue, logger, warning }: JsonMapFileOptions<T>): Promise<Map<string, T>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) throw new SyntaxError('not an object');
    return new Map(Object.entries(parsed).filter((pair): pair is [string, T] => isValue(pair[1])));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logger.warn({ path, error }, warning);
    return new Map();
  }
}
