import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../core/ports.js';
import { isPhrase } from '../model/phrase.js';
import { replaceDurably } from './durable-file.js';
import { syncFolder } from './sync-folder.js';

/** The user's personal phrase, for this user's eyes only. */
export interface PhraseFile {
  readonly phrase: string | undefined;
  /** Resolves when a restart would see it; without one the file is removed. */
  set(phrase: string | undefined): Promise<void>;
}

/** Opens the file in which the personal phrase is kept. One that makes no sense counts as none: a phrase is never made up. */
export async function openPhraseFile(path: string, logger: Logger): Promise<PhraseFile> {
  let phrase = await load(path, logger);
  let last: Promise<unknown> = Promise.resolve();
  const write = async (next: string | undefined): Promise<void> => {
    if (next === undefined) {
      await rm(path, { force: true });
      await syncFolder(dirname(path));
    } else await replaceDurably(path, `${JSON.stringify({ phrase: next })}\n`);
    phrase = next;
  };
  return {
    get phrase() {
      return phrase;
    },
    async set(next) {
      const written = last.then(() => write(next));
      last = written.catch(() => undefined);
      await written;
    },
  };
}

async function load(path: string, logger: Logger): Promise<string | undefined> {
  try {
    const parsed = JSON.parse(await readFile(path, 'utf8')) as { readonly phrase?: unknown } | null;
    if (isPhrase(parsed?.phrase)) return parsed.phrase;
    throw new SyntaxError('not a phrase');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What a broken file holds is not logged.
    if (code !== 'ENOENT') logger.warn({ path, code }, 'The personal phrase could not be read');
    return undefined;
  }
}
