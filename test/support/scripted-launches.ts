import type { Launch, LaunchStart, LaunchState, OobLaunches } from '../../src/oob/oob-service.js';
import type { RelyingParty } from '../../src/model/relying-party.js';

const testClinic: RelyingParty = {
  clientId: 'urn:test:clinic',
  displayName: { sv: 'Testkliniken', en: 'Test Clinic' },
  origins: ['https://login.test.example'],
  jwks: { keys: [] },
  acrValues: ['http://id.sambi.se/loa/loa3'],
  issuers: [],
  launchers: ['scheme'],
  purposes: ['auth'],
  endpoints: { pins: [] },
  unbound: false,
  pinForEachDocument: false,
  source: 'system',
};

/** A launch whose states a test sets. */
export interface ScriptedLaunch {
  readonly start: LaunchStart;
  readonly cancelled: boolean;
  to(state: LaunchState): void;
  /** Lets whoever waits look again although nothing changed. */
  stir(): void;
  /** Resolves when whoever follows has seen the state that stands. */
  looked(): Promise<void>;
}

/** The two launchers that begin with ids, without relying party or card. */
export interface ScriptedLaunches extends Pick<OobLaunches, 'launch'> {
  /** The next launch that begins, or has begun and was not asked for yet. */
  begun(): Promise<ScriptedLaunch>;
  /** The next one is refused. */
  refuse(error: Error): void;
}

export function scriptedLaunches(): ScriptedLaunches {
  const ready: ScriptedLaunch[] = [];
  const wanted: ((launch: ScriptedLaunch) => void)[] = [];
  let refusal: Error | undefined;
  return {
    launch: (start) => {
      if (refusal !== undefined) throw refusal;
      const launch = new OneLaunch(start);
      const waiting = wanted.shift();
      if (waiting === undefined) ready.push(launch);
      else waiting(launch);
      return launch;
    },
    begun: () => {
      const [first] = ready.splice(0, 1);
      return first === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(first);
    },
    refuse: (error) => void (refusal = error),
  };
}

class OneLaunch implements Launch, ScriptedLaunch {
  readonly id = 'A'.repeat(43);
  readonly launcher = 'scheme';
  readonly origin = undefined;
  readonly purpose = undefined;
  readonly relyingParty = testClinic;
  readonly start: LaunchStart;
  state: LaunchState = { step: 'fetching' };
  cancelled = false;
  #waiting: (() => void)[] = [];
  #watching: (() => void)[] = [];

  constructor(start: LaunchStart) {
    this.start = start;
  }

  changed(seen: LaunchState, _waitMs: number, signal: AbortSignal): Promise<void> {
    if (seen !== this.state) return Promise.resolve();
    for (const watching of this.#watching.splice(0)) watching();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  cancel(): void {
    this.cancelled = true;
  }

  to(state: LaunchState): void {
    this.state = state;
    this.stir();
  }

  stir(): void {
    for (const waiting of this.#waiting.splice(0)) waiting();
  }

  looked(): Promise<void> {
    return new Promise((resolve) => this.#watching.push(resolve));
  }
}
