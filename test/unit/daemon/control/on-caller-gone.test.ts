import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/ports.js';
import type { ControlCaller } from '../../../../src/daemon/control/handlers.js';
import { createEventSubscriptions } from '../../../../src/daemon/control/event-subscriptions.js';
import { onCallerGone } from '../../../../src/daemon/control/on-caller-gone.js';
import { recordingLogger } from '../../../support/recording-logger.js';

function callerWith(connection: AbortController): ControlCaller {
  return { signal: connection.signal, unreadBytes: 0, notify: () => undefined };
}

it('onCallerGone() tells of the end of each connection once, however often its caller came', () => {
  const connections = [new AbortController(), new AbortController()] as const;
  const [one, other] = [callerWith(connections[0]), callerWith(connections[1])];
  const gone: ControlCaller[] = [];
  const watch = onCallerGone((caller) => gone.push(caller));
  for (const caller of [one, other, one, one]) watch(caller);
  connections[0].abort();
  expect(gone).toStrictEqual([one]);
  connections[1].abort();
  expect(gone).toStrictEqual([one, other]);
});

it('a caller that subscribes again and again on one connection gathers no listeners on it', async () => {
  const connection = new AbortController();
  const caller = callerWith(connection);
  const source = { readers: () => [], subscribe: () => undefined };
  const { 'events.subscribe': subscribe, 'events.unsubscribe': unsubscribe } = createEventSubscriptions({
    source,
    clock: systemClock,
    logger: recordingLogger(),
  });
  for (let time = 0; time < 20; time += 1) {
    await subscribe!({}, caller);
    await unsubscribe!({}, caller);
  }
  expect(getEventListeners(connection.signal, 'abort')).toHaveLength(1);
});
