/** As long as a prompt that has just come is deaf: what is typed on may be the rest of a PIN. */
const deafMs = 500;

/** After something came or went by itself, no key counts until none has come for so long. */
export interface DeafTime {
  begin(): void;
  /** What was being typed is finished: the next key is meant for something else. */
  end(): void;
  /** Whether a key that comes now does not count. */
  takes(): boolean;
}

/** Hears everything to begin with. */
export function createDeafTime(now: () => number): DeafTime {
  let since: number | undefined;
  return {
    begin() {
      since = now();
    },
    end() {
      since = undefined;
    },
    takes() {
      if (since === undefined) return false;
      const at = now();
      const isDeaf = at - since < deafMs;
      since = isDeaf ? at : undefined;
      return isDeaf;
    },
  };
}
