import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import { openPhraseFile, type PhraseFile } from '../history/phrase-file.js';
import { cleanPhrase, isPhrase } from '../model/phrase.js';

/** Opens the personal phrase of an instance. */
export async function openPhrase(stateFolder: string, logger: Logger): Promise<PhraseFile> {
  return await openPhraseFile(join(stateFolder, 'phrase.json'), logger);
}

/** The `phrase.*` methods. `onChange` is called when another one counts. */
export function phraseMethods(file: PhraseFile, onChange: () => void): ControlHandlers {
  return {
    'phrase.get': () => ({ phrase: file.phrase }),
    'phrase.set': async ({ phrase: text }) => {
      const phrase = text === undefined ? undefined : cleanPhrase(text);
      if (text !== undefined && !isPhrase(phrase)) {
        throw new MiddlewareError('ERR_IPC_INVALID_PARAMETERS', 'Not a phrase');
      }
      await file.set(phrase);
      onChange();
      return {};
    },
  };
}
