import { status, sw, triesLeft, type Reply } from './status-words.js';

/** What a PIN, a PUK and an admin key have in common. */
export interface CountedTries {
  readonly maxTries: number;
  triesLeft: number;
}

/**
 * Takes a try and saves before comparing, as real cards do: pulling the card in between never gives a try back.
 * Undefined when the comparison says that the candidate is right.
 */
export function refusal(card: { save(): void }, counted: CountedTries, isRight: () => boolean): Reply | undefined {
  if (counted.triesLeft === 0) return status(sw.blocked);
  counted.triesLeft -= 1;
  card.save();
  if (!isRight()) return triesLeft(counted.triesLeft);
  counted.triesLeft = counted.maxTries;
  card.save();
  return undefined;
}
