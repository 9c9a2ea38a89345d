import { beforeEach, describe, expect, it } from 'vitest';
import type { CardEvent } from '../../../../src/model/card-event.js';
import { createEventSubscriptions } from '../../../../src/daemon/control/event-subscriptions.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { testCaller } from '../../../support/test-caller.js';

const time = '2026-01-02T03:04:05.000Z';
const inserted: CardEvent = { kind: 'card-inserted', reader: 'Reader' };
const readers = [{ name: 'Reader', state: 'absent' }] as const;

let emit: (event: CardEvent) => void;
let handlers: ReturnType<typeof createEventSubscriptions>;
beforeEach(() => {
  emit = () => {
    throw new Error('nobody listens');
  };
  handlers = createEventSubscriptions({
    source: { readers: () => readers, subscribe: (listener) => void (emit = listener) },
    clock: { now: () => Date.parse(time), monotonic: () => 0 },
    logger: recordingLogger(),
    unreadBytes: 1000,
  });
});

describe('events.subscribe', () => {
  it('answers with what is in the readers, and pushes what happens from then on', async () => {
    const [one, other] = [testCaller(), testCaller()];
    emit(inserted);
    expect(await handlers['events.subscribe']!({}, one)).toEqual({ time, readers });
    emit(inserted);
    expect(one.events).toEqual([{ event: 'card.event', payload: { ...inserted, time } }]);
    expect(other.events).toEqual([]);
  });

  it('pushes each event once to one that subscribes twice', async () => {
    const caller = testCaller();
    await handlers['events.subscribe']!({}, caller);
    await handlers['events.subscribe']!({}, caller);
    emit(inserted);
    expect(caller.events).toHaveLength(1);
  });

  it('ends with the connection, and when it is asked to', async () => {
    const [gone, quiet] = [testCaller(), testCaller()];
    await handlers['events.subscribe']!({}, gone);
    await handlers['events.subscribe']!({}, quiet);
    gone.end();
    await handlers['events.unsubscribe']!({}, quiet);
    emit(inserted);
    expect([gone.events, quiet.events]).toEqual([[], []]);
  });

  it('drops one that does not read, tells it so, and goes on for the others', async () => {
    const [slow, quick] = [testCaller(), testCaller()];
    await handlers['events.subscribe']!({}, slow);
    await handlers['events.subscribe']!({}, quick);
    slow.unreadBytes = 1000;
    emit(inserted);
    slow.unreadBytes = 1001;
    emit(inserted);
    emit(inserted);
    expect(slow.events.map(({ event }) => event)).toEqual(['card.event', 'events.dropped']);
    expect(quick.events).toHaveLength(3);
    slow.unreadBytes = 0;
    await handlers['events.subscribe']!({}, slow);
    emit(inserted);
    expect(slow.events).toHaveLength(3);
  });
});
