/** A card that works longer than this is said not to answer: no signature takes so long. */
const silentMs = 5000;

/** Notices that a card works for longer than any card should. */
export interface SilenceWatch {
  /** Whether it has. */
  readonly stalled: boolean;
  /** The card works: counts from the first time that this was told. */
  working(): void;
  /** It does not, or not at the same any more. */
  forget(): void;
}

/** Calls back when the card has become silent. */
export function createSilenceWatch(onStalled: () => void): SilenceWatch {
  let timer: NodeJS.Timeout | undefined;
  let stalled = false;
  return {
    get stalled() {
      return stalled;
    },
    working() {
      if (stalled) return;
      timer ??= setTimeout(() => {
        stalled = true;
        onStalled();
      }, silentMs);
    },
    forget() {
      clearTimeout(timer);
      timer = undefined;
      stalled = false;
    },
  };
}
