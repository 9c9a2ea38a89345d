import { MiddlewareError } from '../core/errors.js';

/**
 * A signal that is aborted by the first SIGINT, SIGTERM or SIGHUP, so that a command can put the terminal back first.
 * A second one ends the process in the usual way.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (): void => {
    // Not before all have heard it: a library that finds itself alone then would end the process at once.
    setImmediate(() => {
      for (const name of names) process.off(name, onSignal);
    });
    controller.abort(new MiddlewareError('ERR_ABORTED', 'Interrupted'));
  };
  for (const name of names) process.on(name, onSignal);
  return controller.signal;
}
