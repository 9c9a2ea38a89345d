import type { Clock, Logger } from '../core/ports.js';
import { createEventSubscriptions, type EventSource } from '../daemon/control/event-subscriptions.js';
import type { ControlHandlers, PinReceiver } from '../daemon/control/handlers.js';
import { createPinOperations } from '../daemon/control/pin-operations.js';
import { cardEventOf, createCardEventSource, describeReaders } from '../operations/card-events.js';
import { createPinCare } from '../operations/pin-care.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import type { HeardHistory } from './heard-history.js';

/** What the `pin.*` and `events.*` methods work with. */
export interface PinMethodsOptions {
  readonly tokens: TokenRegistry;
  readonly history: HeardHistory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openOrders: () => number;
  /** The user's own phrase. */
  readonly phrase: () => string | undefined;
}

/** The methods, and who takes their PIN frames. */
export interface PinMethods {
  readonly handlers: ControlHandlers;
  /** Takes the codes of PIN operations, and hands every other PIN to `prompts`. */
  receiverBefore(prompts: PinReceiver): PinReceiver;
}

/** The `pin.*` and `events.*` methods over the cards of a daemon. */
export function pinMethods({ tokens, history, clock, logger, openOrders, phrase }: PinMethodsOptions): PinMethods {
  const pinCare = createPinCare({ tokens, history });
  const operations = createPinOperations({ pinCare, logger, openOrders, phrase });
  const source = eventSource(tokens, history);
  return {
    handlers: { ...operations.handlers, ...createEventSubscriptions({ source, clock, logger }) },
    receiverBefore: (prompts) => (received, caller) => {
      if (!operations.receive(received, caller)) prompts(received, caller);
    },
  };
}

/** What becomes of readers and cards, and of the history what they do not show. */
function eventSource(tokens: TokenRegistry, history: HeardHistory): EventSource {
  return {
    readers: () => describeReaders(tokens.entries),
    subscribe: (listener) => {
      const events = createCardEventSource(tokens.entries);
      tokens.subscribe(() => {
        for (const event of events.follow(tokens.entries)) listener(event);
      });
      history.subscribe((written) => {
        const event = cardEventOf(written);
        if (event !== undefined) listener(event);
      });
    },
  };
}
