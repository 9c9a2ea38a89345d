import type { Clock } from '../../core/ports.js';
import type { ClockProblem } from '../../model/expiry.js';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import { hostOf, type Visits } from '../configured-address.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** What this check asks of the machine. */
export interface ClockPorts extends Visits {
  readonly clock: Clock;
  readonly daemon: DoctorDaemon;
  /** When this program was made, milliseconds since the epoch: no clock that is right says less. */
  readonly released: number;
  /** The variable TZ. */
  readonly zone: string | undefined;
  readonly isZone: (zone: string) => boolean;
  /** Whether the system takes the time from elsewhere; undefined where it does not tell. */
  readonly synced: () => Promise<boolean | undefined>;
}

/** A login's times may differ by so much (design: request objects live 5 minutes). */
const toleranceMs = 60_000;

/** Whether the clock is right: by servers that were configured, by what was issued before, and by the system's own word. */
export function checkClock(ports: ClockPorts): DoctorCheck {
  return {
    name: 'clock',
    boundMs: 30_000,
    run: async () => {
      const { clock, released, zone, isZone, synced } = ports;
      const [skew, told, isSynced] = await Promise.all([measureSkew(ports), toldByDaemon(ports.daemon), synced()]);
      const now = clock.now();
      return [
        ...(now < released ? [doctorFinding('clock.before-release', { now: new Date(now).toISOString() })] : []),
        ...skewFindings(skew),
        ...told.filter(({ code }) => code !== 'clock.before-release'),
        ...(isSynced === false ? [doctorFinding('clock.unsynced')] : []),
        ...(zone !== undefined && zone !== '' && !isZone(zone) ? [doctorFinding('clock.zone', { zone })] : []),
      ];
    },
  };
}

interface Skew {
  readonly host: string;
  readonly byMs: number;
}

/** The smallest of several: one server whose own clock is wrong says nothing about ours. */
async function measureSkew({ addresses, visit }: ClockPorts): Promise<Skew | undefined> {
  const told = (await addresses()).filter(({ url }) => url.startsWith('https:'));
  const skews = await Promise.all(
    told.map(async (address) => {
      const answer = await visit(address);
      if (!answer.answered || answer.date === undefined) return undefined;
      return { host: hostOf(address), byMs: answer.date - answer.at };
    }),
  );
  return skews
    .filter((skew) => skew !== undefined)
    .sort((a, b) => Math.abs(a.byMs) - Math.abs(b.byMs))
    .at(0);
}

function skewFindings(skew: Skew | undefined): readonly DoctorFinding<DoctorCode>[] {
  if (skew === undefined || Math.abs(skew.byMs) < toleranceMs) return [];
  const minutes = minutesOf(skew.byMs / 1000);
  return [doctorFinding(skew.byMs > 0 ? 'clock.slow' : 'clock.fast', { minutes, host: skew.host })];
}

/** What the daemon has noticed meanwhile; what another server's clock showed is measured anew. */
const ofProblem: Readonly<Partial<Record<ClockProblem, 'clock.before-certificate' | 'clock.jumped-back'>>> = {
  'before-certificate': 'clock.before-certificate',
  'jumped-back': 'clock.jumped-back',
};

async function toldByDaemon(daemon: DoctorDaemon): Promise<readonly DoctorFinding<DoctorCode>[]> {
  try {
    const { findings } = await daemon.ask('expiry.get', {});
    return findings.flatMap(({ clock }) => {
      const code = clock === undefined ? undefined : ofProblem[clock.problem];
      return code === undefined ? [] : [doctorFinding(code, { minutes: minutesOf(clock?.seconds ?? 0) })];
    });
  } catch {
    return [];
  }
}

const minutesOf = (seconds: number): number => Math.max(1, Math.round(Math.abs(seconds) / 60));
