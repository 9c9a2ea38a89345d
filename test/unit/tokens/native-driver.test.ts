import { describe, expect, it, beforeAll, beforeEach, afterEach } from 'vitest';
import { fromHex } from '../../../src/core/bytes.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/ports.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { memoryCardStore } from '../../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../../src/sandbox/virtual-card/personalize.js';
import { createIdPrimeFamily } from '../../../src/cards/idprime/idprime-family.js';
import { createNativeDriver } from '../../../src/tokens/native-driver.js';
import type { CardChannel } from '../../../src/transport/card-channel.js';
import { memoryRetryCounters, recordingHistory } from '../../support/recording-history.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { scriptedChannel } from '../../support/scripted-channel.js';
import { createTokenBench, type TokenBench } from '../../support/token-bench.js';
import { ascii, pinBlock, SELECT_APPLET, testPeople, testPin } from '../../support/virtual-card-fixture.js';

let bench: TokenBench;
beforeEach(async () => {
  bench = await createTokenBench();
});
afterEach(() => bench.close());

const context = {
  signal: new AbortController().signal,
  isInserted: () => true,
  onRetryCounters: () => undefined,
  onCertificates: () => undefined,
};

function driverAlone() {
  const logger = recordingLogger();
  const history = recordingHistory();
  const memory = memoryRetryCounters();
  return {
    driver: createNativeDriver({
      families: [createIdPrimeFamily()],
      parseCertificate,
      history,
      memory,
      clock: systemClock,
      logger,
    }),
    logger,
    history,
  };
}

/** Selecting a file, and reading anything else than a certificate, costs; reading certificates does not count. */
const isCounted = (trace: readonly string[]): string[] => {
  let selected = 0;
  return trace.filter((line) => {
    if (line.startsWith('00a40800')) selected = Number.parseInt(line.slice(10, 14), 16);
    return !(line.startsWith('00b0') && selected >= 0x0206);
  });
};

describe('recognize()', () => {
  it('at first sight sends 17 commands for three certificates, two PINs and a label', async () => {
    const card = bench.insertNew('Reader');
    await bench.token('Reader');
    expect(isCounted(card.trace)).toHaveLength(17);
    expect(card.trace.some((line) => line.startsWith('00c0'))).toBe(false);
  });

  it('stays within 30 commands with a full card', async () => {
    const { rsa } = testPeople();
    const certificates = Array.from({ length: 12 }, () => ({ ...rsa }));
    const card = bench.insertNew('Reader', { certificates });
    await bench.token('Reader');
    expect(isCounted(card.trace).length).toBeLessThanOrEqual(30);
  });

  it('reads a card that it knows by chip and counters alone: 4 commands, and one for each PIN', async () => {
    const card = bench.insertNew('Reader');
    const first = await bench.entry('Reader', ({ state }) => state === 'ready');
    bench.hardware.remove('Reader');
    await bench.entry('Reader', ({ state }) => state === 'absent');
    card.trace.length = 0;
    bench.hardware.insert('Reader', card.cardName);
    const again = await bench.entry('Reader', ({ state }) => state === 'ready');
    expect(card.trace).toEqual([
      `${SELECT_APPLET}:9000`,
      '00ca9f7f2d:9000',
      '00a40800020202:610d',
      '00b0000006:9000',
      '0020001100:63c5',
      '0020008300:63c3',
    ]);
    expect(again.certificates).toEqual(first.certificates);
  });

  it('reads everything anew when the freshness counters have changed', async () => {
    const card = bench.insertNew('Reader');
    const token = await bench.token('Reader');
    card.trace.length = 0;
    await token.certificates();
    expect(card.trace).toHaveLength(3);
    card.send(SELECT_APPLET);
    card.send(`0020001110${pinBlock(testPin)}`);
    card.send('00a40800020202');
    expect(card.send('00d600040101')).toBe('9000');
    card.trace.length = 0;
    await token.certificates();
    expect(card.trace.length).toBeGreaterThan(10);
    card.trace.length = 0;
    await token.certificates();
    expect(card.trace).toHaveLength(3);
  });

  it('reads plain certificates like compressed ones', async () => {
    const { rsa, p256 } = testPeople();
    bench.insertNew('Reader', { certificates: [{ ...rsa, compressed: false }, { ...p256 }] });
    const { certificates } = await bench.entry('Reader', ({ state }) => state === 'ready');
    expect(certificates?.map(({ certificate }) => Buffer.from(certificate.der))).toEqual(
      [rsa.der, p256.der].map((der) => Buffer.from(der)),
    );
  });

  it('shows PIN 83 only on a card with a key that uses it', async () => {
    const { rsa } = testPeople();
    bench.insertNew('Without', { certificates: [{ ...rsa }] });
    bench.insertNew('With');
    const [without, with83] = [await bench.token('Without'), await bench.token('With')];
    expect(without.info.pins.map(({ reference, role }) => [reference, role])).toEqual([[0x11, 'authentication']]);
    expect(with83.info.pins.map(({ reference, role }) => [reference, role])).toEqual([
      [0x11, 'authentication'],
      [0x83, 'signature'],
    ]);
  });

  it('knows the card by SELECT whatever its ATR, and over T=1 too', async () => {
    bench.insertNew('Foreign ATR', {}, { atr: fromHex('3b021450') });
    bench.insertNew('T=1', {}, { protocol: 'T=1', atr: fromHex('3BFF9600008131FE4380318065B0855956FB120FFC82900002') });
    expect((await bench.token('Foreign ATR')).info.product).toBe('IDPrime');
    expect((await bench.token('T=1')).info.product).toBe('IDPrime 940');
  });

  it('falls back on the name in the first certificate for a card without label', async () => {
    const { rsa } = testPeople();
    const blank = personalize({ pin: ascii('1234'), puk: ascii('12345678'), certificates: [{ ...rsa }] });
    bench.insertNew('Reader', {}, { store: memoryCardStore(blank) });
    expect((await bench.token('Reader')).info.label).toBe('TEST Tolvan RSA');
  });

  it('leaves a card of another family alone after one command, however much its ATR looks like a 940', async () => {
    const atr = fromHex('3B7F96000080318065B0855956FB120FFE829000');
    const channel = scriptedChannel([{ command: SELECT_APPLET, answer: '6a82' }], { atr });
    expect(await driverAlone().driver.recognize(channel, context)).toBeUndefined();
    channel.assertUsedUp();
    expect(channel.closed).toBe(false);
    expect(channel.endings).toEqual(['leave']);
  });

  it('begins the reading anew when another program resets the card, three times at most', async () => {
    const { driver } = driverAlone();
    const reset = new MiddlewareError('ERR_PCSC_CARD_RESET', 'reset');
    const once = scriptedChannel([
      { command: SELECT_APPLET, answer: '9000' },
      { command: '00ca9f7f2d', answer: reset },
      { command: SELECT_APPLET, answer: '6a82' },
    ]);
    expect(await driver.recognize(once, context)).toBeUndefined();
    once.assertUsedUp();
    const always = scriptedChannel(Array.from({ length: 3 }, () => ({ command: SELECT_APPLET, answer: reset })));
    await expect(driver.recognize(always, context)).rejects.toBe(reset);
    always.assertUsedUp();
  });

  it('leaves a certificate out that nobody can parse, and logs neither its bytes nor its subject', async () => {
    const card = bench.insertNew('Reader');
    await bench.token('Reader');
    const logger = recordingLogger();
    const driver = createNativeDriver({
      families: [createIdPrimeFamily()],
      parseCertificate: (der) => {
        if (der.length > 500) throw new MiddlewareError('ERR_CERT_MALFORMED', 'TEST Tolvan RSA');
        return parseCertificate(der);
      },
      history: recordingHistory(),
      memory: memoryRetryCounters(),
      clock: systemClock,
      logger,
    });
    const channel: CardChannel = await bench.transport.connect('Reader');
    const recognized = await driver.recognize(channel, context);
    expect(recognized?.certificates).toHaveLength(2);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        fields: { reader: 'Reader', name: 'kxc00', code: 'ERR_CERT_MALFORMED' },
        message: 'Certificate left out',
      },
    ]);
    await recognized?.token.close();
    expect(card.trace.length).toBeGreaterThan(0);
  });
});

describe('recognize() with a fault at every command', () => {
  const commands = Array.from({ length: 27 }, (_, at) => at + 1);
  /** What a healthy card costs: how well the certificates of this run compress decides over one command or two. */
  let cost = 0;
  beforeAll(async () => {
    const healthy = await createTokenBench();
    const card = healthy.insertNew('Reader');
    await healthy.token('Reader');
    await healthy.close();
    cost = card.trace.length;
    expect(cost).toBeGreaterThan(20);
    expect(cost).toBeLessThanOrEqual(commands.length);
  });

  it.each(commands)('card pulled before command %i: back to absent, the next insertion works', async (apdu) => {
    if (apdu > cost) return;
    bench.hardware.addReader('Reader');
    bench.hardware.armFault('Reader', { kind: 'remove-before', apdu });
    const card = bench.insertNew('Reader');
    await bench.entry('Reader', ({ state }) => state === 'reading' || state === 'absent');
    await bench.entry('Reader', ({ state }) => state === 'absent');
    expect(card.trace).toHaveLength(apdu - 1);
    bench.hardware.insert('Reader', card.cardName);
    await bench.token('Reader');
    expect(card.state().pins.map(({ triesLeft }) => triesLeft)).toEqual([5, 3]);
    await bench.registry.close();
    expect(bench.history.events.map(({ kind }) => kind)).toEqual(['inserted', 'removed', 'inserted']);
  });

  it.each(commands)('command %i answered 6F00: typed failure, or one thing less', async (apdu) => {
    if (apdu > cost) return;
    bench.hardware.addReader('Reader');
    bench.hardware.armFault('Reader', { kind: 'status-word', apdu, statusWord: '6f00' });
    bench.insertNew('Reader');
    const entry = await bench.entry('Reader', ({ state }) => state !== 'reading' && state !== 'absent');
    if (apdu === 1) expect(entry.state).toBe('unknown');
    else if (apdu === 2) expect(entry.state).toBe('ready');
    else expect(entry).toMatchObject({ state: 'failed', error: { code: 'ERR_CARD_STATUS' } });
  });
});

it('a card that once refuses its applet is of use again afterwards, without being pulled', async () => {
  bench.hardware.addReader('Reader');
  bench.insertNew('Reader');
  const token = await bench.token('Reader');
  for (const use of [() => token.retryCounters(), () => token.certificates()]) {
    bench.hardware.armFault('Reader', { kind: 'status-word', apdu: 1, statusWord: '6f00' });
    await expect(use()).rejects.toMatchObject({ code: 'ERR_CARD_UNKNOWN' });
    await expect(use()).resolves.not.toEqual([]);
  }
});
