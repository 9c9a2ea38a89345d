import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CardPin } from '../../src/cards/card-application.js';
import { changeOnPinPad, verifyOnPinPad } from '../../src/cards/pin-pad.js';
import { toHex, fromHex } from '../../src/core/bytes.js';
import type { PinPadFault, PinPadOptions, VirtualPinPad } from '../../src/sandbox/hardware/pin-pad.js';
import type { CardChannel, CardTransmitter, ReaderTransport } from '../../src/transport/card-channel.js';
import { readerFeatures, type ReaderFeatures } from '../../src/transport/reader-features.js';
import { personAtPinPad, type PinPadAction, type PinPadPerson } from '../support/pin-pad-person.js';
import { readerWhere, type ReaderBench } from '../support/reader-bench.js';
import { fixtureCard, SELECT_APPLET, type FixtureCard } from '../support/virtual-card-fixture.js';

const pin: CardPin = {
  reference: 0x11,
  role: 'authentication',
  format: { minLength: 4, maxLength: 16, characters: 'digits' },
  block: { length: 16, pad: 0x00 },
};
const reader = 'TEST Pin Pad 00 00';
const right = { digits: '1234' };
const wrong = { digits: '9999' };
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

/** Codes taken on a keypad, over every way to reach the virtual reader that has it; `start` gives no readers. */
export function describePinPad(name: string, start: () => Promise<ReaderBench>): void {
  describe(`keypad over ${name}`, () => {
    let bench: ReaderBench;
    let transport: ReaderTransport;
    let channel: CardChannel;
    let fixture: FixtureCard;
    let pad: VirtualPinPad;
    let person: PinPadPerson;
    /** Commands that carried a PIN. */
    let spent: number;

    const attemptsRemaining = (): number => fixture.state().pins[0]!.triesLeft;
    const insert = async (): Promise<void> => {
      bench.hardware.insert(reader, 'card');
      await readerWhere(transport, reader, (state) => state.card === 'present');
      channel = await transport.connect(reader);
    };
    const plugIn = async (options: PinPadOptions = {}): Promise<void> => {
      pad = bench.hardware.addReader(reader, { pinPad: options }).pinPad!;
      person = personAtPinPad(pad);
      // A reader that is there from the beginning is found quicker than one that is plugged in later.
      if (transport.monitor.snapshot.service === 'starting') await transport.start();
      await insert();
    };
    /** Features, applet, then the work; PIN state dropped at the end. */
    const withCard = <T>(
      work: (card: CardTransmitter, features: ReaderFeatures) => Promise<T>,
      signal?: AbortSignal,
    ): Promise<T> =>
      channel.transaction(
        async (card) => {
          const features = await readerFeatures(channel, card);
          await card.transmit(fromHex(SELECT_APPLET));
          return work(card, features);
        },
        { endWith: 'reset', ...(signal && { signal }) },
      );
    const verify = (signal?: AbortSignal): Promise<void> =>
      withCard((card, features) => verifyOnPinPad(card, features, pin, { language: 'sv' }), signal);
    const change = (): Promise<void> =>
      withCard((card, features) => changeOnPinPad(card, features, pin, { language: 'sv' }));
    const counter = (): Promise<string> => withCard(async (card) => toHex(await card.transmit(fromHex('0020001100'))));

    beforeEach(async () => {
      bench = await start();
      spent = 0;
      const carriesPin = /^00(20|24)0011(10|20)/;
      fixture = fixtureCard({}, { trace: ({ command }) => void (spent += carriesPin.test(toHex(command)) ? 1 : 0) });
      bench.hardware.addCard('card', fixture.card);
      transport = bench.createTransport();
    });
    afterEach(async () => {
      person.leave();
      bench.hardware.remove(reader);
      await transport.close();
      await bench.stop();
    });

    it('is found with what it announces', async () => {
      await plugIn({ minPinLength: 4, maxPinLength: 8, display: { lines: 2, columns: 16 }, maxApduDataSize: 0x10000 });
      expect(await channel.transaction((card) => readerFeatures(channel, card))).toEqual({
        pinPad: {
          verify: 0x42330006,
          modify: 0x42330007,
          minPinLength: 4,
          maxPinLength: 8,
          display: { lines: 2, columns: 16 },
        },
        maxApduDataSize: 0x10000,
        vendorId: 0,
        productId: 0,
      });
    });

    it.each<[string, PinPadOptions]>([
      ['without a display', {}],
      ['with a display', { display: { lines: 1, columns: 8 } }],
    ])('verifies the right PIN %s, in the same transaction as what it is for', async (_, options) => {
      await plugIn(options);
      person.will(right);
      const state = await withCard(async (card, features) => {
        await verifyOnPinPad(card, features, pin, { language: 'en' });
        return toHex(await card.transmit(fromHex('0020001100')));
      });
      expect(state).toBe('9000');
      expect(await counter()).toBe('63c5');
      expect(spent).toBe(1);
    });

    it('spends one try for one wrong PIN', async () => {
      await plugIn();
      person.will(wrong, right);
      await expect(verify()).rejects.toMatchObject({ code: 'ERR_PIN_WRONG', attemptsRemaining: 4 });
      expect(spent).toBe(1);
      await verify();
      expect(attemptsRemaining()).toBe(5);
    });

    it.each<[PinPadAction, string]>([
      ['cancel', 'ERR_PIN_PAD_CANCELLED'],
      ['wait-too-long', 'ERR_PIN_PAD_TIMEOUT'],
      [{ digits: '123' }, 'ERR_PIN_MALFORMED'],
    ])('%j is %s and spends no try', async (action, expected) => {
      await plugIn();
      person.will(action, right);
      await expect(verify()).rejects.toEqual(code(expected));
      expect(spent).toBe(0);
      await verify();
    });

    it('changes the PIN only when the new one is typed twice alike', async () => {
      await plugIn();
      person.will(right, { digits: '567890' }, { digits: '567891' });
      await expect(change()).rejects.toEqual(code('ERR_PIN_PAD_MISMATCH'));
      person.will(wrong, { digits: '567890' }, { digits: '567890' });
      await expect(change()).rejects.toMatchObject({ code: 'ERR_PIN_WRONG', attemptsRemaining: 4 });
      person.will(right, { digits: '567890' }, { digits: '567890' }, { digits: '567890' });
      await change();
      await verify();
      expect(spent).toBe(3);
    });

    it.each<[PinPadFault, string, number]>([
      ['refuses-structure', 'ERR_PIN_PAD_REFUSED', 0],
      ['refuses-instruction', 'ERR_PIN_PAD_REFUSED', 0],
      ['unsupported', 'ERR_PIN_PAD_REFUSED', 0],
      ['fails', 'ERR_PIN_PAD_FAILED', 0],
      ['empty-answer', 'ERR_PIN_PAD_FAILED', 1],
      ['short-answer', 'ERR_PIN_PAD_FAILED', 1],
      ['long-answer', 'ERR_PIN_PAD_FAILED', 1],
    ])('that misbehaves (%s) is %s, asked once, and the card stays usable', async (fault, expected, verifies) => {
      await plugIn();
      pad.fault = fault;
      person.will(wrong, wrong);
      await expect(verify()).rejects.toEqual(code(expected));
      expect([pad.requests, spent]).toEqual([1, verifies]);
      expect(await counter()).toBe(`63c${5 - verifies}`);
    });

    it('whose list of features is malformed is no keypad', async () => {
      await plugIn();
      pad.fault = 'malformed-features';
      await expect(verify()).rejects.toEqual(code('ERR_PIN_PAD_REFUSED'));
      expect(pad.requests).toBe(0);
    });

    it('that takes shorter PINs than it says refuses, and one that says so is asked for no longer ones', async () => {
      await plugIn({ maxPinLength: 8, announces: { minPinLength: 4, maxPinLength: 16 } });
      await expect(verify()).rejects.toEqual(code('ERR_PIN_PAD_REFUSED'));
      expect(spent).toBe(0);
      person.leave();
      bench.hardware.removeReader(reader);
      await plugIn({ maxPinLength: 6 });
      person.will({ digits: '1234' });
      await verify();
    });

    it('reports a card that is pulled while it waits for keys, and one that is pulled with the PIN', async () => {
      await plugIn();
      person.will(() => bench.hardware.remove(reader));
      await expect(verify()).rejects.toEqual(code('ERR_CARD_REMOVED'));
      await insert();
      bench.hardware.armFault(reader, { kind: 'remove-during', apdu: 2 });
      person.will(wrong);
      await expect(verify()).rejects.toEqual(code('ERR_CARD_REMOVED'));
      await insert();
      expect(await counter()).toBe('63c4');
      expect(spent).toBe(1);
    });

    it('that the caller leaves keeps its reader until it is done; what was typed too late opens nothing', async () => {
      await plugIn();
      const leaving = new AbortController();
      person.will(() => leaving.abort());
      await expect(verify(leaving.signal)).rejects.toEqual(code('ERR_ABORTED'));
      await expect(channel.transaction(() => Promise.resolve(), { waitMs: 50 })).rejects.toEqual(code('ERR_CARD_BUSY'));
      pad.press(Buffer.from(right.digits));
      pad.ok();
      expect(await counter()).toBe('63c5');
      expect(spent).toBe(1);
    });

    it('that never answers costs its own reader alone, until the card is pulled', async () => {
      await plugIn();
      pad.fault = 'silent';
      bench.hardware.addReader('Reader B 01 00');
      bench.hardware.addCard('other', fixtureCard().card);
      bench.hardware.insert('Reader B 01 00', 'other');
      await readerWhere(transport, 'Reader B 01 00', (state) => state.card === 'present');
      person.will(right);
      await expect(verify(AbortSignal.timeout(100))).rejects.toEqual(code('ERR_ABORTED'));
      const beside = await transport.connect('Reader B 01 00');
      const answer = await beside.transaction((card) => card.transmit(fromHex(SELECT_APPLET)));
      expect(toHex(answer)).toMatch(/9000$|^61/);
      await expect(channel.transaction(() => Promise.resolve(), { waitMs: 50 })).rejects.toEqual(code('ERR_CARD_BUSY'));
      bench.hardware.remove(reader);
      await readerWhere(transport, reader, (state) => state.card === 'absent');
      pad.fault = undefined;
      await insert();
      expect(await counter()).toBe('63c5');
    });

    it('lets no other program in while it waits', async () => {
      await plugIn();
      const other = bench.createTransport();
      await other.start();
      await readerWhere(other, reader, (state) => state.card === 'present');
      const theirs = await other.connect(reader);
      let outcome: Promise<unknown> = Promise.resolve();
      person.will(() => {
        outcome = theirs
          .transaction(() => Promise.resolve(), { waitMs: 100 })
          .catch((error: unknown) => error)
          .finally(() => {
            pad.press(Buffer.from(right.digits));
            pad.ok();
          });
      });
      await verify();
      expect(await outcome).toEqual(code('ERR_CARD_BUSY'));
      await other.close();
    });
  });
}
