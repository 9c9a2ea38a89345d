import type { ControlCaller } from '../../src/daemon/control/handlers.js';

/** A connection that records what it is told. */
export interface TestCaller extends ControlCaller {
  unreadBytes: number;
  readonly events: { readonly event: string; readonly payload: unknown }[];
  readonly end: () => void;
}

export function testCaller(): TestCaller {
  const controller = new AbortController();
  const events: { event: string; payload: unknown }[] = [];
  return {
    signal: controller.signal,
    unreadBytes: 0,
    events,
    notify: (event, payload) => void events.push({ event, payload }),
    end: () => controller.abort(),
  };
}
