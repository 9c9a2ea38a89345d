import type { ControlCaller } from './handlers.js';

/**
 * Gives what to call with each caller that has come: `forget` is called when its connection ends, once however often it
 * came and went, so that a connection that lasts does not gather listeners.
 */
export function onCallerGone(forget: (caller: ControlCaller) => void): (caller: ControlCaller) => void {
  const known = new WeakSet<ControlCaller>();
  return (caller) => {
    if (known.has(caller)) return;
    known.add(caller);
    caller.signal.addEventListener('abort', () => forget(caller), { once: true });
  };
}
