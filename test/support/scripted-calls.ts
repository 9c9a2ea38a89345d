import type { RelyingPartyCalls } from '../../src/oob/oob-service.js';

type Calls = {
  [Name in keyof RelyingPartyCalls]: {
    readonly name: Name;
    readonly args: Parameters<RelyingPartyCalls[Name]>;
    answer(value: Awaited<ReturnType<RelyingPartyCalls[Name]>>): void;
    fail(error: Error): void;
  };
};

/** A call to a relying party that waits for its answer. */
export type ScriptedCall<Name extends keyof RelyingPartyCalls> = Calls[Name];

export interface ScriptedCalls extends RelyingPartyCalls {
  /** The next call, which must be this one and must have been made by now. */
  take<Name extends keyof RelyingPartyCalls>(name: Name): ScriptedCall<Name>;
  /** Calls that nobody has taken. */
  readonly untaken: number;
}

/** A relying party's server in the hands of the test: every call waits until the test takes it and answers. */
export function scriptedCalls(): ScriptedCalls {
  const made: Calls[keyof RelyingPartyCalls][] = [];
  const record =
    (name: keyof RelyingPartyCalls) =>
    async (...args: readonly unknown[]): Promise<never> =>
      await new Promise<never>((answer, fail) => {
        made.push({ name, args, answer, fail } as never);
      });
  return {
    fetchRequest: record('fetchRequest'),
    postResponse: record('postResponse'),
    keysOf: record('keysOf'),
    take: (name) => {
      const call = made.shift();
      if (call?.name !== name) throw new Error(`Expected ${name}, not ${call?.name ?? 'silence'}`);
      return call as never;
    },
    get untaken() {
      return made.length;
    },
  };
}

/** For tests in which nobody may be called. */
export const noCalls: RelyingPartyCalls = {
  fetchRequest: () => Promise.reject(new Error('Unexpected fetchRequest')),
  postResponse: () => Promise.reject(new Error('Unexpected postResponse')),
  keysOf: () => Promise.reject(new Error('Unexpected keysOf')),
};
