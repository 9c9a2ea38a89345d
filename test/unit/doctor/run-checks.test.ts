import { describe, expect, it } from 'vitest';
import type { DoctorCheck } from '../../../src/doctor/doctor-check.js';
import { atMost } from '../../../src/doctor/at-most.js';
import { runChecks } from '../../../src/doctor/run-checks.js';
import type { DoctorCheckName } from '../../../src/model/doctor.js';
import { doctorFinding } from '../../../src/model/doctor-codes.js';

const clock = { now: () => Date.UTC(2026, 0, 2), monotonic: () => 5 };
const never = new Promise<never>(() => undefined);

async function run(checks: readonly DoctorCheck[], signal = new AbortController().signal) {
  const told: DoctorCheckName[] = [];
  const report = await runChecks({
    ...{ checks, clock, signal, instance: 'default' },
    onCheck: ({ check }) => void told.push(check),
  });
  return { report, told };
}

const fine = (name: DoctorCheckName): DoctorCheck => ({ name, run: () => Promise.resolve([]) });

describe('runChecks()', () => {
  it('reports in the order of the checks, whatever order they end in', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow: DoctorCheck = { name: 'versions', run: async () => await held.then(() => []) };
    const quick: DoctorCheck = {
      name: 'clock',
      run: () => {
        setImmediate(release);
        return Promise.resolve([]);
      },
    };
    const { report, told } = await run([quick, slow]);
    expect(told).toEqual(['clock', 'versions']);
    expect(report.checks.map(({ check }) => check)).toEqual(['versions', 'clock']);
    expect(report).toMatchObject({ time: '2026-01-02T00:00:00.000Z', instance: 'default' });
  });

  it('makes a check that throws, or rejects, a finding of its own', async () => {
    const broken: DoctorCheck = {
      name: 'files',
      run: () => {
        throw new Error('no such thing');
      },
    };
    const rejecting: DoctorCheck = { name: 'port', run: () => Promise.reject(new TypeError('x')) };
    const { report } = await run([broken, rejecting, fine('clock')]);
    expect(report.checks.map(({ check, state }) => [check, state])).toEqual([
      ['files', 'warning'],
      ['port', 'warning'],
      ['clock', 'ok'],
    ]);
    expect(report.checks[0]?.findings).toEqual([
      { code: 'check.failed', severity: 'warning', fields: { check: 'files', detail: 'no such thing' } },
    ]);
  });

  it('gives up a check that does not end, and tells it so', async () => {
    let isOver = false;
    const hanging: DoctorCheck = {
      name: 'readers',
      boundMs: 20,
      run: async (signal) => {
        signal.addEventListener('abort', () => (isOver = true));
        return await never;
      },
    };
    const { report } = await run([hanging, fine('clock')]);
    expect(report.checks[0]).toMatchObject({ state: 'warning', findings: [{ code: 'check.timeout' }] });
    expect(isOver).toBe(true);
  });

  it('carries out a lane one after another, also past one that fails', async () => {
    let running = 0;
    let most = 0;
    const inLane = (name: DoctorCheckName, fails: boolean): DoctorCheck => ({
      name,
      lane: 'cards',
      run: async () => {
        most = Math.max(most, (running += 1));
        await new Promise(setImmediate);
        running -= 1;
        if (fails) throw new Error('x');
        return [];
      },
    });
    const { told } = await run([inLane('cards', false), inLane('pcsc', true), inLane('readers', false)]);
    expect(told).toEqual(['pcsc', 'readers', 'cards']);
    expect(most).toBe(1);
  });

  it('says why something was not tried, and counts the worst of several findings', async () => {
    const untried: DoctorCheck = {
      name: 'port',
      run: () => Promise.resolve({ notTried: doctorFinding('port.unknown') }),
    };
    const both = [doctorFinding('clock.zone', { zone: 'x' }), doctorFinding('clock.slow', { minutes: 2 })];
    const { report } = await run([untried, { name: 'clock', run: () => Promise.resolve(both) }]);
    expect(report.checks.map(({ state }) => state)).toEqual(['notTried', 'fault']);
  });

  it('ends at once when it is interrupted, and tells nothing more', async () => {
    const ending = new AbortController();
    const hanging: DoctorCheck = { name: 'tls', run: async () => await never };
    const running = run([hanging, fine('clock')], ending.signal);
    ending.abort();
    await expect(running).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});

describe('atMost()', () => {
  it('carries out all, no more than so many at once, and past failures', async () => {
    const turn = atMost(2);
    let running = 0;
    let most = 0;
    const work = async (index: number): Promise<number> => {
      most = Math.max(most, (running += 1));
      await new Promise(setImmediate);
      running -= 1;
      if (index === 1) throw new Error('x');
      return index;
    };
    const ended = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => turn(() => work(index))));
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(most).toBe(2);
  });
});
