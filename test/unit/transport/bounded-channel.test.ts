import { describe, expect, it } from 'vitest';
import { MiddlewareError, type ErrorCode } from '../../../src/core/errors.js';
import { createBoundedChannel } from '../../../src/transport/bounded-channel.js';
import type { CardChannel } from '../../../src/transport/card-channel.js';
import type { CardConnection } from '../../../src/transport/card-connection.js';
import { createReaderGate, type ReaderGate } from '../../../src/transport/reader-gate.js';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const failure = (errorCode: ErrorCode): MiddlewareError => new MiddlewareError(errorCode, 'planned');
const command = Uint8Array.of(0, 0xa4, 4, 0);
const ok = Uint8Array.of(0x90, 0);

/** A connection that plays a script: each call must be the next one. */
function scripted(...script: [call: string, result?: unknown][]): {
  channel: CardChannel;
  gate: ReaderGate;
  rest: () => number;
} {
  const play = <T>(call: string): Promise<T> => {
    const [expected, result] = script.shift() ?? ['nothing'];
    expect(call).toBe(expected);
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result as T);
  };
  const connection: CardConnection = {
    atr: Uint8Array.of(0x3b),
    protocol: 'T=1',
    begin: () => play('begin'),
    end: (disposition) => play(`end ${disposition}`),
    reconnect: () => play('reconnect'),
    transmit: () => play('transmit'),
    control: (controlCode) => play(`control ${controlCode}`),
    disconnect: (disposition) => play(`disconnect ${disposition}`),
  };
  const gate = createReaderGate('Reader', () => undefined);
  const channel = createBoundedChannel({ reader: 'Reader', connection, gate, onClosed: () => undefined });
  return { channel, gate, rest: () => script.length };
}

/** A result that comes when told. */
function pending<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

describe('transaction()', () => {
  it('begins, transmits, ends', async () => {
    const { channel, rest } = scripted(['begin'], ['transmit', ok], ['end leave']);
    expect(await channel.transaction((card) => card.transmit(command))).toBe(ok);
    expect(rest()).toBe(0);
  });

  it('stays usable after an error that its user made, whatever its code', async () => {
    const { channel, rest } = scripted(['begin'], ['end leave'], ['begin'], ['transmit', ok], ['end leave']);
    const own = failure('ERR_CARD_REMOVED');
    await expect(channel.transaction(() => Promise.reject(own))).rejects.toBe(own);
    expect(await channel.transaction((card) => card.transmit(command))).toBe(ok);
    expect(rest()).toBe(0);
  });

  it('reconnects after resets, at most twice', async () => {
    const reset = failure('ERR_PCSC_CARD_RESET');
    const lucky = scripted(['begin', reset], ['reconnect'], ['begin', reset], ['reconnect'], ['begin'], ['end leave']);
    await expect(lucky.channel.transaction(() => Promise.resolve(1))).resolves.toBe(1);
    const unlucky = scripted(['begin', reset], ['reconnect'], ['begin', reset], ['reconnect'], ['begin', reset]);
    await expect(unlucky.channel.transaction(() => Promise.resolve(1))).rejects.toEqual(code('ERR_PCSC_CARD_RESET'));
    expect(unlucky.rest()).toBe(0);
  });

  it('does not reconnect after a reset inside', async () => {
    const { channel, rest } = scripted(['begin'], ['transmit', failure('ERR_PCSC_CARD_RESET')], ['end reset']);
    const run = channel.transaction((card) => card.transmit(command), { endWith: 'reset' });
    await expect(run).rejects.toEqual(code('ERR_PCSC_CARD_RESET'));
    expect(rest()).toBe(0);
  });

  it('asks how to end when the work has ended, and ends before the next begins', async () => {
    const { channel, rest } = scripted(['begin'], ['end reset'], ['begin'], ['end leave']);
    let worked = false;
    const endWith = (): 'leave' | 'reset' => (worked ? 'reset' : 'leave');
    await Promise.all([
      channel.transaction(() => Promise.resolve((worked = true)), { endWith }),
      channel.transaction(() => Promise.resolve()),
    ]);
    expect(rest()).toBe(0);
  });

  it('keeps the error of the work when the end fails too, and ends a dead connection at once', async () => {
    const { channel, rest } = scripted(['begin'], ['end leave', failure('ERR_CARD_REMOVED')], ['disconnect leave']);
    await expect(channel.transaction(() => Promise.reject(new Error('work')))).rejects.toThrow('work');
    await expect(channel.transaction(() => Promise.resolve())).rejects.toEqual(code('ERR_CARD_REMOVED'));
    expect(rest()).toBe(0);
    await channel.close();
  });

  it('gives up a begin that takes too long, and ends it when it comes', async () => {
    const begin = pending<undefined>();
    const { channel, gate, rest } = scripted(['begin', begin.promise], ['end leave'], ['begin'], ['end leave']);
    await expect(channel.transaction(() => Promise.resolve(), { waitMs: 10 })).rejects.toEqual(code('ERR_CARD_BUSY'));
    // In JavaScript now: no second native call waits behind the first.
    await expect(channel.transaction(() => Promise.resolve(), { waitMs: 10 })).rejects.toEqual(code('ERR_CARD_BUSY'));
    expect(gate.unresponsive).toBe(false);
    begin.resolve(undefined);
    await channel.transaction(() => Promise.resolve());
    expect(rest()).toBe(0);
  });

  it('refuses to transmit twice at the same time', async () => {
    const { channel } = scripted(['begin'], ['transmit', ok], ['end leave']);
    await channel.transaction(async (card) => {
      const first = card.transmit(command);
      await expect(card.transmit(command)).rejects.toEqual(code('ERR_INTERNAL'));
      await first;
    });
  });
});

describe('transmit() over its time', () => {
  it('leaves the card to its reader alone, and resets it when it answers after all', async () => {
    const answer = pending<Uint8Array>();
    const script = scripted(['begin'], ['transmit', answer.promise], ['end reset'], ['begin'], ['end leave']);
    const { channel, gate, rest } = script;
    const run = channel.transaction(async (card) => {
      await expect(card.transmit(command, { timeoutMs: 10 })).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
      await card.transmit(command);
    });
    await expect(run).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
    expect(gate.unresponsive).toBe(true);
    answer.resolve(ok);
    await expect.poll(() => gate.unresponsive).toBe(false);
    await channel.transaction(() => Promise.resolve());
    expect(rest()).toBe(0);
  });

  it('ends the connection when the card is pulled, also when the channel was closed meanwhile', async () => {
    const answer = pending<Uint8Array>();
    const script = scripted(['begin'], ['transmit', answer.promise], ['end reset'], ['disconnect reset']);
    const { channel, gate, rest } = script;
    const run = channel.transaction((card) => card.transmit(command, { timeoutMs: 10 }));
    await expect(run).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
    await channel.close('reset');
    expect(rest()).toBe(2);
    answer.reject(failure('ERR_CARD_REMOVED'));
    await expect.poll(() => gate.unresponsive).toBe(false);
    expect(rest()).toBe(0);
  });

  it('counts from the start of the command, also when the caller has left before', async () => {
    const answer = pending<Uint8Array>();
    const { channel, gate } = scripted(['begin'], ['transmit', answer.promise], ['end reset']);
    const signal = AbortSignal.timeout(10);
    const run = channel.transaction((card) => card.transmit(command, { timeoutMs: 60, signal }));
    await expect(run).rejects.toEqual(code('ERR_ABORTED'));
    expect(gate.unresponsive).toBe(false);
    await expect.poll(() => gate.unresponsive).toBe(true);
    answer.resolve(ok);
    await expect.poll(() => gate.unresponsive).toBe(false);
  });

  it('is not begun when the signal of command or transaction is aborted already', async () => {
    const { channel, rest } = scripted(['begin'], ['end leave'], ['begin'], ['end leave']);
    const aborted = { signal: AbortSignal.abort() };
    await expect(channel.transaction((card) => card.transmit(command, aborted))).rejects.toEqual(code('ERR_ABORTED'));
    const stopping = new AbortController();
    const run = channel.transaction(
      (card) => {
        stopping.abort();
        return card.transmit(command);
      },
      { signal: stopping.signal },
    );
    await expect(run).rejects.toEqual(code('ERR_ABORTED'));
    expect(rest()).toBe(0);
  });
});

describe('control()', () => {
  it('takes part in the transaction, beside commands', async () => {
    const { channel, rest } = scripted(['begin'], ['control 3400', ok], ['transmit', ok], ['end leave']);
    await channel.transaction(async (card) => {
      expect(await card.control(3400, command)).toBe(ok);
      await card.transmit(command);
    });
    expect(rest()).toBe(0);
  });

  it('is refused beside a command under way, and after the end', async () => {
    const { channel, rest } = scripted(['begin'], ['transmit', ok], ['end leave']);
    const card = await channel.transaction(async (lent) => {
      const sending = lent.transmit(command);
      await expect(lent.control(1, command)).rejects.toEqual(code('ERR_INTERNAL'));
      await sending;
      return lent;
    });
    await expect(card.control(1, command)).rejects.toEqual(code('ERR_INTERNAL'));
    expect(rest()).toBe(0);
  });

  it('that the caller leaves keeps the reader until it returns, and the card is reset then', async () => {
    const answer = pending<Uint8Array>();
    const script = scripted(['begin'], ['control 1', answer.promise], ['end reset'], ['begin'], ['end leave']);
    const { channel, gate, rest } = script;
    const signal = AbortSignal.timeout(10);
    const run = channel.transaction((card) => card.control(1, command, { signal }));
    await expect(run).rejects.toEqual(code('ERR_ABORTED'));
    // The pad still waits for keys, which is no fault of the card.
    expect(gate.unresponsive).toBe(false);
    await expect(channel.transaction(() => Promise.resolve(), { waitMs: 10 })).rejects.toEqual(code('ERR_CARD_BUSY'));
    answer.resolve(ok);
    await channel.transaction(() => Promise.resolve());
    expect(rest()).toBe(0);
  });

  it('that does not return in its time gives the reader up', async () => {
    const answer = pending<Uint8Array>();
    const { channel, gate } = scripted(['begin'], ['control 1', answer.promise], ['end reset']);
    const run = channel.transaction((card) => card.control(1, command, { timeoutMs: 10 }));
    await expect(run).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
    expect(gate.unresponsive).toBe(true);
    answer.resolve(ok);
    await expect.poll(() => gate.unresponsive).toBe(false);
  });

  it('ends the channel when the card is gone, and not when the reader just failed', async () => {
    const failing = scripted(['begin'], ['control 1', failure('ERR_PCSC_FAILURE')], ['transmit', ok], ['end leave']);
    await failing.channel.transaction(async (card) => {
      await expect(card.control(1, command)).rejects.toEqual(code('ERR_PCSC_FAILURE'));
      await card.transmit(command);
    });
    expect(failing.rest()).toBe(0);
    const removed = failure('ERR_CARD_REMOVED');
    const gone = scripted(['begin'], ['control 1', removed], ['end leave'], ['disconnect leave']);
    await expect(gone.channel.transaction((card) => card.control(1, command))).rejects.toBe(removed);
    expect(gone.rest()).toBe(0);
  });
});

describe('close()', () => {
  it('during a transaction lets it end first, without waiting for it', async () => {
    const { channel, rest } = scripted(['begin'], ['transmit', ok], ['end leave'], ['disconnect reset']);
    await channel.transaction(async (card) => {
      await channel.close('reset');
      await card.transmit(command);
    });
    expect(rest()).toBe(0);
    await expect(channel.transaction(() => Promise.resolve())).rejects.toEqual(code('ERR_INTERNAL'));
  });
});
