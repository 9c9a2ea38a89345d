import { isMiddlewareError } from '../core/errors.js';
import type { CardPrograms, Logger } from '../core/ports.js';
import type { TokenRegistry } from './token-registry.js';
import { canWatch, type WatchedToken } from './token.js';

/** Notices what other programs do to the cards while we do nothing with them. */
export interface ForeignWatch {
  /** A program has gone, as somebody knows who sees them all, however short their stay. */
  programGone(): void;
  /** Resolves when no look is under way. */
  close(): Promise<void>;
}

/** What {@link createForeignWatch} needs. */
export interface ForeignWatchOptions {
  readonly tokens: Pick<TokenRegistry, 'entries'>;
  readonly programs: ForeignPrograms;
  readonly logger: Logger;
  /** Between two looks at the programs, milliseconds; default 250. */
  readonly intervalMs?: number;
}

/** The cards are looked at less often than the programs: that costs them commands. */
const LOOKS_PER_ROUND = 4;

/**
 * Rounds after which a PIN that a program left verified when it went is dropped. pcscd would power the card off five
 * seconds after its last client has gone; it does not while we are connected.
 */
const ROUNDS_UNTIL_DROP = 5;

/** Rounds for which a look is put off while programs come, so that one after the other does not hide what they do. */
const MOST_POSTPONED = 5;

/** What is known of one token between rounds. */
interface Suspicion {
  /** Something may have changed that was not looked at yet. */
  touched: boolean;
  /** Rounds with a verified PIN and no program to whom it could belong. */
  orphaned: number;
  /** Rounds for which a look was put off. */
  postponed: number;
}

/**
 * Looks at every ready card while another program is connected to the cards, once more when it has gone, and when a card
 * was reset by one that came and went between two looks. While no other program is there no command is sent; where the
 * system does not tell of programs, one for each PIN is sent each round.
 */
export function createForeignWatch(options: ForeignWatchOptions): ForeignWatch {
  const { tokens, programs, logger, intervalMs = 250 } = options;
  const closing = new AbortController();
  const suspicions = new WeakMap<WatchedToken, Suspicion>();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const lookAt = async (token: WatchedToken, presence: Presence): Promise<void> => {
    const suspicion = suspicions.get(token) ?? { touched: false, orphaned: 0, postponed: 0 };
    suspicions.set(token, suspicion);
    if (presence === 'left' || presence === 'one-left') suspicion.touched = true;
    if (presence === 'none' && !suspicion.touched) {
      suspicion.touched = await token.wasReset(closing.signal);
      if (!suspicion.touched) return;
    }
    const isAlone = presence === 'none' || presence === 'left';
    const glance = await token.glance(closing.signal);
    if (glance === 'in-use') {
      suspicion.touched = true;
      suspicion.orphaned = isAlone ? suspicion.orphaned + 1 : 0;
      if (suspicion.orphaned < ROUNDS_UNTIL_DROP) return;
      suspicion.orphaned = 0;
      if (!(await token.dropPins(() => programs.isNobodyThere(), closing.signal))) return;
    }
    suspicion.orphaned = 0;
    if (glance === 'elsewhere') {
      suspicion.touched = true;
      // To select ours would take from that program what it has selected, and verified there.
      if (!isAlone) return;
    }
    if (glance === 'same' && !suspicion.touched) return;
    if (await mayDisturb(presence, isAlone)) {
      suspicion.postponed += 1;
      suspicion.touched = true;
      if (suspicion.postponed < MOST_POSTPONED) return;
    }
    suspicion.postponed = 0;
    await token.lookAgain(closing.signal);
    suspicion.touched = false;
  };

  /** A program that has just come finds its way about the card, and would be led astray by what we select. */
  const mayDisturb = async (presence: Presence, isAlone: boolean): Promise<boolean> =>
    presence !== 'unknown' && (isAlone ? !(await programs.isNobodyThere()) : programs.hasNewcomer);

  const runRound = async (presence: Presence): Promise<void> => {
    const watched = tokens.entries.flatMap(({ token }) => (token !== undefined && canWatch(token) ? [token] : []));
    await Promise.all(
      watched.map(async (token) => {
        if (!token.isIdle) return;
        try {
          await lookAt(token, presence);
        } catch (error) {
          // The card is gone, silent or somebody else's for the moment: the next round, or its removal, sees to it.
          const code = isMiddlewareError(error) ? error.code : undefined;
          logger.debug({ reader: token.info.reader, code, error }, 'Card could not be looked at');
        }
      }),
    );
  };

  let looks = 0;
  let someLeft = false;
  const look = async (): Promise<void> => {
    const presence = await programs.look();
    looks += 1;
    someLeft ||= presence === 'left' || presence === 'one-left';
    if (looks < LOOKS_PER_ROUND) return;
    const seen = someLeft ? withLeaver[presence] : presence;
    looks = 0;
    someLeft = false;
    await runRound(seen);
  };

  const schedule = (): void => {
    timer = setTimeout(() => {
      round = look().finally(() => {
        if (!closing.signal.aborted) schedule();
      });
    }, intervalMs);
    timer.unref();
  };
  schedule();

  return {
    programGone() {
      someLeft = true;
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
      await round.catch(() => undefined);
    },
  };
}

/** `left`: the last program went since the last look; `one-left`: others stay; `unknown`: the system does not tell. */
export type Presence = 'none' | 'present' | 'left' | 'one-left' | 'unknown';

/** What a look amounts to when a program has left since the last round. */
const withLeaver: Readonly<Record<Presence, Presence>> = {
  none: 'left',
  present: 'one-left',
  left: 'left',
  'one-left': 'one-left',
  unknown: 'unknown',
};

/** The other programs that use cards, now and a short while ago. */
export interface ForeignPrograms {
  /** Asks the system. */
  look(): Promise<Presence>;
  /** Asks the system, and takes no note of the answer; false where it does not tell. */
  isNobodyThere(): Promise<boolean>;
  /** Whether one of those that are there came within the last few looks. */
  readonly hasNewcomer: boolean;
  /** Names of those that were there within the last few looks, each once. */
  readonly names: readonly string[];
}

/** Looks for which a program that has gone is still named: what it did is noticed a little later. */
const REMEMBERED_LOOKS = 6;

/** Looks for which a program counts as new. */
const NEW_FOR_LOOKS = 6;

/** Follows the programs; asked by {@link createForeignWatch} some times a round. */
export function createForeignPrograms(programs: CardPrograms): ForeignPrograms {
  let before = new Set<number>();
  let sinceNewcomer = NEW_FOR_LOOKS;
  let recent: readonly (readonly string[])[] = [];
  return {
    async look() {
      const now = await programs.current();
      if (now === undefined) return 'unknown';
      const names = now.flatMap(({ name }) => name ?? []);
      recent = [names, ...recent].slice(0, REMEMBERED_LOOKS);
      const connections = new Set(now.map(({ connection }) => connection));
      const left = [...before].some((connection) => !connections.has(connection));
      sinceNewcomer = [...connections].some((connection) => !before.has(connection)) ? 0 : sinceNewcomer + 1;
      before = connections;
      if (connections.size > 0) return left ? 'one-left' : 'present';
      return left ? 'left' : 'none';
    },
    isNobodyThere: async () => (await programs.current())?.length === 0,
    get hasNewcomer() {
      return sinceNewcomer < NEW_FOR_LOOKS;
    },
    get names() {
      return [...new Set(recent.flat())];
    },
  };
}
