import type { LaunchOutcome, LaunchProgress } from '../control-contract/launches.js';
import { definedFields, MiddlewareError } from '../core/errors.js';
import type { ControlCaller, ControlHandlers } from '../daemon/control/handlers.js';
import type { Launch, LaunchState, OobLaunches } from '../oob/oob-service.js';

/** A launch is looked at this often at least; what changes in it is told at once. */
const lookMs = 60_000;

/** The `launch.*` methods: a `kort:` link that was opened on this machine. The end of the connection cancels it. */
export function launchMethods(launches: Pick<OobLaunches, 'launch'>): ControlHandlers {
  return {
    'launch.open': async ({ clientId, ref }, caller) => {
      caller.signal.throwIfAborted();
      const launch = launches.launch({ clientId, ref, launcher: 'scheme', origin: undefined });
      const cancel = (): void => launch.cancel();
      caller.signal.addEventListener('abort', cancel, { once: true });
      try {
        return await follow(launch, caller);
      } finally {
        caller.signal.removeEventListener('abort', cancel);
      }
    },
  };
}

async function follow(launch: Launch, caller: ControlCaller): Promise<LaunchOutcome> {
  let told: LaunchState | undefined;
  for (;;) {
    const { state } = launch;
    const outcome = outcomeOf(state);
    if (outcome !== undefined) return outcome;
    if (caller.signal.aborted) throw new MiddlewareError('ERR_ABORTED', 'Nobody waits for this launch any more');
    const progress = progressOf(launch, state);
    if (state !== told && progress !== undefined) caller.notify('launch.progress', progress);
    told = state;
    await launch.changed(state, lookMs, caller.signal);
  }
}

function outcomeOf(state: LaunchState): LaunchOutcome | undefined {
  if (state.step === 'failed') {
    const { hint: hintCode, problem } = state;
    const told = problem && { code: problem.code, fields: definedFields(problem.fields) };
    return { status: 'failed', hintCode, ...(told === undefined ? {} : { problem: told }) };
  }
  if (state.step !== 'done') return undefined;
  const { failed, redirectUri } = state;
  const where = redirectUri === undefined ? {} : { redirectUri };
  return failed === undefined ? { status: 'complete', ...where } : { status: 'failed', hintCode: failed, ...where };
}

function progressOf({ relyingParty }: Launch, state: LaunchState): LaunchProgress | undefined {
  const named = { relyingParty: relyingParty.displayName };
  if (state.step === 'fetching' || state.step === 'delivering') return { ...named, step: state.step };
  return state.step === 'pending' ? { ...named, step: 'pending', hint: state.hint } : undefined;
}
