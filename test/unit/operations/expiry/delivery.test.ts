import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExpiryMemory, ExpiryState } from '../../../../src/model/expiry-memory.js';
import { createExpiryRadar } from '../../../../src/operations/expiry/expiry-radar.js';
import {
  authorities,
  cardEntry,
  certificateInfo,
  changingTokens,
  dayMs,
  emptyState,
  hourMs,
  standingClock,
} from '../../../support/expiry-cards.js';
import { recordingLogger } from '../../../support/recording-logger.js';

process.env['TZ'] = 'Europe/Stockholm';

/** What happens to one computer, in any order. */
type Step =
  | { readonly kind: 'look'; readonly accepts: boolean }
  | { readonly kind: 'pass'; readonly hours: number }
  /** To so many hours before the end, or after it, unless that has been. */
  | { readonly kind: 'approach'; readonly hours: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'crash' }
  | { readonly kind: 'snooze'; readonly days: number }
  | { readonly kind: 'renew' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('look' as const), accepts: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('approach' as const), hours: fc.integer({ min: -30, max: 110 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snooze' as const), days: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'renew' as const }) },
);

/** The rules as one would tell them, for one certificate: what has been told, on which days, and until when it is quiet. */
class Oracle {
  readonly #begin: number;
  readonly #end: number;
  #told: { value: number; day: string }[] = [];
  #quietUntil = 0;

  constructor(begin: number, end: number) {
    this.#begin = begin;
    this.#end = end;
  }

  /** All thresholds that are passed, as their values. */
  #passed(now: number): readonly number[] {
    const life = this.#end - this.#begin;
    const over = now > this.#end ? [0] : [];
    if (life <= 60 * dayMs) {
      const shares = life < 20 * dayMs ? [50, 25, 10] : [50, 25, 10, 5];
      return [...shares.filter((share) => now >= this.#end - (life * share) / 100), ...over];
    }
    const noon = (at: number): number => new Date(at).setHours(12, 0, 0, 0);
    const days = Math.round((noon(this.#end) - noon(now)) / dayMs);
    return [...[90, 60, 30, 14, 7, 3, 1].filter((value) => value * 2 * dayMs <= life && days <= value), ...over];
  }

  expected(now: number): number | undefined {
    const passed = this.#passed(now);
    if (passed.length === 0 || now < this.#quietUntil) return undefined;
    const value = Math.min(...passed);
    if (this.#told.some((told) => told.value <= value)) return undefined;
    return this.#told.some(({ day }) => day === new Date(now).toDateString()) ? undefined : value;
  }

  tell(value: number, now: number): void {
    this.#told.push({ value, day: new Date(now).toDateString() });
  }

  snooze(days: number, now: number): void {
    const noon = (at: number): number => new Date(at).setHours(12, 0, 0, 0);
    const left = Math.round((noon(this.#end) - noon(now)) / dayMs);
    const wished = now + (left < 3 ? Math.min(days, 1) : days) * dayMs;
    // The next threshold is where more are passed than now.
    const count = this.#passed(now).length;
    let until = now;
    while (until < wished && this.#passed(until).length === count) until += hourMs / 4;
    this.#quietUntil = Math.min(until, wished);
  }
}

it('the radar tells what the rules tell, whatever happens in whatever order', async () => {
  const lives = fc.constantFrom(14, 30, 75, 200, 730);
  const steps = fc.array(step, { minLength: 10, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(lives, steps, fc.integer({ min: 0, max: 365 }), async (life, all, offset) => {
      // Quarters of an hour, as the oracle steps.
      const begin = new Date(2027, 0, 4, 15).getTime() + offset * dayMs;
      let certificate = certificateInfo({ notBefore: begin, notAfter: begin + life * dayMs });
      let oracle = new Oracle(begin, begin + life * dayMs);
      const clock = standingClock(begin);
      const tokens = changingTokens([cardEntry('1', [certificate])]);
      let onDisk: ExpiryState = emptyState;
      const machine = { accepts: true };
      const told: number[] = [];
      const start = () => {
        let state = structuredClone(onDisk);
        const memory: ExpiryMemory = {
          get state() {
            return state;
          },
          save: (next) => {
            state = next;
            onDisk = structuredClone(next);
            return Promise.resolve();
          },
        };
        return createExpiryRadar({
          tokens,
          findAuthorities: authorities(),
          relyingParties: () => [],
          actionFor: () => ({ kind: 'none' }),
          remember: true,
          memory,
          announce: () => undefined,
          notify: (warnings) => {
            for (const { threshold, finding } of warnings) {
              expect(finding.fingerprint).toBe(certificate.fingerprint);
              told.push(threshold.value);
            }
            return Promise.resolve(machine.accepts);
          },
          clock,
          logger: recordingLogger(),
          shownWithinMs: 0,
        });
      };
      const look = async (): Promise<void> => {
        told.length = 0;
        const expected = oracle.expected(clock.now());
        await radar.check();
        expect(told).toEqual(expected === undefined ? [] : [expected]);
        if (expected !== undefined && machine.accepts) oracle.tell(expected, clock.now());
      };
      let radar = start();
      await look();
      for (const now of all) {
        machine.accepts = true;
        if (now.kind === 'look') {
          machine.accepts = now.accepts;
          await look();
        } else if (now.kind === 'pass') clock.pass(now.hours * hourMs);
        else if (now.kind === 'approach') {
          clock.set(Math.max(clock.now(), certificate.notAfter - now.hours * hourMs));
        } else if (now.kind === 'restart') {
          await radar.close();
          radar = start();
          await look();
        } else if (now.kind === 'crash') {
          // Shown, and then never written down.
          await radar.close();
          const before = onDisk;
          radar = start();
          told.length = 0;
          const expected = oracle.expected(clock.now());
          await radar.check();
          expect(told).toEqual(expected === undefined ? [] : [expected]);
          await radar.close();
          onDisk = before;
          radar = start();
          await look();
        } else if (now.kind === 'snooze') {
          const [finding] = radar.report().findings;
          if (finding === undefined) throw new Error('nothing ends');
          await look();
          await radar.snooze(finding.id, now.days);
          oracle.snooze(now.days, clock.now());
        } else {
          const from = clock.now();
          if (from <= certificate.notBefore) continue;
          certificate = certificateInfo({
            notBefore: from,
            notAfter: Math.max(from + life * dayMs, certificate.notAfter + dayMs),
          });
          oracle = new Oracle(certificate.notBefore, certificate.notAfter);
          tokens.put(cardEntry('1', [certificate]));
          await look();
        }
      }
      await radar.close();
    }),
    { numRuns: 150 },
  );
});
