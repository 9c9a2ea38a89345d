import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExpiryFile } from '../../src/history/expiry-file.js';
import type { ExpiryMemory } from '../../src/model/expiry-memory.js';
import type { ExpiryWarning } from '../../src/model/expiry.js';
import { createExpiryRadar } from '../../src/operations/expiry/expiry-radar.js';
import {
  authorities,
  cardEntry,
  certificateInfo,
  changingTokens,
  dayMs,
  hourMs,
  standingClock,
} from './expiry-cards.js';
import { recordingLogger } from './recording-logger.js';
import { seededRandom, type SeededRandom } from './seeded-random.js';

/** How large a year is. */
export interface YearOptions {
  readonly cards: number;
  readonly days: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

/** What came of it. */
export interface YearReport {
  readonly cards: number;
  readonly daemonStarts: number;
  readonly crashes: number;
  readonly daysOff: number;
  readonly looks: number;
  readonly refusedNotices: number;
  readonly renewals: number;
  readonly shortLived: number;
  readonly warnings: number;
  /** Windows between two thresholds in which somebody could be told. */
  readonly windows: number;
  readonly missedWindows: number;
  readonly writtenTwiceAfterCrash: number;
  readonly seconds: number;
  /** What should not have been. */
  readonly wrong: readonly string[];
}

interface Told {
  readonly at: number;
  readonly fingerprint: string;
  readonly value: number;
  /** The daemon died before it could remember it. */
  readonly forgotten: boolean;
}

/** When somebody looked at this computer, and whether a notice could be shown then. */
interface Look {
  readonly at: number;
  readonly accepts: boolean;
  readonly inserted: boolean;
}

/** A certificate on the card of one computer, and since when it is there. */
interface Held {
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly from: number;
  until: number;
}

const start = new Date(2027, 0, 4).getTime();

/**
 * A year of cards, each with a computer of its own that is off at nights, on weekends and for weeks, whose daemon is
 * killed now and then between showing and remembering, and whose desktop sometimes refuses. Judged afterwards from what
 * was shown, by arithmetic of its own.
 */
export async function runYear({ cards, days, seed, say }: YearOptions): Promise<YearReport> {
  const began = performance.now();
  // The radar's own timers keep no process alive.
  const awake = setInterval(() => undefined, 1_000);
  // Each look is forced to the disk, which takes longer than the year: where there is one, a disk that is none.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kort-year-'));
  const sums = { daemonStarts: 0, crashes: 0, daysOff: 0, looks: 0, refusedNotices: 0, renewals: 0, shortLived: 0 };
  const judged = { warnings: 0, windows: 0, missedWindows: 0, writtenTwiceAfterCrash: 0 };
  const wrong: string[] = [];
  try {
    let next = 0;
    const live = async (): Promise<void> => {
      const index = next++;
      if (index >= cards) return;
      const computer = new Computer(index, days, seededRandom(seed + index), join(folder, `${index}.json`));
      await computer.live();
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += computer.sums[name];
      const verdict = judge(computer);
      for (const name of Object.keys(judged) as (keyof typeof judged)[]) judged[name] += verdict[name];
      wrong.push(...verdict.wrong.map((what) => `card ${index}: ${what}`));
      if (next % 100 === 0) say?.(`${next} cards, ${judged.warnings} warnings, ${wrong.length} wrong`);
      await live();
    };
    await Promise.all(Array.from({ length: 8 }, live));
  } finally {
    clearInterval(awake);
    await rm(folder, { recursive: true });
  }
  return { cards, ...sums, ...judged, seconds: Math.round((performance.now() - began) / 100) / 10, wrong };
}

/** One computer with one card for a year. */
class Computer {
  readonly sums = { daemonStarts: 0, crashes: 0, daysOff: 0, looks: 0, refusedNotices: 0, renewals: 0, shortLived: 0 };
  readonly told: Told[] = [];
  readonly looks: Look[] = [];
  readonly held: Held[] = [];
  readonly #random: SeededRandom;
  readonly #days: number;
  readonly #file: string;
  readonly #name: string;
  readonly #tokens = changingTokens();
  readonly #clock = standingClock(start);
  readonly #isShortLived: boolean;
  readonly #refusing: number;
  #isInserted = false;

  constructor(index: number, days: number, random: SeededRandom, file: string) {
    this.#random = random;
    this.#days = days;
    this.#file = file;
    this.#name = `Tolvan Tolvansson ${index}`;
    this.#isShortLived = random.chance(0.2);
    this.#refusing = random.pick([0, 0, 0.2, 0.6]) ?? 0;
    this.sums.shortLived = this.#isShortLived ? 1 : 0;
    this.#issue(start - random.between(0, 5) * dayMs, random);
  }

  #issue(notBefore: number, random: SeededRandom): void {
    const life = this.#isShortLived ? 14 * dayMs : random.between(100, 800) * dayMs;
    // In whole seconds, as certificates count; and while people work, so that an end comes in the midst of a day.
    const from = Math.floor(notBefore / 1000) * 1000;
    const lastDay = new Date(from + life);
    const until = this.#isShortLived
      ? lastDay.getTime()
      : Math.floor(lastDay.setHours(0, 0, 0, 0) / 1000) * 1000 + Math.floor(random.between(8, 18) * 3600) * 1000;
    const certificate = certificateInfo({ name: this.#name, notBefore: from, notAfter: until });
    const now = this.#clock.now();
    for (const old of this.held) old.until = Math.min(old.until, now);
    this.held.push({
      fingerprint: certificate.fingerprint,
      notBefore: from,
      notAfter: until,
      from: now,
      until: Infinity,
    });
    // Beside the old one, in its place, or on a new card that takes the old one's place.
    const kind = random.pick(['beside', 'instead', 'new-card'] as const);
    if (kind === 'new-card') this.#cards += 1;
    const before = kind === 'beside' ? (this.#card.certificates ?? []).map((held) => held.certificate) : [];
    this.#card = cardEntry(String(this.#cards), [...before, certificate]);
    if (this.#isInserted) this.#tokens.put(this.#card);
  }

  #cards = 1;
  #card = cardEntry('1', []);

  async live(): Promise<void> {
    const random = this.#random;
    let offUntil = 0;
    for (let day = 0; day < this.#days; day += 1) {
      const morning = new Date(2027, 0, 4 + day, 7 + Math.floor(random.between(0, 3)));
      const isWeekend = morning.getDay() % 6 === 0;
      // A month away, a week away, a day ill.
      if (random.chance(0.004)) offUntil = day + 30;
      if (random.chance(0.01)) offUntil = Math.max(offUntil, day + 7);
      if ((isWeekend && !random.chance(0.05)) || day < offUntil || random.chance(0.03)) {
        this.sums.daysOff += 1;
        continue;
      }
      this.#clock.set(morning.getTime());
      await this.#workingDay();
    }
  }

  /** Several lives of a daemon. */
  async #workingDay(): Promise<void> {
    const random = this.#random;
    const evening = this.#clock.now() + random.between(2, 10) * hourMs;
    // The card stays in the reader, or is inserted some time in the day, or not at all.
    if (random.chance(0.3)) this.#setInserted(random.chance(0.8));
    while (this.#clock.now() < evening) {
      const crashes = random.chance(0.05);
      await this.#daemonLife(Math.min(evening, this.#clock.now() + random.between(1, 12) * hourMs), crashes);
    }
  }

  #setInserted(inserted: boolean): void {
    this.#isInserted = inserted;
    this.#tokens.put(...(inserted ? [this.#card] : []));
  }

  async #daemonLife(until: number, crashes: boolean): Promise<void> {
    const random = this.#random;
    this.sums.daemonStarts += 1;
    const file = await openExpiryFile(this.#file, recordingLogger());
    /** After which nothing is shown or written any more. */
    const fate = { dead: false };
    const isDead = (): boolean => fate.dead;
    let accepts = true;
    const memory: ExpiryMemory = {
      get state() {
        return file.state;
      },
      save: (state) => (fate.dead ? Promise.reject(new Error('The daemon is dead')) : file.save(state)),
    };
    const notify = (warnings: readonly ExpiryWarning[]): Promise<boolean> => {
      if (fate.dead) return Promise.resolve(false);
      if (!accepts) {
        this.sums.refusedNotices += 1;
        return Promise.resolve(false);
      }
      if (crashes) {
        fate.dead = true;
        this.sums.crashes += 1;
      }
      const at = this.#clock.now();
      for (const { finding, threshold } of warnings) {
        if (finding.fingerprint === undefined) throw new Error('A warning of something else');
        this.told.push({ at, fingerprint: finding.fingerprint, value: threshold.value, forgotten: fate.dead });
      }
      return Promise.resolve(true);
    };
    const radar = createExpiryRadar({
      tokens: this.#tokens,
      findAuthorities: authorities(),
      relyingParties: () => [],
      actionFor: () => ({ kind: 'none' }),
      remember: true,
      memory,
      announce: () => undefined,
      notify,
      clock: this.#clock,
      logger: recordingLogger(),
      shownWithinMs: 0,
    });
    do {
      accepts = !random.chance(this.#refusing);
      this.looks.push({ at: this.#clock.now(), accepts, inserted: this.#isInserted });
      this.sums.looks += 1;
      await radar.check();
      await radar.check();
      if (isDead()) break;
      await this.#somethingHappens();
      await radar.check();
      this.#clock.pass(Math.floor(random.between(1, 4) * hourMs));
    } while (this.#clock.now() < until);
    await radar.close();
  }

  /** A card comes or goes, or its certificate is renewed: mostly in time. */
  #somethingHappens(): Promise<void> {
    const random = this.#random;
    if (random.chance(0.03)) this.#setInserted(!this.#isInserted);
    const current = this.held.at(-1);
    const left = ((current?.notAfter ?? 0) - this.#clock.now()) / dayMs;
    const wish = left < 0 ? 0.05 : left < 40 || this.#isShortLived ? 0.004 : 0;
    if (this.#isInserted && random.chance(wish)) {
      this.#issue(this.#clock.now() - hourMs, random);
      this.sums.renewals += 1;
    }
    return Promise.resolve();
  }
}

/** Thresholds by arithmetic of the judge's own: which value counts at a moment. */
function valueAt({ notBefore, notAfter }: Held, at: number): number {
  if (at > notAfter) return 0;
  const life = notAfter - notBefore;
  if (life <= 60 * dayMs) {
    const left = ((notAfter - at) / life) * 100;
    // Of a life of 14 days: 5 percent are seven tenths of a day, too near to the end for a day of its own.
    return [10, 25, 50].find((share) => left <= share) ?? Infinity;
  }
  const midnight = (time: number): number => new Date(time).setHours(12, 0, 0, 0);
  const days = Math.round((midnight(notAfter) - midnight(at)) / dayMs);
  return [1, 3, 7, 14, 30, 60, 90].find((count) => days <= count && count <= life / 2 / dayMs) ?? Infinity;
}

function judge({ told, looks, held }: Computer) {
  const wrong: string[] = [];
  let windows = 0;
  let missedWindows = 0;
  let writtenTwiceAfterCrash = 0;
  const show = (at: number): string => new Date(at).toString().slice(0, 21);
  for (const one of held) {
    const mine = told.filter(({ fingerprint }) => fingerprint === one.fingerprint);
    for (const { at, value } of mine) {
      if (value !== valueAt(one, at)) wrong.push(`told ${value} at ${show(at)}, when ${valueAt(one, at)} counted`);
      if (at > one.until) wrong.push(`told ${value} at ${show(at)}, after it was renewed`);
    }
    const remembered = mine.filter(({ forgotten }) => !forgotten);
    writtenTwiceAfterCrash += mine.length - remembered.length;
    const daysTold = remembered.map(({ at }) => new Date(at).toDateString());
    if (new Set(daysTold).size !== daysTold.length) wrong.push(`told twice in a day: ${daysTold.join(', ')}`);
    const valuesTold = remembered.map(({ value }) => value);
    if (new Set(valuesTold).size !== valuesTold.length)
      wrong.push(`told of one threshold twice: ${valuesTold.join(', ')}`);
    // From the first look at which it was in a reader, it is known.
    const first = looks.find(({ at, inserted }) => inserted && at >= one.from)?.at;
    const seen = looks.filter(
      ({ at, accepts }) => accepts && at >= one.from && at <= one.until && valueAt(one, at) !== Infinity,
    );
    for (const value of new Set(seen.map(({ at }) => valueAt(one, at)))) {
      const inWindow = seen.filter(({ at }) => valueAt(one, at) === value && first !== undefined && at >= first);
      if (inWindow.length === 0) continue;
      windows += 1;
      // Told in the window, or, where the one before took its only day, not yet.
      const onOtherDays = inWindow.filter(
        ({ at }) => !remembered.some((other) => isSameDay(other.at, at) && other.value > value),
      );
      if (!mine.some((warning) => warning.value === value) && onOtherDays.length > 0) {
        missedWindows += 1;
        wrong.push(`never told of ${value}, though it could be at ${show(onOtherDays[0]?.at ?? 0)}`);
      }
    }
  }
  return { warnings: told.length, windows, missedWindows, writtenTwiceAfterCrash, wrong };
}

const isSameDay = (a: number, b: number): boolean => new Date(a).toDateString() === new Date(b).toDateString();
