import type { Logger } from '../../core/ports.js';
import type { PinCodeName, PinOutcome } from '../../model/pin-care.js';
import type { PinCare, PreparedPin } from '../../operations/pin-care.js';
import type { ParamsOf } from '../../control-contract/methods.js';
import type { BegunPinOperation, PinProgress, PinRequest } from '../../control-contract/pins.js';
import { CodedOperations, type PinOperationTimes } from './coded-operations.js';
import type { ControlCaller, ControlHandlers, ReceivedPin } from './handlers.js';

/** What PIN operations are made from. */
export interface PinOperationsOptions {
  readonly pinCare: PinCare;
  readonly logger: Logger;
  /** Logins that are open now. */
  readonly openOrders: () => number;
  /** The user's own phrase. */
  readonly phrase?: () => string | undefined;
  readonly times?: Partial<PinOperationTimes>;
}

/** The operations with PINs that clients of the control socket carry out. */
export interface PinOperations {
  readonly handlers: Pick<ControlHandlers, 'pin.list' | 'pin.begin' | 'pin.run' | 'pin.cancel'>;
  /** Takes a code that belongs to an operation of this caller; false leaves it, unwiped, to others. */
  receive(received: ReceivedPin, caller: ControlCaller): boolean;
}

/** Each connection has one operation at a time; whatever ends it wipes the codes that have come. */
export function createPinOperations({
  pinCare,
  logger,
  openOrders,
  phrase,
  times,
}: PinOperationsOptions): PinOperations {
  const operations = new CodedOperations<PinCodeName, PreparedPin>({
    onKeypad: ['current', 'next', 'puk'],
    logger,
    phrase,
    times,
  });

  const begin = async (
    { operation: name, ...choice }: PinRequest,
    caller: ControlCaller,
  ): Promise<BegunPinOperation> => {
    const { prepared, begun } = await operations.begin(caller, () => pinCare.prepare(name, choice, caller.signal));
    return { ...prepared.question, ...begun, openOrders: openOrders() };
  };

  const run = async (params: ParamsOf<'pin.run'>, caller: ControlCaller): Promise<PinOutcome> => {
    const { operationId, lastTryConsent, onPinPad = false, language } = params;
    return await operations.run(params, caller, async (prepared, { codes, signal }) => {
      const stop = tellProgress(operationId, caller, onPinPad);
      try {
        return await prepared.run(codes, { lastTryConsent, signal, ...(language === undefined ? {} : { language }) });
      } finally {
        stop();
      }
    });
  };

  const tellProgress = (operationId: string, caller: ControlCaller, onPinPad: boolean): (() => void) => {
    const tell = (state: PinProgress['state']): void =>
      caller.notify('pin.progress', { operationId, state, openOrders: openOrders() });
    if (onPinPad) {
      tell('pin-pad');
      return () => undefined;
    }
    const timer = setTimeout(() => tell('waiting'), operations.times.progressMs);
    return () => clearTimeout(timer);
  };

  return {
    handlers: {
      'pin.list': async (_params, caller) => ({ cards: await pinCare.list(caller.signal) }),
      'pin.begin': begin,
      'pin.run': run,
      'pin.cancel': ({ operationId }, caller) => ({ accepted: operations.cancel(operationId, caller) }),
    },
    receive: (received, caller) => operations.receive(received, caller),
  };
}
