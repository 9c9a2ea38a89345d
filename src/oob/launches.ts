import { toBase64Url } from '../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { abortable } from './abortable.js';
import { beginLaunch, type LaunchesParts } from './begin-launch.js';
import { deliverResult } from './delivery.js';
import { RunningLaunch, type LaunchSteps } from './launch.js';
import type { LaunchStart, OobLaunches } from './oob-service.js';
import { markOfLaunch } from './replay-store.js';
import { invalidRequest } from './request-claims.js';
import { findLaunched, unauthorized } from './request-object.js';
import { UsedRefs } from './used-refs.js';

/** How long an ended launch may be asked for, so that a reload of its page still knows it, in milliseconds. */
export const launchKeptMs = 300_000;

/** Launches that can be shut down. */
export interface RunningLaunches extends OobLaunches {
  /** Ends every launch, calling nobody any more; resolves when all have ended. */
  close(): Promise<void>;
}

/** One slow relying party keeps no other waiting, and one launcher not the other; no more of them than entries. */
const slotOf = ({ launcher, clientId }: LaunchStart): string => `${launcher} ${clientId}`;

/** The launches by redirect and by link. */
export function createLaunches(parts: LaunchesParts): RunningLaunches {
  const { registry, replay, shelf, random, calls } = parts;
  const launches = new Map<string, RunningLaunch>();
  const running = new Map<RunningLaunch, Promise<void>>();
  const fetching = new Set<string>();
  const used = new UsedRefs(parts.clock);
  let closed = false;

  const steps: LaunchSteps = {
    begin: async (launch, signal) => {
      try {
        return await beginLaunch(parts, launch, signal);
      } catch (error) {
        // Never arrived there: the user may follow the same link again when the network is back.
        if (error instanceof Error && isMiddlewareError(error.cause, 'ERR_REMOTE_UNREACHABLE', 'ERR_REMOTE_TLS')) {
          used.forget(launch.start);
        }
        throw error;
      } finally {
        fetching.delete(slotOf(launch.start));
      }
    },
    deliver: async ({ start }, order, { status: _, ...result }, signal) =>
      await deliverResult(parts, order, { ref: start.ref, ...result }, signal),
    excuse: async ({ start }, { accepted }, error, signal) => {
      const answer = { ref: start.ref, error };
      const posting = async () => await calls.postResponse(accepted.relyingParty, answer, signal);
      return (await abortable(posting, signal)).redirectUri;
    },
  };

  const refuse = (start: LaunchStart): void => {
    if (closed) throw new MiddlewareError('ERR_ABORTED', 'Shutting down');
    if (!/^[A-Za-z0-9_-]{22,128}$/.test(start.ref)) throw invalidRequest('ref');
    if (used.has(start)) throw new MiddlewareError('ERR_OOB_LINK_USED', 'ref was used already');
    if (fetching.has(slotOf(start))) {
      throw new MiddlewareError('ERR_OOB_TOO_MANY_REQUESTS', 'Another launch is being fetched', { retriable: true });
    }
  };

  const note = ({ start, state }: RunningLaunch): void => {
    if (state.step !== 'failed') return;
    const fields = { relyingParty: start.clientId, launcher: start.launcher, hint: state.hint };
    parts.logger.info({ ...state.problem?.fields, code: state.problem?.code, ...fields }, 'Launch failed');
  };

  return {
    ownerOfLaunch: (start) => findLaunched(start, registry()),
    launch: (start) => {
      const party = findLaunched(start, registry());
      if (party === undefined) throw unauthorized('unregistered');
      refuse(start);
      used.add(start);
      fetching.add(slotOf(start));
      const launch = new RunningLaunch(toBase64Url(random(32)), party, start, steps);
      launches.set(launch.id, launch);
      const run = launch.run().finally(() => {
        running.delete(launch);
        note(launch);
        shelf.put(slotOf(start), launchKeptMs, () => launches.delete(launch.id));
      });
      running.set(launch, run);
      return launch;
    },
    findLaunch: (id) => {
      const launch = launches.get(id);
      launch?.seen();
      return launch ?? (replay.startedEarlier(markOfLaunch(id)) ? 'lost' : undefined);
    },
    close: async () => {
      closed = true;
      for (const launch of running.keys()) launch.abandon();
      await Promise.all(running.values());
    },
  };
}
