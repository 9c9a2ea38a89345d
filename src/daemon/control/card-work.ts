import type { Logger } from '../../core/ports.js';
import type { CardWorkCode, CardWorkOutcome, CardWorkRequest } from '../../model/card-work.js';
import type { PreparedCardWork } from '../../operations/card-work.js';
import type { BegunCardWork, CardWorkProgress } from '../../control-contract/certificates.js';
import type { ParamsOf } from '../../control-contract/methods.js';
import { CodedOperations, type PinOperationTimes } from './coded-operations.js';
import type { ControlCaller, ControlHandlers, ReceivedPin } from './handlers.js';

/** What card work is made from. */
export interface CardWorkOptions {
  /** Settles everything but the codes; `caller` is whose sessions count. */
  readonly prepare: (request: CardWorkRequest, caller: ControlCaller) => Promise<PreparedCardWork>;
  readonly logger: Logger;
  /** Logins that are open now. */
  readonly openOrders: () => number;
  /** The user's own phrase. */
  readonly phrase?: () => string | undefined;
  readonly times?: Partial<PinOperationTimes>;
}

/** The work on cards that clients of the control socket have done. */
export interface CardWork {
  readonly handlers: Pick<ControlHandlers, 'card.begin' | 'card.run' | 'card.cancel'>;
  /** Takes a code that belongs to work of this caller; false leaves it, unwiped, to others. */
  receive(received: ReceivedPin, caller: ControlCaller): boolean;
}

/** Each connection has one piece of card work at a time; whatever ends it wipes the codes that have come. */
export function createCardWork({ prepare, logger, openOrders, phrase, times }: CardWorkOptions): CardWork {
  const operations = new CodedOperations<CardWorkCode, PreparedCardWork>({ onKeypad: ['pin'], logger, phrase, times });

  const begin = async (request: CardWorkRequest, caller: ControlCaller): Promise<BegunCardWork> => {
    const { prepared, begun } = await operations.begin(caller, () => prepare(request, caller));
    return { ...prepared.question, ...begun, openOrders: openOrders() };
  };

  const run = async (params: ParamsOf<'card.run'>, caller: ControlCaller): Promise<CardWorkOutcome> => {
    const { operationId, lastTryConsent, language } = params;
    return await operations.run(params, caller, async (prepared, { codes, signal }) => {
      const tell = (state: CardWorkProgress['state']): void => caller.notify('card.progress', { operationId, state });
      // Until the first step is told, the card is not ours.
      const timer = setTimeout(() => tell('waiting'), operations.times.progressMs);
      const onStep = (state: CardWorkProgress['state']): void => {
        clearTimeout(timer);
        tell(state);
      };
      try {
        return await prepared.run(codes, {
          lastTryConsent,
          signal,
          onStep,
          ...(language === undefined ? {} : { language }),
        });
      } finally {
        clearTimeout(timer);
      }
    });
  };

  return {
    handlers: {
      'card.begin': begin,
      'card.run': run,
      'card.cancel': ({ operationId }, caller) => ({ accepted: operations.cancel(operationId, caller) }),
    },
    receive: (received, caller) => operations.receive(received, caller),
  };
}
