import { createHash } from 'node:crypto';
import type { OobCaller } from './oob-service.js';

/** What is left of an order that had started, when the program ends in the midst of it. */
export interface StartedMark {
  /** 32 hexadecimal digits that only whoever knows the order can make. */
  readonly mark: string;
  /** Milliseconds since the epoch: how long somebody may ask for it. */
  readonly untilMs: number;
}

/** Remembers request objects beyond a restart, so that none starts two orders, and that their orders had started. */
export interface ReplayStore {
  /**
   * Writes `key` down durably and tells whether it is new; rejects when it cannot be written.
   *
   * @param key - 64 hexadecimal digits.
   * @param untilMs - milliseconds since the epoch, after which it may be forgotten.
   * @param started - the order that starts if the key is new.
   */
  remember(key: string, untilMs: number, started: StartedMark): Promise<boolean>;
  /** Whether an earlier run of the program, and not this one, started the order, and it may still be asked for. */
  startedEarlier(mark: string): boolean;
}

/** The mark of an order that this caller, and nobody else, may ask for. */
export const markOfOrder = (orderRef: string, { launcher, origin }: OobCaller): string =>
  markOf(['order', orderRef, launcher, origin ?? '']);

/** The mark of a launch. */
export const markOfLaunch = (id: string): string => markOf(['launch', id]);

/** Half of a SHA-256: what goes in holds 256 random bits. */
const markOf = (facts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
