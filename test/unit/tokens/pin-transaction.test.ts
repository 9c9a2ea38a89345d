import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/core/bytes.js';
import type { MiddlewareError } from '../../../src/core/errors.js';
import { isMiddlewareError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/ports.js';
import { digestOf, type SignatureAlgorithm } from '../../../src/model/signature.js';
import { createApduExchange } from '../../../src/cards/apdu-exchange.js';
import type { PinJob } from '../../../src/tokens/pin-job.js';
import { createPinTransactions } from '../../../src/tokens/pin-transaction.js';
import { createIdPrimeFamily, defaultPinFormat } from '../../../src/cards/idprime/idprime-family.js';
import { createPinTryRecord } from '../../../src/tokens/pin-try-record.js';
import type { SignAllRequest, SignRequest, SigningToken } from '../../../src/tokens/token.js';
import { opensslAccepts } from '../../support/judge-with-openssl.js';
import { scriptedCard, scriptedChannel } from '../../support/scripted-channel.js';
import {
  createTokenBench,
  isWiped,
  keyFor,
  secretOf,
  type InsertedCard,
  type TokenBench,
} from '../../support/token-bench.js';
import { pinBlock, SELECT_APPLET, testPin, testSignaturePin } from '../../support/virtual-card-fixture.js';

const VERIFY_COMMAND = '0020001110';
const VERIFY = `${VERIFY_COMMAND}:`;
const DROP = '0021ff1100:9000';
/** PIN entry to signature: SELECT, counter, VERIFY, MSE, hash, GET RESPONSE, sign; then the PIN state is dropped. */
const SIGNING_COMMANDS = 7;

let bench: TokenBench;
let card: InsertedCard;
let token: SigningToken;
beforeEach(async () => {
  bench = await createTokenBench();
  card = bench.insertNew('Reader');
  token = await bench.token('Reader');
  card.trace.length = 0;
});
afterEach(() => bench.close());

const message = Buffer.from('TEST message');
const requestFor = async (overrides: Partial<SignRequest> = {}): Promise<SignRequest> => {
  const algorithm = overrides.algorithm ?? 'RS256';
  const key = overrides.key ?? (await keyFor(token, algorithm));
  card.trace.length = 0;
  return {
    key,
    algorithm,
    digest: createHash(digestOf(algorithm)).update(message).digest(),
    pin: secretOf(key.pin === 0x11 ? testPin : testSignaturePin),
    attemptsShown: 0,
    lastTryConsent: false,
    ...overrides,
  };
};
const failureOf = async (signing: SignRequest): Promise<MiddlewareError> => {
  const failure: unknown = await token.verifyAndSign(signing).then(
    () => new Error('it signed'),
    (error: unknown) => error,
  );
  expect(isWiped(signing.pin)).toBe(true);
  if (!isMiddlewareError(failure)) throw failure;
  return failure;
};
const triesLeft = (reference = 0x11): number => card.state().pins.find((pin) => pin.reference === reference)!.triesLeft;
const verifiesSent = (): number => card.trace.filter((line) => line.startsWith(VERIFY)).length;
const pinTries = (): unknown[] => bench.history.events.filter(({ kind }) => kind.endsWith('pin-try'));
const isVerified = (): boolean => {
  card.send(SELECT_APPLET);
  return card.send('0020001100') === '9000';
};

describe('verifyAndSign() on a virtual 940', () => {
  it('costs exactly seven commands and one to drop the PIN state', async () => {
    const { cost } = await token.verifyAndSign(await requestFor());
    expect(card.trace.map((line) => line.replace(/^(002a90a02290200?)[0-9a-f]*/, '$1'))).toEqual([
      `${SELECT_APPLET}:9000`,
      '0020001100:63c5',
      `${VERIFY}9000`,
      '002241b606800142840156:9000',
      expect.stringMatching(/^002a90a0229020/) as string,
      '00c0000020:9000',
      '002a9e9a00:9000',
      DROP,
    ]);
    expect(cost.apduCount).toBe(SIGNING_COMMANDS);
    expect(card.reader.resetCounter).toBe(0);
  });

  it.each(['RS256', 'PS256', 'ES256', 'ES384'] satisfies SignatureAlgorithm[])(
    'makes %s signatures that openssl accepts, in as many commands',
    async (algorithm) => {
      const signing = await requestFor({ algorithm });
      const { signature, cost } = await token.verifyAndSign(signing);
      const held = (await token.certificates()).find(({ key }) => key?.reference === signing.key.reference);
      expect(opensslAccepts(held!.certificate.der, algorithm, signing.digest, signature)).toBe(true);
      expect(cost.apduCount).toBe(SIGNING_COMMANDS);
    },
  );

  it('uses the signature PIN for a key that wants it, and drops that one', async () => {
    await token.verifyAndSign(await requestFor({ algorithm: 'ES256' }));
    expect(card.trace.filter((line) => /^002[01]/.test(line))).toEqual([
      '0020008300:63c3',
      '0020008310:9000',
      '0021ff8300:9000',
    ]);
  });

  it('resets the card when it refuses the drop command', async () => {
    const signing = await requestFor();
    bench.hardware.armFault('Reader', { kind: 'status-word', apdu: SIGNING_COMMANDS + 1, statusWord: '6d00' });
    await token.verifyAndSign(signing);
    expect(card.reader.resetCounter).toBe(1);
    expect(isVerified()).toBe(false);
  });

  it('a wrong PIN leaves the card as it was, without a reset', async () => {
    await failureOf(await requestFor({ pin: secretOf('999999') }));
    expect(verifiesSent()).toBe(1);
    expect(card.trace.at(-1)).toBe('0020001100:63c4');
    expect(card.trace).toHaveLength(4);
    expect(card.reader.resetCounter).toBe(0);
  });

  it.each([
    ['another program holds the PIN verified', '9000', 2],
    ['the card cannot drop it', '6d00', 3],
  ])('reads the counter anew when %s', async (_, dropAnswer, selects) => {
    const signing = await requestFor();
    card.send(SELECT_APPLET);
    card.send(`0020001110${pinBlock(testPin)}`);
    card.trace.length = 0;
    if (dropAnswer !== '9000') {
      bench.hardware.armFault('Reader', { kind: 'status-word', apdu: 3, statusWord: dropAnswer });
    }
    await token.verifyAndSign(signing);
    expect(verifiesSent()).toBe(1);
    expect(card.trace.filter((line) => line.startsWith(SELECT_APPLET))).toHaveLength(selects - 1);
    expect(card.reader.resetCounter).toBe(selects - 2);
    expect(isVerified()).toBe(false);
  });

  it('gives up on a card that stays verified over resets, without sending the PIN', async () => {
    const signing = await requestFor();
    card.send(SELECT_APPLET);
    card.send(`0020001110${pinBlock(testPin)}`);
    card.trace.length = 0;
    for (const [apdu, statusWord] of [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      (command) => [command, command % 3 === 0 ? '6d00' : '9000'] as const,
    )) {
      bench.hardware.armFault('Reader', { kind: 'status-word', apdu, statusWord });
    }
    expect((await failureOf(signing)).code).toBe('ERR_CARD_RESPONSE');
    expect(verifiesSent()).toBe(0);
    expect(card.reader.resetCounter).toBe(3);
  });

  it('begins anew when another program reset the card in between, without asking the user again', async () => {
    const signing = await requestFor();
    await card.reader.reset();
    await token.verifyAndSign(signing);
    expect(verifiesSent()).toBe(1);
    expect(pinTries()).toHaveLength(1);
  });
});

describe('verifyAndSign() with a fault at every command', () => {
  const commands = Array.from({ length: SIGNING_COMMANDS + 1 }, (_, at) => at + 1);

  it.each(commands)('card pulled before command %i: removed, no try lost beyond the one sent', async (apdu) => {
    const signing = await requestFor();
    bench.hardware.armFault('Reader', { kind: 'remove-before', apdu });
    expect((await failureOf(signing)).code).toBe('ERR_CARD_REMOVED');
    expect(verifiesSent()).toBe(apdu > 3 ? 1 : 0);
    expect(triesLeft()).toBe(5);
    const outcome = apdu < 3 ? [] : [expect.objectContaining({ outcome: apdu === 3 ? 'unknown' : 'accepted' })];
    expect(pinTries()).toEqual(outcome);

    bench.hardware.insert('Reader', card.cardName);
    token = await bench.token('Reader');
    await token.verifyAndSign(await requestFor());
    expect(pinTries().filter((event) => (event as { kind: string }).kind === 'foreign-pin-try')).toEqual([]);
  });

  it.each(commands)('card pulled during command %i: removed, and what it counted is ours', async (apdu) => {
    const signing = await requestFor({ pin: secretOf('999999') });
    bench.hardware.armFault('Reader', { kind: 'remove-during', apdu });
    const failure = await failureOf(signing);
    expect(failure.code).toBe(apdu <= 3 ? 'ERR_CARD_REMOVED' : 'ERR_PIN_WRONG');
    expect(triesLeft()).toBe(apdu < 3 ? 5 : 4);

    bench.hardware.clearFaults('Reader');
    bench.hardware.insert('Reader', card.cardName);
    token = await bench.token('Reader');
    await token.retryCounters();
    expect(pinTries()).toEqual(
      apdu < 3 ? [] : [expect.objectContaining({ kind: 'pin-try', outcome: apdu === 3 ? 'unknown' : 'wrong' })],
    );
  });

  it.each(commands.flatMap((apdu) => ['6982', '6a82', '6f00', '6c10', '6700'].map((word) => [apdu, word] as const)))(
    'command %i answered %s: typed, never a wrong PIN, at most one VERIFY, nothing stays verified',
    async (apdu, statusWord) => {
      const signing = await requestFor();
      bench.hardware.armFault('Reader', { kind: 'status-word', apdu, statusWord });
      const isDrop = apdu === SIGNING_COMMANDS + 1;
      // 6Cxx is a request to repeat where an answer was asked for: GET RESPONSE and sign may succeed then.
      const outcome = await token.verifyAndSign(signing).then(
        () => 'signed',
        (error: unknown) => (error as MiddlewareError).code,
      );
      expect(isWiped(signing.pin)).toBe(true);
      if (isDrop) expect(outcome).toBe('signed');
      else if (statusWord === '6c10') expect(outcome).toMatch(/^(ERR_CARD_(STATUS|RESPONSE|UNKNOWN)|signed)$/);
      else expect(outcome).toMatch(/^ERR_CARD_(STATUS|SECURITY_STATUS|FILE_NOT_FOUND|UNKNOWN)$/);
      expect(verifiesSent()).toBeLessThanOrEqual(1);
      expect(isVerified()).toBe(false);
      bench.hardware.clearFaults('Reader');
      expect(triesLeft()).toBe(5);
    },
  );

  it.each([
    ['63c1', 'ERR_CARD_RESPONSE'],
    ['63c0', 'ERR_CARD_RESPONSE'],
    ['6983', 'ERR_CARD_RESPONSE'],
    ['6982', 'ERR_CARD_SECURITY_STATUS'],
    ['6f00', 'ERR_CARD_STATUS'],
  ])(
    'VERIFY answered %s that the counter contradicts is no wrong PIN; the true counter is told',
    async (word, code) => {
      const signing = await requestFor();
      bench.hardware.armFault('Reader', { kind: 'status-word', apdu: 3, statusWord: word });
      expect(await failureOf(signing)).toMatchObject({ code, fields: { attemptsRemaining: 5, blocked: false } });
      expect(pinTries()).toEqual([
        expect.objectContaining({ kind: 'pin-try', pinReference: 0x11, outcome: 'unknown', attemptsRemaining: 5 }),
      ]);
      expect(card.trace.at(-1)).toBe('0020001100:63c5');
      expect(triesLeft()).toBe(5);
    },
  );
});

describe('verifyAndSignAll() on a virtual 940', () => {
  const several = async (): Promise<SignAllRequest> => {
    const { digest, ...rest } = await requestFor();
    return { ...rest, digests: [digest, digest] };
  };
  const commands = SIGNING_COMMANDS + 4;

  it('verifies once and drops the PIN state once', async () => {
    const { signatures, cost } = await token.verifyAndSignAll(await several());
    expect(signatures).toHaveLength(2);
    expect(cost.apduCount).toBe(commands);
    expect(verifiesSent()).toBe(1);
    expect(card.trace.filter((line) => line === DROP)).toHaveLength(1);
    expect(card.trace.at(-1)).toBe(DROP);
    expect(pinTries()).toEqual([expect.objectContaining({ outcome: 'accepted', purpose: 'sign' })]);
  });

  it.each(Array.from({ length: 4 }, (_, at) => SIGNING_COMMANDS + 1 + at))(
    'card pulled at command %i, after the first signature: nothing is handed out, and the PIN was right',
    async (apdu) => {
      const signing = await several();
      bench.hardware.armFault('Reader', { kind: 'remove-before', apdu });
      await expect(token.verifyAndSignAll(signing)).rejects.toMatchObject({
        code: 'ERR_CARD_REMOVED',
        fields: { codeOutcome: 'accepted' },
      });
      expect(isWiped(signing.pin)).toBe(true);
      expect(verifiesSent()).toBe(1);
      expect(pinTries()).toEqual([expect.objectContaining({ outcome: 'accepted' })]);
      bench.hardware.insert('Reader', card.cardName);
      expect(isVerified()).toBe(false);
    },
  );

  it('a second signature that the card refuses takes the first with it, and the PIN state is dropped', async () => {
    const signing = await several();
    bench.hardware.armFault('Reader', { kind: 'status-word', apdu: commands, statusWord: '6f00' });
    await expect(token.verifyAndSignAll(signing)).rejects.toMatchObject({
      code: 'ERR_CARD_STATUS',
      fields: { codeOutcome: 'accepted' },
    });
    expect(card.trace.at(-1)).toBe(DROP);
    expect(isVerified()).toBe(false);
  });

  it('sends nothing for several signatures under the PIN that is wanted each time', async () => {
    const { digest, ...rest } = await requestFor({ algorithm: 'ES256' });
    expect(rest.key.pinEachTime).toBe(true);
    const before = card.trace.length;
    await expect(token.verifyAndSignAll({ ...rest, digests: [digest, digest] })).rejects.toMatchObject({
      code: 'ERR_TOKEN_OPERATION_UNSUPPORTED',
    });
    expect(card.trace).toHaveLength(before);
    expect(isWiped(rest.pin)).toBe(true);
  });
});

describe('verifyAndSign() and other programs', () => {
  it.each([
    ['with its answer to VERIFY', VERIFY_COMMAND],
    ['after the hash', '002a90a0'],
  ])('never repeats a VERIFY when the card is reset %s', async (_when, command) => {
    const signing = await requestFor();
    const transmit = card.reader.transmit.bind(card.reader);
    card.reader.transmit = async (sent) => {
      const isTheOne = toHex(sent).startsWith(command);
      const answer = await transmit(sent);
      if (isTheOne) await card.reader.reset();
      return answer;
    };
    expect((await failureOf(signing)).code).toBe('ERR_PCSC_CARD_RESET');
    expect(verifiesSent()).toBe(1);
    expect(pinTries()).toEqual([expect.objectContaining({ outcome: 'accepted' })]);
  });

  it('sends no VERIFY to a card that took the place of the known one unseen by the connection', async () => {
    const signing = await requestFor();
    const channel = scriptedChannel([
      { command: SELECT_APPLET, answer: '9000' },
      { command: '0020001100', answer: '63c5' },
    ]);
    const { history, memory, logger } = bench;
    const application = await createIdPrimeFamily().recognize(
      createApduExchange(
        scriptedCard([
          { command: SELECT_APPLET, answer: '9000' },
          { command: '00ca9f7f2d', answer: '6a88' },
          { command: '00a40800020201', answer: '9000' },
          { command: '00b0000010', answer: `${'11'.repeat(16)}9000` },
        ]),
        { clock: systemClock },
      ),
      new Uint8Array(),
    );
    const run = createPinTransactions({
      channel,
      application: application!,
      clock: systemClock,
      logger,
      record: createPinTryRecord({ token: token.info.id, history, memory }),
      readerTakesExtended: false,
      trace: () => undefined,
      isInserted: () => false,
      onCounter: () => undefined,
    });
    const job: PinJob<void> = {
      pin: {
        reference: 0x11,
        role: 'authentication',
        format: defaultPinFormat,
        block: { length: 16, pad: 0 },
      },
      atStake: 'PIN',
      purpose: 'sign',
      setsPin: false,
      use: signing,
      spend: () => Promise.reject(new Error('sent')),
      then: () => Promise.reject(new Error('used')),
    };
    await expect(run(job)).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
    channel.assertUsedUp();
  });
});

describe('verifyAndSign() and its caller', () => {
  it('an abort while the card signs drops the PIN state by a reset', async () => {
    bench.hardware.armFault('Reader', { kind: 'delay', perCommandMs: 0, perByteMs: 0, perSignatureMs: 200 });
    const controller = new AbortController();
    const signing = await requestFor({ signal: controller.signal });
    const failed = failureOf(signing);
    while (!card.trace.some((line) => line.startsWith('002a9e9a00')))
      await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect((await failed).code).toBe('ERR_ABORTED');
    bench.hardware.clearFaults('Reader');
    await token.retryCounters();
    expect(card.reader.resetCounter).toBe(1);
    expect(isVerified()).toBe(false);
    expect(pinTries()).toEqual([expect.objectContaining({ outcome: 'accepted' })]);
  });

  it('an abort while the try is announced sends no VERIFY and leaves no trace', async () => {
    const controller = new AbortController();
    const signing = await requestFor({ signal: controller.signal });
    const remember = bench.memory.remember.bind(bench.memory);
    bench.memory.remember = async (id, pin, counter) => {
      await remember(id, pin, counter);
      if (counter.tryUnderWay) controller.abort();
    };
    expect((await failureOf(signing)).code).toBe('ERR_ABORTED');
    expect(verifiesSent()).toBe(0);
    expect(pinTries()).toEqual([]);
    expect(bench.memory.recall(token.info.id, 0x11)).toMatchObject({ attemptsRemaining: 5, tryUnderWay: false });
  });

  it('sends no VERIFY that could not be announced', async () => {
    const signing = await requestFor();
    bench.memory.remember = () => Promise.reject(new Error('disk full'));
    await expect(token.verifyAndSign(signing)).rejects.toThrow('disk full');
    expect(verifiesSent()).toBe(0);
    expect(isWiped(signing.pin)).toBe(true);
  });

  it('a card that never answers costs the caller a bounded wait that the signal ends', async () => {
    const controller = new AbortController();
    const signing = await requestFor({ signal: controller.signal });
    bench.hardware.armFault('Reader', { kind: 'silence', apdu: 3 });
    const failed = failureOf(signing);
    setTimeout(() => controller.abort(), 50);
    expect((await failed).code).toBe('ERR_ABORTED');
    expect(pinTries()).toEqual([expect.objectContaining({ outcome: 'unknown' })]);
  });

  it('without a history that can be written no PIN is sent once a foreign try is to be noted', async () => {
    const signing = await requestFor();
    card.send(SELECT_APPLET);
    card.send(`0020001110${pinBlock('999999')}`);
    card.trace.length = 0;
    bench.history.failNext(new Error('disk full'));
    await expect(token.verifyAndSign(signing)).rejects.toThrow('disk full');
    expect(verifiesSent()).toBe(0);
    expect(isWiped(signing.pin)).toBe(true);
  });

  it('a signature whose PIN try cannot be written down is not given out', async () => {
    const signing = await requestFor();
    bench.history.failNext(new Error('disk full'));
    await expect(token.verifyAndSign(signing)).rejects.toThrow('disk full');
    expect(isVerified()).toBe(false);
  });

  it('a wrong PIN stays a wrong PIN when it cannot be written down', async () => {
    const signing = await requestFor({ pin: secretOf('999999') });
    bench.history.failNext(new Error('disk full'));
    expect((await failureOf(signing)).code).toBe('ERR_PIN_WRONG');
    expect(bench.logger.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('a digest of the wrong length is a mistake of the program', async () => {
    const signing = await requestFor({ digest: new Uint8Array(20) });
    await expect(token.verifyAndSign(signing)).rejects.toBeInstanceOf(RangeError);
    expect(card.trace).toEqual([]);
    expect(isWiped(signing.pin)).toBe(true);
  });

  it('another card in the same reader never sees the PIN', async () => {
    const signing = await requestFor();
    const other = bench.insertNew('Reader');
    expect((await failureOf(signing)).code).toBe('ERR_CARD_REMOVED');
    await bench.entry('Reader', ({ state }) => state === 'ready');
    expect(other.trace.filter((line) => line.startsWith(VERIFY))).toEqual([]);
  });

  it('no PIN is in history, log or error', async () => {
    const plant = '735173';
    const signing = await requestFor({ pin: secretOf(plant) });
    const failure = await failureOf(signing);
    const written = JSON.stringify([bench.history.events, bench.logger.lines, failure, failure.message, failure.stack]);
    const asHex = Buffer.from(plant).toString('hex');
    expect(written.includes(plant)).toBe(false);
    expect(written.includes(asHex)).toBe(false);
    expect(fromHex(asHex)).toHaveLength(6);
  });
});
