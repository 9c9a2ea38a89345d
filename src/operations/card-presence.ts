import type { Clock } from '../core/ports.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/** How sure one has to be that a card is gone, milliseconds. */
export interface Patience {
  /** A card that is out for a shorter time than this was never gone: worn contacts, a card moved over to its other face. */
  readonly outMs: number;
  /**
   * While some card is being read, which may turn out to be the one that is missed, or no reader is there at all, as when
   * the service of the cards is started anew, one waits this long instead.
   */
  readonly readingMs: number;
}

const defaultPatience: Patience = { outMs: 1_000, readingMs: 4_000 };

/** Tells when cards that were followed are gone: from every reader, by both faces. */
export interface CardPresence {
  /**
   * From now on, until it is told of once. A card that is not there now is gone soon; `patience` is for how it is awaited
   * until it is first seen.
   */
  follow(tokenId: string, patience?: Patience): void;
  release(tokenId: string): void;
  close(): void;
}

interface Followed {
  patience: Patience;
  /** Where the card was last seen. */
  reader: string | undefined;
  /** By the monotonic clock: since when it is not seen. */
  outSince: number | undefined;
}

/** Follows cards through the registry. Its timer keeps no process alive. */
export function createCardPresence(
  tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>,
  clock: Clock,
  onGone: (tokenId: string) => void,
): CardPresence {
  const followed = new Map<string, Followed>();
  let timer: NodeJS.Timeout | undefined;

  const look = (tokenId: string, card: Followed): void => {
    const found = tokens.entries.find(({ token }) => token?.info.id === tokenId);
    if (found !== undefined) {
      card.reader = found.reader;
      card.outSince = undefined;
      card.patience = defaultPatience;
      return;
    }
    const home = tokens.entries.find(({ reader }) => reader === card.reader);
    // It takes no commands just now, but nobody has pulled it.
    if (home?.state === 'unresponsive' && card.outSince === undefined) return;
    card.outSince ??= clock.monotonic();
  };

  const remaining = ({ patience, outSince }: Followed): number => {
    if (outSince === undefined) return Infinity;
    const { entries } = tokens;
    const mayCome = entries.length === 0 || entries.some(({ state }) => state === 'reading' || state === 'unknown');
    return outSince + (mayCome ? patience.readingMs : patience.outMs) - clock.monotonic();
  };

  const update = (): void => {
    clearTimeout(timer);
    for (const [tokenId, card] of followed) {
      look(tokenId, card);
      if (remaining(card) > 0) continue;
      followed.delete(tokenId);
      onGone(tokenId);
    }
    const next = Math.min(...[...followed.values()].map(remaining));
    if (next !== Infinity) timer = setTimeout(update, Math.max(next, 1)).unref();
  };
  const stop = tokens.subscribe(update);

  return {
    follow(tokenId, patience = defaultPatience) {
      if (followed.has(tokenId)) return;
      followed.set(tokenId, { patience, reader: undefined, outSince: undefined });
      update();
    },
    release: (tokenId) => void followed.delete(tokenId),
    close() {
      stop();
      clearTimeout(timer);
      followed.clear();
    },
  };
}
