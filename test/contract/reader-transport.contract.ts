import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyOnPinPad } from '../../src/cards/pin-pad.js';
import { toHex } from '../../src/core/bytes.js';
import type { CardChannel, CardTransmitter, ReaderTransport } from '../../src/transport/card-channel.js';
import { readerFeatures } from '../../src/transport/reader-features.js';
import { readerWhere, snapshotWhere, type ReaderBench } from '../support/reader-bench.js';
import { createStrictCard, strictCommands, type StrictCard } from '../support/strict-card.js';

/** What the readers under test can do. */
export interface ReaderAbilities {
  /** Readers can be plugged in and unplugged. */
  readonly hotPlug: boolean;
  /** Every insertion is seen; a service that looks at its readers now and then misses a quick swap. */
  readonly seesEverySwap: boolean;
  /** A card without answer to reset can be put in. */
  readonly muteCards: boolean;
}

const otherAtr = '3b7f96000080318065b0855956fb120ffe829001';
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const isVerified = async (card: CardTransmitter): Promise<boolean> =>
  (await card.transmit(strictCommands.isVerified))[0] === 1;
const transmit = (command: Uint8Array, timeoutMs?: number) => (card: CardTransmitter) =>
  card.transmit(command, timeoutMs === undefined ? {} : { timeoutMs });

/** Everything that holds for every way to reach readers; `start` gives two readers, `first` and `second`, without cards. */
export function describeReaderTransport(
  name: string,
  abilities: ReaderAbilities,
  start: () => Promise<ReaderBench>,
): void {
  describe(name, () => {
    let bench: ReaderBench;
    let transport: ReaderTransport;
    let others: ReaderTransport[];
    let first: string;
    let second: string;
    let card: StrictCard;

    const insert = async (reader: string, cardName: string): Promise<void> => {
      bench.hardware.insert(reader, cardName);
      await readerWhere(transport, reader, (state) => state.card === 'present');
    };
    const remove = async (reader: string): Promise<void> => {
      bench.hardware.remove(reader);
      await readerWhere(transport, reader, (state) => state.card === 'absent');
    };
    /** A second program. */
    const other = async (): Promise<ReaderTransport> => {
      const created = bench.createTransport();
      others.push(created);
      await created.start();
      return created;
    };
    /** Keeps the card in a transaction; resolves with how to end it. */
    const keepCard = async (channel: CardChannel): Promise<() => Promise<void>> => {
      let letGo = (): void => undefined;
      const released = new Promise<void>((resolve) => (letGo = resolve));
      let ended: Promise<void> = Promise.resolve();
      await new Promise<void>((began) => {
        ended = channel.transaction(() => {
          began();
          return released;
        });
      });
      return async () => {
        letGo();
        await ended;
      };
    };

    beforeEach(async () => {
      bench = await start();
      [first = '', second = ''] = bench.hardware.readers.map((reader) => reader.name);
      card = createStrictCard();
      bench.hardware.addCard('card', card);
      bench.hardware.addCard('other card', createStrictCard(otherAtr));
      others = [];
      transport = bench.createTransport();
      await transport.start();
      await snapshotWhere(transport, ({ readers }) => readers.every((reader) => reader.card === 'absent'));
    });
    afterEach(async () => {
      // Cards first, so that nothing waits for one.
      for (const reader of bench.hardware.readers) reader.remove();
      await Promise.all([transport, ...others].map((each) => each.close()));
      await bench.stop();
    });

    describe('monitor', () => {
      it('start() resolves with the readers that are there', () => {
        const { service, readers } = transport.monitor.snapshot;
        expect(service).toBe('available');
        expect(readers.slice(0, 2)).toMatchObject([
          { name: first, card: 'absent' },
          { name: second, card: 'absent' },
        ]);
      });

      it('follows cards that come and go, numbering insertions', async () => {
        await insert(first, 'card');
        const before = await readerWhere(transport, first, (state) => state.card === 'present');
        expect(toHex(before.atr)).toBe(toHex(card.atr));
        await remove(first);
        await insert(first, 'card');
        const after = await readerWhere(transport, first, (state) => state.card === 'present');
        expect(after.insertion).toBeGreaterThan(before.insertion);
        await insert(second, 'other card');
        const beside = await readerWhere(transport, second, (state) => state.card === 'present');
        expect(toHex(beside.atr)).toBe(otherAtr);
      });

      it.runIf(abilities.seesEverySwap)('numbers a card that was swapped faster than anybody looked', async () => {
        await insert(first, 'card');
        const { insertion } = await readerWhere(transport, first, (state) => state.card === 'present');
        bench.hardware.remove(first);
        bench.hardware.insert(first, 'card');
        await readerWhere(transport, first, (state) => state.card === 'present' && state.insertion > insertion);
      });

      it('tells nobody after unsubscribing', async () => {
        let calls = 0;
        const stop = transport.monitor.subscribe(() => (calls += 1));
        await insert(first, 'card');
        stop();
        const before = calls;
        await remove(first);
        expect(before).toBeGreaterThan(0);
        expect(calls).toBe(before);
      });

      it.runIf(abilities.hotPlug)('follows readers that come and go, up to 16', async () => {
        for (let n = 2; n < 16; n += 1) bench.hardware.addReader(`Plugged ${n} 00 00`);
        await snapshotWhere(transport, ({ readers }) => readers.length === 16);
        await insert('Plugged 15 00 00', 'card');
        bench.hardware.insert(first, 'other card');
        await readerWhere(transport, first, (state) => state.card === 'present');
        bench.hardware.removeReader(first);
        await snapshotWhere(transport, ({ readers }) => !readers.some((reader) => reader.name === first));
        await remove('Plugged 15 00 00');
      });
    });

    describe('connect()', () => {
      it('gives a channel with the ATR of the card', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        expect(channel.reader).toBe(first);
        expect(toHex(channel.atr)).toBe(toHex(card.atr));
      });

      it('reports an empty reader and an unknown one', async () => {
        await expect(transport.connect(first)).rejects.toEqual(code('ERR_CARD_ABSENT'));
        await expect(transport.connect('No such reader')).rejects.toEqual(code('ERR_PCSC_READER_GONE'));
      });

      it.runIf(abilities.muteCards)('reports a card that gives no answer to reset', async () => {
        bench.hardware.addCard('mute card', createStrictCard(''));
        bench.hardware.insert(first, 'mute card');
        const state = await readerWhere(transport, first, ({ card: kind }) => kind === 'mute');
        expect(state.atr).toHaveLength(0);
        await expect(transport.connect(first)).rejects.toEqual(code('ERR_CARD_MUTE'));
      });

      it('reports a card that another program holds exclusively, until it lets go', async () => {
        await insert(first, 'card');
        const letGo = await bench.holdExclusively(first);
        await expect(transport.connect(first)).rejects.toEqual(code('ERR_PCSC_SHARING_VIOLATION'));
        await letGo();
        await expect((await transport.connect(first)).transaction(isVerified)).resolves.toBe(false);
      });

      it('waits while another program is in a transaction', async () => {
        await insert(first, 'card');
        const program = await other();
        const letGo = await keepCard(await program.connect(first));
        const connecting = transport.connect(first);
        await sleep(20);
        await letGo();
        await expect((await connecting).transaction(isVerified)).resolves.toBe(false);
      });

      it('ends by its signal while another program is in a transaction', async () => {
        await insert(first, 'card');
        const program = await other();
        const letGo = await keepCard(await program.connect(first));
        await expect(transport.connect(first, { signal: AbortSignal.timeout(50) })).rejects.toEqual(
          code('ERR_ABORTED'),
        );
        await letGo();
        await expect((await transport.connect(first)).transaction(isVerified)).resolves.toBe(false);
      });
    });

    describe('transaction()', () => {
      it('transmits commands and gives back whole answers', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        const answer = await channel.transaction((session) => {
          expect(session.protocol).toBe('T=0');
          return session.transmit(strictCommands.longest);
        });
        expect(answer.length).toBe(258);
        expect(toHex(answer.subarray(254))).toBe('feff9000');
      });

      it('uses two readers at the same time', async () => {
        await insert(first, 'card');
        await insert(second, 'other card');
        const channels = [await transport.connect(first), await transport.connect(second)];
        const [one, two] = channels;
        const letGo = await keepCard(one!);
        await expect(two!.transaction(transmit(strictCommands.longest))).resolves.toHaveLength(258);
        await letGo();
      });

      it('keeps out every other channel, of this program and of others', async () => {
        await insert(first, 'card');
        const program = await other();
        const channels = [await transport.connect(first), await transport.connect(first), await program.connect(first)];
        let inside = 0;
        const runs = channels.flatMap((channel) =>
          [1, 2, 3].map(() =>
            channel.transaction(async (session) => {
              inside += 1;
              expect(inside).toBe(1);
              await session.transmit(strictCommands.longest);
              await sleep(5);
              inside -= 1;
            }),
          ),
        );
        await Promise.all(runs);
        expect(inside).toBe(0);
      });

      it('reports ERR_CARD_BUSY after waitMs, and afterwards neither holds the card nor has lost it', async () => {
        await insert(first, 'card');
        const program = await other();
        const channel = await transport.connect(first);
        const theirs = await program.connect(first);
        const letGo = await keepCard(theirs);
        await expect(channel.transaction(isVerified, { waitMs: 100 })).rejects.toEqual(code('ERR_CARD_BUSY'));
        await expect(channel.transaction(isVerified, { waitMs: 100 })).rejects.toEqual(code('ERR_CARD_BUSY'));
        await letGo();
        await expect(theirs.transaction(isVerified)).resolves.toBe(false);
        await expect(channel.transaction(isVerified)).resolves.toBe(false);
        await expect(theirs.transaction(isVerified)).resolves.toBe(false);
      });

      it('ends its wait by the signal', async () => {
        await insert(first, 'card');
        const program = await other();
        const channel = await transport.connect(first);
        const letGo = await keepCard(await program.connect(first));
        await expect(channel.transaction(isVerified, { signal: AbortSignal.timeout(50) })).rejects.toEqual(
          code('ERR_ABORTED'),
        );
        await expect(channel.transaction(isVerified, { signal: AbortSignal.abort() })).rejects.toEqual(
          code('ERR_ABORTED'),
        );
        await letGo();
        await expect(channel.transaction(isVerified)).resolves.toBe(false);
      });

      it('leaves or resets the card at its end, also after a failure', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        await channel.transaction(transmit(strictCommands.verify));
        expect(await channel.transaction(isVerified)).toBe(true);
        const failing = channel.transaction(() => Promise.reject(new Error('planned')), { endWith: () => 'reset' });
        await expect(failing).rejects.toThrow('planned');
        expect(card.isVerified).toBe(false);
        expect(await channel.transaction(isVerified)).toBe(false);
      });

      it('reconnects when another program has reset the card', async () => {
        await insert(first, 'card');
        const program = await other();
        const channel = await transport.connect(first);
        const theirs = await program.connect(first);
        await channel.transaction(transmit(strictCommands.verify));
        await theirs.transaction(() => Promise.resolve(), { endWith: 'reset' });
        expect(await channel.transaction(isVerified)).toBe(false);
        expect(await theirs.transaction(isVerified)).toBe(false);
      });

      it('refuses to transmit after its end', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        const session = await channel.transaction((lent) => Promise.resolve(lent));
        await expect(session.transmit(strictCommands.longest)).rejects.toEqual(code('ERR_INTERNAL'));
      });
    });

    describe('removed card', () => {
      it.each(['remove-before', 'remove-during'] as const)('%s an answer is ERR_CARD_REMOVED', async (kind) => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        bench.hardware.armFault(first, { kind, apdu: 2 });
        const run = channel.transaction(async (session) => {
          await session.transmit(strictCommands.longest);
          await session.transmit(strictCommands.verify);
        });
        await expect(run).rejects.toEqual(code('ERR_CARD_REMOVED'));
        await readerWhere(transport, first, (state) => state.card === 'absent');
        await insert(first, 'other card');
        // The channel stays with its card.
        await expect(channel.transaction(isVerified)).rejects.toEqual(code('ERR_CARD_REMOVED'));
        const again = await transport.connect(first);
        expect(toHex(again.atr)).toBe(otherAtr);
        expect(await again.transaction(isVerified)).toBe(false);
      });

      it('is ERR_CARD_REMOVED also between transactions', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        await remove(first);
        await expect(channel.transaction(isVerified)).rejects.toEqual(code('ERR_CARD_REMOVED'));
        await insert(first, 'card');
        await expect(channel.transaction(isVerified)).rejects.toEqual(code('ERR_CARD_REMOVED'));
        await channel.close();
      });
    });

    describe('silent card', () => {
      it('costs its own reader a bounded wait, nobody else anything, and is over when it is pulled', async () => {
        await insert(first, 'card');
        await insert(second, 'other card');
        const channel = await transport.connect(first);
        bench.hardware.armFault(first, { kind: 'silence', apdu: 1 });
        await expect(channel.transaction(transmit(strictCommands.longest, 150))).rejects.toEqual(
          code('ERR_CARD_UNRESPONSIVE'),
        );
        await readerWhere(transport, first, (state) => state.card === 'unresponsive');
        await expect(transport.connect(first)).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
        await expect(channel.transaction(isVerified)).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
        await channel.close();
        const beside = await transport.connect(second);
        await expect(beside.transaction(transmit(strictCommands.longest))).resolves.toHaveLength(258);
        await remove(first);
        await insert(first, 'card');
        const again = await transport.connect(first);
        expect(await again.transaction(isVerified)).toBe(false);
      });

      it('turns away whoever waits for the same reader', async () => {
        await insert(first, 'card');
        const channels = [await transport.connect(first), await transport.connect(first)];
        bench.hardware.armFault(first, { kind: 'silence', apdu: 1 });
        const silent = channels[0]!.transaction(transmit(strictCommands.longest, 200));
        const waiting = channels[1]!.transaction(isVerified);
        await expect(silent).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
        await expect(waiting).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
      });
    });

    describe('abandoned command', () => {
      const slowCard = { kind: 'delay', perCommandMs: 400, perByteMs: 0, perSignatureMs: 0 } as const;

      it('ends by its signal at once; a VERIFY that succeeds afterwards does not stay', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        bench.hardware.armFault(first, slowCard);
        const stopping = new AbortController();
        const run = channel.transaction((session) => {
          setTimeout(() => stopping.abort(), 50);
          return session.transmit(strictCommands.verify, { signal: stopping.signal });
        });
        await expect(run).rejects.toEqual(code('ERR_ABORTED'));
        bench.hardware.clearFaults(first);
        expect(await channel.transaction(isVerified)).toBe(false);
        expect(card.resets).toBeGreaterThan(0);
      });

      it('that answers after its time is over brings the reader back', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        bench.hardware.armFault(first, slowCard);
        await expect(channel.transaction(transmit(strictCommands.verify, 50))).rejects.toEqual(
          code('ERR_CARD_UNRESPONSIVE'),
        );
        await readerWhere(transport, first, (state) => state.card === 'unresponsive');
        await readerWhere(transport, first, (state) => state.card === 'present');
        bench.hardware.clearFaults(first);
        expect(await channel.transaction(isVerified)).toBe(false);
      });
    });

    describe('control()', () => {
      it('reports a code that the reader does not know, and the card stays usable', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        await channel.transaction(async (session) => {
          await expect(session.control(3400, new Uint8Array())).rejects.toEqual(code('ERR_PCSC_CONTROL_UNSUPPORTED'));
          await session.transmit(strictCommands.longest);
        });
      });

      it('finds no features in a reader without, and a PIN is not taken there: the card sees no command', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        const format = { minLength: 4, maxLength: 8, characters: 'digits' } as const;
        const pin = { reference: 1, role: 'authentication', format, block: { length: 8, pad: 0xff } } as const;
        await channel.transaction(async (session) => {
          const features = await readerFeatures(channel, session);
          expect(features).toEqual({});
          await expect(verifyOnPinPad(session, features, pin, { language: 'en' })).rejects.toEqual(
            code('ERR_PIN_PAD_REFUSED'),
          );
        });
        expect(bench.hardware.reader(first).apduCount).toBe(0);
      });
    });

    describe('close()', () => {
      it('of a channel resets the card when asked, and refuses further use', async () => {
        await insert(first, 'card');
        const channel = await transport.connect(first);
        await channel.transaction(transmit(strictCommands.verify));
        await channel.close('reset');
        expect(card.isVerified).toBe(false);
        await expect(channel.transaction(isVerified)).rejects.toEqual(code('ERR_INTERNAL'));
        await channel.close();
      });

      it('of the transport leaves nothing behind', async () => {
        await insert(first, 'card');
        const program = await other();
        await program.connect(first);
        expect(await program.close()).toBe(true);
        await expect(program.connect(first)).rejects.toEqual(code('ERR_ABORTED'));
        await bench.holdExclusively(first).then((letGo) => letGo());
      });
    });

    it('lets the event loop run while a card is slow', async () => {
      await insert(first, 'card');
      const channel = await transport.connect(first);
      bench.hardware.armFault(first, { kind: 'delay', perCommandMs: 300, perByteMs: 0, perSignatureMs: 0 });
      let ticks = 0;
      const ticking = setInterval(() => (ticks += 1), 5);
      await channel.transaction(transmit(strictCommands.longest));
      clearInterval(ticking);
      expect(ticks).toBeGreaterThan(5);
    });
  });
}
