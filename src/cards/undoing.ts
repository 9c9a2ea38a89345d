/** What to do when a card refuses a part of a change. */
export interface Undoing {
  /** Does what the card lets us do; what it refuses may stay as it is, and gives false. */
  readonly ifPossible: (work: () => Promise<unknown>) => Promise<boolean>;
  /**
   * Runs `work`; when the card refuses a part of it, takes back what it has registered, last first, as far as it can.
   * Any other failure is the card's end or ours: nothing more is sent.
   */
  readonly undoing: <T>(work: (onFailure: (step: () => Promise<void>) => void) => Promise<T>) => Promise<T>;
}

/**
 * Tidying up for one family of cards.
 *
 * @param cardRefused - whether the card has answered, with no or nonsense, so that cleaning up reaches it.
 */
export function createUndoing(cardRefused: (error: unknown) => boolean): Undoing {
  const ifPossible = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (!cardRefused(error)) throw error;
      return false;
    }
  };
  return {
    ifPossible,
    undoing: async (work) => {
      const steps: (() => Promise<void>)[] = [];
      try {
        return await work((step) => steps.unshift(step));
      } catch (error) {
        if (cardRefused(error)) for (const step of steps) await ifPossible(step);
        throw error;
      }
    },
  };
}
