import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CardProgram } from '../../../src/core/ports.js';
import { createForeignPrograms, createForeignWatch, type ForeignWatch } from '../../../src/tokens/foreign-watch.js';
import { createTokenBench, type InsertedCard, type TokenBench } from '../../support/token-bench.js';
import { pinBlock, SELECT_APPLET, testPin } from '../../support/virtual-card-fixture.js';

const INTERVAL_MS = 2;
const opensc: CardProgram = { connection: 7, name: 'pkcs15-tool', pid: 1234 };

let bench: TokenBench;
let card: InsertedCard;
let watch: ForeignWatch;
let running: readonly CardProgram[] | undefined;
let looks = 0;
/** Whether a program has come since the round began. */
let newcomer = false;
/** Whether at each look another program is there beside OpenSC, and the one of the last look gone. */
let passingBy = false;

const start = async (): Promise<void> => {
  bench = await createTokenBench({ programs: () => programs.names });
  card = bench.insertNew('Reader');
  await bench.token('Reader');
  card.trace.length = 0;
  watch = createForeignWatch({
    tokens: bench.registry,
    programs: {
      look: () => programs.look(),
      get hasNewcomer() {
        return programs.hasNewcomer;
      },
      get names() {
        return programs.names;
      },
      isNobodyThere: () => (newcomer ? Promise.resolve(false) : programs.isNobodyThere()),
    },
    logger: bench.logger,
    intervalMs: INTERVAL_MS,
  });
};
const programs = createForeignPrograms({
  current: () => {
    looks += 1;
    return Promise.resolve(passingBy ? [opensc, { connection: 1000 + looks, name: 'pcsc_scan', pid: 99 }] : running);
  },
});
/** As long as the watch needs for some rounds, of four looks each. */
const rounds = async (count = 3): Promise<void> => {
  for (const wanted = looks + 4 * count; looks < wanted;) await delay(1);
  await delay(INTERVAL_MS);
};
const foreignEvents = (): unknown[] => bench.history.events.filter(({ kind }) => kind.startsWith('foreign'));
const waitFor = async (what: () => boolean): Promise<void> => {
  for (let at = 0; !what(); at += 1) {
    if (at > 2000) throw new Error(`never came: ${JSON.stringify([foreignEvents(), card.trace])}`);
    await delay(1);
  }
};
const verifyAsAnother = (pin = testPin): string => {
  card.send(SELECT_APPLET);
  return card.send(`0020001110${pinBlock(pin)}`);
};

beforeEach(() => {
  running = [];
  newcomer = false;
  passingBy = false;
});
afterEach(async () => {
  await watch.close();
  await bench.close();
});

describe('createForeignWatch()', () => {
  it('sends nothing while no other program is connected', async () => {
    await start();
    await rounds(12);
    expect(card.trace).toEqual([]);
  });

  it('notices a wrong PIN, and a PIN left verified, of a program that was too quick to be seen', async () => {
    await start();
    expect(verifyAsAnother('999999')).toBe('63c4');
    watch.programGone();
    await waitFor(() => foreignEvents().length > 0);
    expect(foreignEvents()).toEqual([expect.objectContaining({ kind: 'foreign-pin-try', attemptsRemaining: 4 })]);
    expect(verifyAsAnother()).toBe('9000');
    watch.programGone();
    await waitFor(() => foreignEvents().length > 1);
    expect(foreignEvents()[1]).toMatchObject({ kind: 'foreign-use', what: 'pin' });
    await waitFor(() => card.send('0020001100') === '63c5');
  });

  it('reads only the counters, and selects nothing, while another program is there', async () => {
    await start();
    running = [opensc];
    await rounds();
    const unlike = card.trace.filter((line) => !/^00200011|^00200083/.test(line));
    expect(card.trace.length).toBeGreaterThan(0);
    expect(unlike).toEqual([]);
    expect(foreignEvents()).toEqual([]);
  });

  it('notices a foreign wrong PIN at once, and names the program', async () => {
    await start();
    running = [opensc];
    await rounds();
    expect(verifyAsAnother('999999')).toBe('63c4');
    await waitFor(() => foreignEvents().length > 0);
    expect(foreignEvents()).toEqual([
      {
        kind: 'foreign-pin-try',
        token: expect.stringMatching(/^card:/) as string,
        pinReference: 0x11,
        attemptsBefore: 5,
        attemptsRemaining: 4,
        programs: ['pkcs15-tool'],
      },
    ]);
    const { retryCounters } = await bench.entry('Reader', ({ state }) => state === 'ready');
    expect(retryCounters).toContainEqual({ reference: 0x11, attemptsRemaining: 4, blocked: false });
  });

  it('notices that another program blocked the card', async () => {
    await start();
    running = [opensc];
    for (let left = 4; left >= 0; left -= 1) verifyAsAnother('999999');
    await waitFor(() => foreignEvents().length > 0);
    const { retryCounters } = await bench.entry('Reader', ({ state }) => state === 'ready');
    expect(retryCounters).toContainEqual({ reference: 0x11, attemptsRemaining: 0, blocked: true });
  });

  it('leaves a program that is logged in alone, then notes that it used the PIN', async () => {
    await start();
    running = [opensc];
    expect(verifyAsAnother()).toBe('9000');
    card.trace.length = 0;
    await rounds(8);
    expect(card.trace.some((line) => line.startsWith(SELECT_APPLET))).toBe(false);
    expect(card.send('0020001100')).toBe('9000');
    expect(foreignEvents()).toEqual([expect.objectContaining({ kind: 'foreign-use', what: 'pin' })]);
  });

  it('notes a program that logs in again and again once', async () => {
    await start();
    running = [opensc];
    for (let login = 0; login < 5; login += 1) {
      expect(verifyAsAnother()).toBe('9000');
      await rounds();
      card.send('0021ff1100');
      await rounds();
    }
    expect(foreignEvents()).toEqual([expect.objectContaining({ kind: 'foreign-use', what: 'pin' })]);
  });

  it('drops a PIN that a program left verified when it went', async () => {
    await start();
    running = [opensc];
    expect(verifyAsAnother()).toBe('9000');
    await rounds();
    running = [];
    await waitFor(() => card.trace.includes('0021ff1100:9000'));
    expect(card.send('0020001100')).toBe('63c5');
  });

  it('leaves a program that is logged in alone while others come and go', async () => {
    await start();
    running = [opensc];
    expect(verifyAsAnother()).toBe('9000');
    passingBy = true;
    await rounds(12);
    expect(card.trace.some((line) => line.startsWith('0021ff'))).toBe(false);
    expect(card.send('0020001100')).toBe('9000');
  });

  it('leaves a PIN alone whose program came while the watch was about to drop it', async () => {
    await start();
    running = [opensc];
    expect(verifyAsAnother()).toBe('9000');
    await rounds();
    running = [];
    newcomer = true;
    await rounds(12);
    expect(card.trace.some((line) => line.startsWith('0021ff'))).toBe(false);
    expect(card.send('0020001100')).toBe('9000');
  });

  it('selects nothing while programs come one after the other, but not for ever', async () => {
    await start();
    running = [opensc];
    passingBy = true;
    await rounds(3);
    expect(card.trace.filter((line) => line.startsWith(SELECT_APPLET))).toEqual([]);
    expect(verifyAsAnother('999999')).toBe('63c4');
    await waitFor(() => foreignEvents().length > 0);
    expect(foreignEvents()).toMatchObject([{ kind: 'foreign-pin-try', attemptsRemaining: 4 }]);
  });

  it('selects nothing when a program has come since it looked who is there', async () => {
    await start();
    running = [opensc];
    await rounds();
    running = [];
    newcomer = true;
    card.trace.length = 0;
    await rounds(2);
    expect(card.trace.filter((line) => line.startsWith(SELECT_APPLET))).toEqual([]);
    newcomer = false;
    await waitFor(() => card.trace.some((line) => line.startsWith(SELECT_APPLET)));
  });

  it('selects nothing while another program has something else selected, and looks when it has gone', async () => {
    await start();
    running = [opensc];
    // Nothing of ours is selected then, and nobody has told us.
    card.card.reset();
    card.trace.length = 0;
    await rounds(5);
    expect(card.trace.at(-1)).not.toMatch(/:63c.$/);
    expect(card.trace.some((line) => line.startsWith(SELECT_APPLET))).toBe(false);
    running = [];
    await waitFor(() => card.trace.some((line) => line.startsWith(SELECT_APPLET)));
    expect(foreignEvents()).toEqual([]);
  });

  it('notices contents that another program changed, and drops what it remembered', async () => {
    await start();
    running = [opensc];
    await rounds();
    verifyAsAnother();
    card.send('00a40800020202');
    expect(card.send('00d600040101')).toBe('9000');
    card.send('0021ff1100');
    await rounds();
    running = [];
    await waitFor(() => foreignEvents().some((event) => (event as { what?: string }).what === 'contents'));
    expect(card.trace.some((line) => line.startsWith('00a40800020101'))).toBe(true);
  });

  it('notices what a program did that came and went between two looks', async () => {
    await start();
    expect(verifyAsAnother('999999')).toBe('63c4');
    await bench.hardware.reader('Reader').reset();
    await waitFor(() => foreignEvents().length > 0);
    expect(foreignEvents()).toEqual([expect.objectContaining({ kind: 'foreign-pin-try', attemptsRemaining: 4 })]);
    card.trace.length = 0;
    await rounds(5);
    expect(card.trace).toEqual([]);
  });

  it('looks once after a program that came and went, and changed nothing', async () => {
    await start();
    running = [opensc];
    await rounds();
    running = [];
    await waitFor(() => card.trace.some((line) => line.startsWith(SELECT_APPLET)));
    await rounds(5);
    expect(card.trace.filter((line) => line.startsWith(SELECT_APPLET))).toHaveLength(1);
    expect(foreignEvents()).toEqual([]);
  });

  it('glances where the system does not tell of programs', async () => {
    await start();
    running = undefined;
    verifyAsAnother('999999');
    await waitFor(() => foreignEvents().length > 0);
    expect(foreignEvents()).toEqual([expect.not.objectContaining({ programs: expect.anything() as unknown })]);
  });

  it('takes its own login for no foreign use', async () => {
    await start();
    running = [opensc];
    const token = await bench.token('Reader');
    const before = foreignEvents().length;
    await token.retryCounters();
    await rounds(5);
    expect(foreignEvents()).toHaveLength(before);
  });

  it('survives a card that is pulled in the middle', async () => {
    await start();
    running = [opensc];
    bench.hardware.armFault('Reader', { kind: 'remove-before', apdu: 1 });
    await bench.entry('Reader', ({ state }) => state === 'absent');
    bench.hardware.insert('Reader', card.cardName);
    await bench.token('Reader');
    await rounds();
    expect(foreignEvents()).toEqual([]);
  });
});
