import { traceAsLines, type ApduTrace } from '../cards/apdu-trace.js';
import { productVersion } from './product.js';
import type { Logger } from '../core/ports.js';
import type { ControlCaller, ControlHandlers } from '../daemon/control/handlers.js';
import { onCallerGone } from '../daemon/control/on-caller-gone.js';
import { MiddlewareError } from '../core/errors.js';
import { toHex } from '../core/bytes.js';
import type { ReaderSnapshot } from '../model/reader.js';

/** A recording of card commands for whoever asks for one. */
export interface CardTrace {
  /** Sees the commands to the card in a reader while somebody records them. */
  traceOf(reader: string): ApduTrace | undefined;
  readonly handlers: Pick<ControlHandlers, 'trace.start' | 'trace.stop'>;
}

/** One who records. */
interface Recorder {
  /** All readers, unless one was asked for. */
  readonly reader: string | undefined;
  /** The reader whose lines came last. */
  current: string | undefined;
}

/** More unread than this ends a recording: one with a gap would be of no use. */
const MAX_UNREAD = 512 << 10;

/**
 * Records what goes to the cards, for as long as somebody does. What carries a code is left out where the command is
 * made (`cards/apdu-trace.ts`), so that there is nothing here to leak.
 */
export function createCardTrace(seen: () => ReaderSnapshot, logger: Logger): CardTrace {
  const recorders = new Map<ControlCaller, Recorder>();

  const write = (reader: string, line: string): void => {
    for (const [caller, recorder] of recorders) {
      if (recorder.reader !== undefined && recorder.reader !== reader) continue;
      if (caller.unreadBytes > MAX_UNREAD) {
        recorders.delete(caller);
        logger.warn({ unread: caller.unreadBytes }, 'A recording was ended, since nobody reads it');
        caller.notify('events.dropped', {});
        continue;
      }
      if (recorder.current !== reader) caller.notify('trace.line', { line: describe(reader) });
      recorder.current = reader;
      caller.notify('trace.line', { line });
    }
  };

  const describe = (reader: string): string => {
    const atr = seen().readers.find(({ name }) => name === reader)?.atr ?? new Uint8Array();
    // The name comes from the device: it begins no line of its own, and steers no terminal.
    return `# reader ${reader.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')}, answer to reset ${toHex(atr)}`;
  };

  const forgetLater = onCallerGone((caller) => recorders.delete(caller));

  return {
    traceOf: (reader) => (recorders.size === 0 ? undefined : traceAsLines((line) => write(reader, line))),
    handlers: {
      'trace.start': ({ reader }, caller) => {
        if (reader !== undefined) refuseUnknown(reader, seen());
        forgetLater(caller);
        recorders.set(caller, { reader, current: undefined });
        logger.info({ reader }, 'Card commands are being recorded');
        return { header: [`# kort ${productVersion()}`] };
      },
      'trace.stop': (_params, caller) => {
        recorders.delete(caller);
        return {};
      },
    },
  };
}

/** A mistyped name would record nothing, and nobody would see why. Without PC/SC no name can be known. */
function refuseUnknown(reader: string, { service, readers }: ReaderSnapshot): void {
  if (service !== 'available' || readers.some(({ name }) => name === reader)) return;
  throw new MiddlewareError('ERR_PCSC_READER_GONE', 'No such reader', { fields: { reader } });
}
