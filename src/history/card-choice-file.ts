import type { Logger } from '../core/ports.js';
import type { CardChoiceMemory, ChoiceQuestion, RememberedChoice } from '../model/card-choice-memory.js';
import { openJsonMapFile } from './json-map-file.js';

/** More relying parties than one person has. */
const maxChoices = 200;

/**
 * Opens, or begins, the file in which it is kept which certificate answers which relying party. A file that makes no
 * sense is begun anew: the user chooses once more.
 */
export async function openCardChoiceFile(path: string, logger: Logger): Promise<CardChoiceMemory> {
  const warning = 'Remembered choices of cards could not be read and are begun anew';
  const choices = await openJsonMapFile(path, { logger, isValue: isChoice, warning, limit: maxChoices });
  return {
    recall: (question) => choices.get(keyOf(question)),
    remember: async (question, { token, certificate }) => {
      const before = choices.get(keyOf(question));
      if (before?.token === token && before.certificate === certificate) return;
      await choices.set(keyOf(question), { token, certificate });
    },
  };
}

const keyOf = ({ clientId, purpose, levels }: ChoiceQuestion): string =>
  `${clientId} ${purpose === 'sign' ? 'sign ' : ''}${levels.toSorted().join(',')}`;

function isChoice(value: unknown): value is RememberedChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { token, certificate } = value as Partial<Record<string, unknown>>;
  return typeof token === 'string' && typeof certificate === 'string';
}
