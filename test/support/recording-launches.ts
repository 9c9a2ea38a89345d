import type { Purpose, RelyingParty } from '../../src/model/relying-party.js';
import type { Launch, LaunchStart, LaunchState, OobLaunches } from '../../src/oob/oob-service.js';

/** A launch that a test moves on. */
export interface SteeredLaunch extends Launch {
  purpose: Purpose | undefined;
  /** How long each look at it was ready to wait, in milliseconds. */
  readonly looks: number[];
  /** Looks that wait now. */
  readonly waiting: number;
  moveTo(state: LaunchState): void;
}

export interface RecordingLaunches extends OobLaunches {
  /** Every launch that began, in order. */
  readonly started: LaunchStart[];
  /** What the next launch throws. */
  failure: Error | undefined;
  /** The one that began last. */
  readonly last: SteeredLaunch;
  /** Puts one there without the endpoint's doing. */
  add(start: LaunchStart): SteeredLaunch;
  /** Ids that a restart ended. */
  readonly lost: Set<string>;
}

/** Launches that begin whenever they are asked for by one who is registered, and fail the test otherwise. */
export function recordingLaunches(registered: RelyingParty): RecordingLaunches {
  const byId = new Map<string, SteeredLaunch>();
  const started: LaunchStart[] = [];
  const lost = new Set<string>();
  const ownerOfLaunch: OobLaunches['ownerOfLaunch'] = ({ clientId, launcher, origin }) => {
    const own = clientId === registered.clientId && registered.launchers.includes(launcher);
    return own && origin !== undefined && registered.origins.includes(origin) ? registered : undefined;
  };
  const add = (start: LaunchStart): SteeredLaunch => {
    const id = String(byId.size + 1).padStart(43, 'L');
    const launch = steeredLaunch(id, registered, start);
    byId.set(id, launch);
    return launch;
  };
  const launches: RecordingLaunches = {
    started,
    failure: undefined,
    lost,
    add,
    ownerOfLaunch,
    launch: (start) => {
      if (!ownerOfLaunch(start)) throw new Error('The gate let a stranger start');
      started.push(start);
      if (launches.failure) throw launches.failure;
      return add(start);
    },
    findLaunch: (id) => (lost.has(id) ? 'lost' : byId.get(id)),
    get last() {
      const launch = [...byId.values()].at(-1);
      if (!launch) throw new Error('No launch began');
      return launch;
    },
  };
  return launches;
}

function steeredLaunch(id: string, relyingParty: RelyingParty, { launcher, origin }: LaunchStart): SteeredLaunch {
  let state: LaunchState = { step: 'fetching' };
  const waiters = new Set<() => void>();
  const looks: number[] = [];
  const wake = (): void => waiters.forEach((resolve) => resolve());
  return {
    id,
    relyingParty,
    launcher,
    origin,
    purpose: undefined,
    looks,
    get state() {
      return state;
    },
    get waiting() {
      return waiters.size;
    },
    moveTo: (next) => {
      state = next;
      wake();
    },
    changed: (seen, waitMs, signal) => {
      looks.push(waitMs);
      if (seen !== state || waitMs === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiters.delete(done);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        waiters.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    },
    cancel: () => {
      throw new Error('Nobody cancels by the browser');
    },
  };
}
