/** Numbers the insertions of each reader, growing also over a replugged reader and a restarted service. */
export interface InsertionCounter {
  /** The number of the card that is in now. `event` is whatever the back end changes with each insertion. */
  readonly count: (reader: string, event: number, isPresent: boolean) => number;
  /** Counts every card as newly inserted, because it may have been swapped unseen. */
  readonly forget: () => void;
}

/** Starts at zero insertions for each reader. */
export function createInsertionCounter(): InsertionCounter {
  const seen = new Map<string, { insertion: number; event: number | undefined }>();
  return {
    count(reader, event, isPresent) {
      const entry = seen.get(reader) ?? { insertion: 0, event: undefined };
      seen.set(reader, entry);
      if (isPresent && entry.event !== event) entry.insertion += 1;
      entry.event = isPresent ? event : undefined;
      return entry.insertion;
    },
    forget() {
      for (const entry of seen.values()) entry.event = undefined;
    },
  };
}
