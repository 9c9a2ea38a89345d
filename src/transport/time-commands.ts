import type { CardChannel, CardTransmitter, ReaderTransport } from './card-channel.js';

/** How quickly readers answer, found out from the commands that are sent anyway. */
export interface CommandTimes {
  /** Milliseconds that the fastest command to the card in a reader took; undefined before one was answered. */
  fastest(reader: string): number | undefined;
}

/** A transport that times its commands. What a card computes itself is part of it: only the fastest one tells of the way there. */
export function timeCommands(
  transport: ReaderTransport,
  now: () => number,
): { readonly transport: ReaderTransport; readonly times: CommandTimes } {
  const fastest = new Map<string, number>();
  transport.monitor.subscribe(({ readers }) => {
    const present = new Set(readers.filter(({ card }) => card !== 'absent').map(({ name }) => name));
    for (const reader of fastest.keys()) if (!present.has(reader)) fastest.delete(reader);
  });
  const timed = (reader: string, card: CardTransmitter): CardTransmitter => ({
    ...card,
    transmit: async (command, options) => {
      const startedAt = now();
      const answer = await card.transmit(command, options);
      fastest.set(reader, Math.min(now() - startedAt, fastest.get(reader) ?? Infinity));
      return answer;
    },
  });
  const timeIn = (channel: CardChannel): CardChannel => ({
    reader: channel.reader,
    atr: channel.atr,
    get foreignResets() {
      return channel.foreignResets;
    },
    transaction: (work, options) =>
      channel.transaction(async (card) => await work(timed(channel.reader, card)), options),
    close: (disposition) => channel.close(disposition),
  });
  return {
    transport: {
      monitor: transport.monitor,
      start: () => transport.start(),
      connect: async (reader, options) => timeIn(await transport.connect(reader, options)),
      close: () => transport.close(),
    },
    times: { fastest: (reader) => fastest.get(reader) },
  };
}
