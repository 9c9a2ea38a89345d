import { setTimeout as delay } from 'node:timers/promises';
import { MiddlewareError } from '../../core/errors.js';
import type { Clock, Logger } from '../../core/ports.js';
import type { ExpiryFinding, ExpiryReport, ExpiryWarning } from '../../model/expiry.js';
import { localDay } from '../../model/expiry-ladder.js';
import type { ExpiryMemory, ExpiryState } from '../../model/expiry-memory.js';
import type { RelyingParty } from '../../model/relying-party.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import type { ActionFor } from './actions.js';
import { clockFaults, withClockSeen, type ClockSkew } from './clock-faults.js';
import { dueWarnings, snoozeEnd, withDelivered, withoutForgotten } from './delivery.js';
import { expiryReport } from './findings.js';
import { insertedCards, withCards, withoutHolders, type FindAuthorities } from './known-cards.js';

/** Shows warnings outside our own programs, all of them as one; whether that was accepted. */
export type NotifyUser = (warnings: readonly ExpiryWarning[]) => Promise<boolean>;

/** What {@link createExpiryRadar} needs. */
export interface ExpiryRadarOptions {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly findAuthorities: FindAuthorities;
  readonly relyingParties: () => readonly RelyingParty[];
  readonly actionFor: ActionFor;
  /** Whether cards are remembered that are not inserted. */
  readonly remember: boolean;
  readonly memory: ExpiryMemory;
  /** Tells our own programs, which answer by {@link ExpiryRadar.shown} if they show it to somebody. */
  readonly announce: (warning: ExpiryWarning) => void;
  /** Asked where none of them did in time. */
  readonly notify: NotifyUser;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long they have; 3 s by default. */
  readonly shownWithinMs?: number;
  /** How long the cards have to be read before the first look; 5 s by default. */
  readonly firstLookMs?: number;
}

/** Knows what ends and sees to it that somebody hears of it in time. */
export interface ExpiryRadar {
  report(): ExpiryReport;
  /** @throws {MiddlewareError} ERR_EXPIRY_NOT_FOUND, also for a beginning that several ids have. */
  snooze(id: string, days: number): Promise<ExpiryReport>;
  /**
   * Notes the last day of a card, or with undefined that none is known: of the named one (by id, or its serial number),
   * or of the only one that is inserted.
   *
   * @throws {MiddlewareError} ERR_TOKEN_NOT_FOUND, ERR_TOKEN_AMBIGUOUS.
   */
  noteLastDay(card: string | undefined, day: string | undefined): Promise<ExpiryReport>;
  /** Forgets a card that is not inserted. @throws {MiddlewareError} ERR_TOKEN_NOT_FOUND */
  forget(card: string): Promise<ExpiryReport>;
  /** Somebody has read these findings: what was due of them is delivered. */
  shown(ids: readonly string[]): Promise<void>;
  /** Another computer told its time just now, milliseconds since the epoch. */
  timeTold(at: number): void;
  /** Looks now, and delivers what is due. Never rejects. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;
/** A timer does not run while the computer sleeps, so that a long one would be late by as long as that was. */
const tickMs = 5 * 60_000;
const closeGraceMs = 500;
/** No server tells its time exactly, nor at once. */
const skewWorthMs = 60_000;

/** A radar that looks when the cards have been read, whenever one comes or goes, and every hour. */
export function createExpiryRadar(options: ExpiryRadarOptions): ExpiryRadar {
  const { tokens, memory, clock, logger, findAuthorities, remember } = options;
  const closing = new AbortController();
  let skew: ClockSkew | undefined;
  let checkedAt = -Infinity;
  const isClosed = (): boolean => closing.signal.aborted;
  let last = Promise.resolve();
  let next: Promise<void> | undefined;

  /** What is known now, and what follows. */
  const look = (): { readonly known: ExpiryState; readonly report: ExpiryReport; readonly now: number } => {
    const now = clock.now();
    const { state } = memory;
    const inserted = insertedCards(tokens.entries, { salt: state.salt, find: findAuthorities, now });
    const seen = withCards(withClockSeen(state, now), inserted, { remember, now });
    const report = expiryReport({
      state: seen,
      inserted: new Set(inserted.map(({ id }) => id)),
      relyingParties: options.relyingParties(),
      clockFaults: clockFaults(seen, inserted, skew, now),
      actionFor: options.actionFor,
      now,
    });
    const ids = new Set(report.findings.map(({ id }) => id));
    return { known: withoutForgotten(seen, ids, now), report, now };
  };

  const save = async (state: ExpiryState): Promise<void> => {
    try {
      await memory.save(remember ? state : withoutHolders(state));
    } catch (error) {
      logger.warn({ error }, 'What is known of ends could not be written; a warning may come twice');
    }
  };

  const checkOnce = async (): Promise<void> => {
    const { known, report, now } = look();
    checkedAt = now;
    if (known !== memory.state) await save(known);
    // A card that is being read may hold what replaces the one that is remembered of it.
    if (tokens.entries.some(({ state }) => state === 'reading')) return;
    const due = dueWarnings(report.findings, memory.state, now);
    if (due.length === 0) return;
    for (const warning of due) options.announce(warning);
    await delay(options.shownWithinMs ?? 3_000, undefined, { signal: closing.signal, ref: false });
    await notifyOf(due);
  };

  /** Shown first and remembered then: what comes between may repeat a warning, and loses none. */
  const notifyOf = async (announced: readonly ExpiryWarning[]): Promise<void> => {
    const { report, now } = look();
    const ids = new Set(announced.map(({ finding }) => finding.id));
    const left = dueWarnings(report.findings, memory.state, now).filter(({ finding }) => ids.has(finding.id));
    if (left.length === 0 || !(await options.notify(left))) return;
    await save(withDelivered(memory.state, left, clock.now()));
  };

  const checkGuarded = async (): Promise<void> => {
    next = undefined;
    if (isClosed()) return;
    try {
      await checkOnce();
    } catch (error) {
      if (!isClosed()) logger.error({ error }, 'What ends could not be looked at');
    }
  };

  /** Whatever asks while one look is under way shares the next. */
  const check = (): Promise<void> => {
    next ??= last = last.then(checkGuarded);
    return next;
  };

  let cardsSeen = '';
  const onCards = (): void => {
    const now = cardsIn(tokens.entries);
    if (now === cardsSeen) return;
    cardsSeen = now;
    void check();
  };
  const onTick = (): void => {
    const now = clock.now();
    const isSoon = now >= checkedAt && now - checkedAt < hourMs && localDay(now) === localDay(checkedAt);
    if (!isSoon) void check();
  };
  const stop = tokens.subscribe(onCards);
  const timer = setInterval(onTick, tickMs).unref();
  const first = setTimeout(() => void check(), options.firstLookMs ?? 5_000).unref();
  cardsSeen = cardsIn(tokens.entries);

  return {
    report: () => look().report,
    async snooze(id, days) {
      const { known, report, now } = look();
      const finding = findingNamed(id, report.findings);
      await save({ ...known, snoozes: { ...known.snoozes, [finding.id]: snoozeEnd(finding, days, now) } });
      return look().report;
    },
    async noteLastDay(card, day) {
      const { known } = look();
      const { lastDay: _before, ...found } = cardNamed(card, known, tokens.entries);
      const noted = day === undefined ? found : { ...found, lastDay: day };
      await save({ ...known, cards: { ...known.cards, [found.id]: noted } });
      void check();
      return look().report;
    },
    async forget(card) {
      const { known } = look();
      const { id } = cardNamed(card, known, tokens.entries);
      const { [id]: _forgotten, ...cards } = known.cards;
      await save({ ...known, cards });
      return look().report;
    },
    async shown(ids) {
      const { known, report, now } = look();
      const due = dueWarnings(report.findings, known, now).filter(({ finding }) => ids.includes(finding.id));
      if (due.length > 0) await save(withDelivered(known, due, now));
    },
    timeTold(at) {
      const now = clock.now();
      const byMs = at - now;
      const isNews = Math.abs(byMs - (skew?.byMs ?? 0)) > skewWorthMs;
      skew = { byMs, at: now };
      if (isNews) void check();
    },
    check,
    async close() {
      closing.abort();
      stop();
      clearInterval(timer);
      clearTimeout(first);
      // A desktop that does not answer holds nobody up; its notice may come once more.
      await Promise.race([last, delay(closeGraceMs, undefined, { ref: false })]);
    },
  };
}

/** What a change of which makes a look worth it. */
function cardsIn(entries: TokenRegistry['entries']): string {
  return entries
    .flatMap(({ state, token, certificates = [] }) => {
      if (state === 'reading') return [state];
      return state === 'ready'
        ? [token?.info.id, ...certificates.map(({ certificate }) => certificate.fingerprint)]
        : [];
    })
    .join(' ');
}

function findingNamed(id: string, findings: readonly ExpiryFinding[]): ExpiryFinding {
  const [found, ...others] = findings.filter((finding) => finding.id.startsWith(id));
  if (found !== undefined && others.length === 0) return found;
  throw new MiddlewareError('ERR_EXPIRY_NOT_FOUND', 'No end, or more than one, begins so', { fields: { id } });
}

function cardNamed(
  name: string | undefined,
  { cards }: ExpiryState,
  entries: TokenRegistry['entries'],
): ExpiryState['cards'][string] {
  const inserted = new Set(entries.flatMap(({ token }) => token?.info.id ?? []));
  const [found, ...others] = Object.values(cards).filter(({ id }) =>
    name === undefined ? inserted.has(id) : [id, id.replace(/^card:/, '')].includes(name),
  );
  if (found !== undefined && others.length === 0) return found;
  const code = found === undefined ? 'ERR_TOKEN_NOT_FOUND' : 'ERR_TOKEN_AMBIGUOUS';
  throw new MiddlewareError(code, 'No card, or more than one, is meant', {
    fields: name === undefined ? {} : { card: name },
  });
}
