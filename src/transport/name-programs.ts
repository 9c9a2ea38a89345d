import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { CardChannel, ReaderTransport } from './card-channel.js';

/** A transport whose ERR_CARD_BUSY and ERR_PCSC_SHARING_VIOLATION say which programs use cards, where that is known. */
export function namePrograms(transport: ReaderTransport, namesOf: () => Promise<readonly string[]>): ReaderTransport {
  const naming = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_CARD_BUSY', 'ERR_PCSC_SHARING_VIOLATION')) throw error;
      const names = await namesOf();
      if (names.length === 0) throw error;
      const fields = { ...error.fields, programs: names.join(', ') };
      throw new MiddlewareError(error.code, error.message, { fields, retriable: error.retriable, cause: error });
    }
  };
  const nameIn = (channel: CardChannel): CardChannel => ({
    reader: channel.reader,
    atr: channel.atr,
    get foreignResets() {
      return channel.foreignResets;
    },
    transaction: (work, options) => naming(channel.transaction(work, options)),
    close: (disposition) => channel.close(disposition),
  });
  return {
    monitor: transport.monitor,
    start: () => transport.start(),
    connect: async (reader, options) => nameIn(await naming(transport.connect(reader, options))),
    close: () => transport.close(),
  };
}
