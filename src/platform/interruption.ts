import { MiddlewareError } from '../core/errors.js';
import { endAtOnce } from './end-at-once.js';

/**
 * A signal that is aborted by the first SIGINT, SIGTERM or SIGHUP, so that a command can put the terminal back first.
 * A second one ends the process at once: whoever sends it does not want to wait.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) void endAtOnce(name);
      else controller.abort(new MiddlewareError('ERR_ABORTED', 'Interrupted'));
    });
  }
  return controller.signal;
}
