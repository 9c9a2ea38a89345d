import type { Clock, Logger } from '../../core/ports.js';
import type { CardEvent, CardEventReader } from '../../model/card-event.js';
import type { ControlCaller, ControlHandlers } from './handlers.js';
import { onCallerGone } from './on-caller-gone.js';

/** Where events come from. */
export interface EventSource {
  /** What is in each reader now. */
  readers(): readonly CardEventReader[];
  /** Calls back for each event; never stops. */
  subscribe(listener: (event: CardEvent) => void): void;
}

/** What subscriptions are made from. */
export interface EventSubscriptionsOptions {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What a subscriber may leave unread before it is dropped, bytes. */
  readonly unreadBytes?: number;
}

/** Less than what ends a connection: the subscriber shall still be told. */
const defaultUnreadBytes = 256 << 10;

/** Pushes card events to those who asked for them. One that does not read is dropped, and costs the others nothing. */
export function createEventSubscriptions({
  source,
  clock,
  logger,
  unreadBytes = defaultUnreadBytes,
}: EventSubscriptionsOptions): Pick<ControlHandlers, 'events.subscribe' | 'events.unsubscribe'> {
  const subscribers = new Set<ControlCaller>();
  const time = (): string => new Date(clock.now()).toISOString();

  source.subscribe((event) => {
    const timed = { ...event, time: time() };
    for (const caller of subscribers) {
      if (caller.unreadBytes <= unreadBytes) caller.notify('card.event', timed);
      else {
        subscribers.delete(caller);
        logger.warn({ unread: caller.unreadBytes }, 'A subscriber does not read and was dropped');
        caller.notify('events.dropped', {});
      }
    }
  });

  const forgetLater = onCallerGone((caller) => subscribers.delete(caller));

  return {
    'events.subscribe': (_params, caller) => {
      subscribers.add(caller);
      forgetLater(caller);
      return { time: time(), readers: source.readers() };
    },
    'events.unsubscribe': (_params, caller) => {
      subscribers.delete(caller);
      return {};
    },
  };
}
