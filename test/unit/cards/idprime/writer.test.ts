import { createPublicKey } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createIdPrimeFamily } from '../../../../src/cards/idprime/idprime-family.js';
import { isMiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { Secret } from '../../../../src/core/secret.js';
import type { KeySpec } from '../../../../src/model/key.js';
import { parseCertificate } from '../../../../src/pki/certificate.js';
import { VirtualHardware } from '../../../../src/sandbox/hardware/virtual-hardware.js';
import type { CardState } from '../../../../src/sandbox/virtual-card/card-state.js';
import { createNativeDriver } from '../../../../src/tokens/native-driver.js';
import { createTokenRegistry } from '../../../../src/tokens/token-registry.js';
import { canWrite, type Token, type WriteAuthorization } from '../../../../src/tokens/token.js';
import type { ReaderTransport } from '../../../../src/transport/card-channel.js';
import { createSimulatorTransport } from '../../../../src/transport/simulator/simulator-transport.js';
import { memoryRetryCounters, recordingHistory } from '../../../support/recording-history.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { certificateOver } from '../../../support/self-signed-certificate.js';
import { ascii, fixtureCard, testPeople, testPin } from '../../../support/virtual-card-fixture.js';
import { certificateFor, newKey } from '../../../support/writing.js';
import {
  cardFrom,
  contentsOf,
  dangling,
  exchangeWith,
  outcomeOf,
  recognized,
  shown,
  write,
  type CardInMemory,
  type CommandFault,
  type Write,
} from './writer-bench.js';

const models = ['940', 'md840'] as const;
const firstKey = { '940': 0x56, md840: 0xf7 } as const;

const issued = (publicKey: Uint8Array, name: string): Uint8Array =>
  certificateFor(publicKey, name, testPeople().rsa.privateKey);

const renewedName = (length: number): string => `TEST renewed ${'x'.repeat(length)}`;
const renewals = new Map<string, Uint8Array>();
const renewed = (name = renewedName(1)): Uint8Array => {
  const { privateKey } = testPeople().rsa;
  const der = renewals.get(name) ?? certificateOver(name, createPublicKey(privateKey), privateKey);
  renewals.set(name, der);
  return der;
};

const keyId = Uint8Array.from({ length: 16 }, (_, index) => 0xa0 + index);
const generate =
  (spec: KeySpec = 'ec-p256', id = keyId): Write =>
  (writer, exchange) =>
    writer.generateKeyPair(exchange, newKey({ spec, keyId: id }));
const store =
  (keyReference: number, der: Uint8Array): Write =>
  (writer, exchange) =>
    writer.storeCertificate(exchange, { keyReference, der, label: 'TEST' });
const remove =
  (keyReference: number, der: Uint8Array): Write =>
  (writer, exchange) =>
    writer.removeCertificate(exchange, { keyReference, der, keepKey: false });
const provide =
  (spec: KeySpec = 'ec-p256'): Write =>
  async (writer, exchange) => {
    const made = await writer.generateKeyPair(exchange, newKey({ spec, certificateBytes: 500 }));
    const der = issued(made.publicKey, `TEST ${spec}`);
    await writer.storeCertificate(exchange, { keyReference: made.reference, der, label: 'TEST' });
  };

const counters = (state: CardState): Buffer => Buffer.from(state.files.find(({ fid }) => fid === 0x0202)!.content);
const amounts = ({ files, keys }: CardState) => ({ files: files.length, keys: keys.length });

/** The work done on a card that starts so, once without a fault. */
interface Scene {
  readonly start: CardState;
  readonly work: Write;
  readonly before: readonly string[];
  readonly done: readonly string[];
  readonly doneState: CardState;
  readonly commands: number;
}

async function scene({ card, state }: CardInMemory, work: Write): Promise<Scene> {
  const start = structuredClone(state());
  const before = shown(await contentsOf(card));
  const whole = cardFrom(structuredClone(start));
  const commands = await write(whole.card, work);
  return { start, work, before, done: shown(await contentsOf(whole.card)), doneState: whole.state(), commands };
}

type SceneName = 'generate' | 'store beside a new key' | 'store in place of another' | 'remove' | 'remove the last';

async function sceneOf(model: (typeof models)[number], name: SceneName): Promise<Scene> {
  const { p256, p384 } = testPeople();
  const card = fixtureCard({ model });
  const key = firstKey[model];
  switch (name) {
    case 'generate':
      return await scene(card, generate());
    case 'store beside a new key':
      await write(card.card, generate());
      return await scene(card, store(key + 3, renewed()));
    case 'store in place of another':
      return await scene(card, store(key, renewed(renewedName(60))));
    case 'remove':
      return await scene(card, remove(key + 1, p256.der));
    case 'remove the last':
      return await scene(card, remove(key + 2, p384.der));
  }
}

const sceneNames: readonly SceneName[] = [
  'generate',
  'store beside a new key',
  'store in place of another',
  'remove',
  'remove the last',
];

/** Nothing but what was to change has changed, and that is as before or as after. */
async function expectWhole(one: Scene, { card, state }: CardInMemory, when: string): Promise<void> {
  const { before, done, start } = one;
  const contents = await contentsOf(card);
  const changed = shown(contents).join() !== before.join();
  if (changed) expect(counters(state()).equals(counters(start)), when).toBe(false);
  expect(contents.unreadable, when).toEqual([]);
  // Of a key that goes with its certificate the key goes first: what is left can be asked for again.
  const keyless = before.map((line) => (done.length < before.length && !done.includes(line) ? withoutKey(line) : line));
  expect([before, done, keyless], when).toContainEqual(shown(contents));
  expect(dangling(state()), when).toEqual([]);
}

const withoutKey = (line: string): string => line.replace(/^\d+/, '-');

async function expectDoneAgain(one: Scene, { card, state }: CardInMemory, when: string): Promise<void> {
  await write(card, one.work);
  expect(shown(await contentsOf(card)), when).toEqual(one.done);
  expect(dangling(state()), when).toEqual([]);
}

/** Removes what may be left, after which a new key finds all the room that the old one had. */
async function expectRemoved(one: Scene, { card, state }: CardInMemory, when: string): Promise<void> {
  const outcome = await outcomeOf(card, one.work);
  if (outcome !== undefined) expect(outcome, when).toMatchObject({ code: 'ERR_TOKEN_KEY_NOT_FOUND' });
  expect(shown(await contentsOf(card)), when).toEqual(one.done);
  await write(card, provide());
  expect(shown(await contentsOf(card)), when).toHaveLength(one.before.length);
  expect(amounts(state()), when).toEqual(amounts(one.start));
  expect(dangling(state()), when).toEqual([]);
}

describe.each(models)('createIdPrimeWriter() at a virtual %s', { timeout: 60_000 }, (model) => {
  const key = firstKey[model];

  it('generateKeyPair() and storeCertificate() add a certificate with its key, and change both counters', async () => {
    const { card, state } = fixtureCard({ model });
    const before = shown(await contentsOf(card));
    const counted = Buffer.from(counters(state()));
    await write(card, provide('rsa-2048'));
    await write(card, provide('ec-p384'));
    const contents = await contentsOf(card);
    expect(contents.unreadable).toEqual([]);
    expect(shown(contents).slice(0, 3)).toEqual(before);
    expect(contents.certificates.slice(3).map(({ name, key: held }) => [name, held])).toEqual([
      ['kxc03', { reference: key + 3, pin: 0x11, canSign: true, canDecipher: true, pinEachTime: false }],
      ['ksc04', { reference: key + 4, pin: 0x11, canSign: true, canDecipher: false, pinEachTime: false }],
    ]);
    expect(dangling(state())).toEqual([]);
    const after = counters(state());
    expect([after[0], after[1]]).toEqual([counted[0], counted[1]]);
    expect([after.readUInt16LE(2), after.readUInt16LE(4)]).toEqual([
      counted.readUInt16LE(2) + 4,
      counted.readUInt16LE(4) + 4,
    ]);
  });

  it('counters wrap, and what follows them stays', async () => {
    const { state } = fixtureCard({ model, cacheFileSize: 14 });
    const start = structuredClone(state());
    const cache = Buffer.from('0102ffffffff0304050607080910', 'hex');
    start.files.find(({ fid }) => fid === 0x0202)!.content.set(cache);
    const torn = cardFrom(start);
    await write(torn.card, generate());
    expect(counters(torn.state()).toString('hex')).toBe('0102000000000304050607080910');
  });

  it('storeCertificate() puts a certificate in place of the one before, however long, and deletes its file', async () => {
    const { card, state } = fixtureCard({ model });
    const before = shown(await contentsOf(card));
    const start = amounts(state());
    for (const length of [1, 60, 1]) {
      await write(card, store(key, renewed(renewedName(length))));
      const hex = Buffer.from(renewed(renewedName(length))).toString('hex');
      expect(shown(await contentsOf(card))).toEqual([`${key} ${hex}`, ...before.slice(1)]);
      expect(amounts(state())).toEqual(start);
    }
  });

  it('removeCertificate() frees certificate, key and container, and the next key takes them', async () => {
    const { card, state } = fixtureCard({ model });
    const before = shown(await contentsOf(card));
    const start = amounts(state());
    await write(card, remove(key + 1, testPeople().p256.der));
    expect(shown(await contentsOf(card))).toEqual([before[0], before[2]]);
    expect(amounts(state())).toEqual({ files: start.files - 1, keys: start.keys - 1 });
    await write(card, provide());
    const contents = await contentsOf(card);
    expect(contents.certificates.map(({ name }) => name)).toEqual(['kxc00', 'ksc01', 'ksc02']);
    expect(contents.certificates[1]?.key?.reference).toBe(key + 1);
    expect(amounts(state())).toEqual(start);
    expect(dangling(state())).toEqual([]);
  });

  it('a card can be filled with keys and emptied again, any number of times', async () => {
    const { card, state } = fixtureCard({ model });
    const start = amounts(state());
    const before = shown(await contentsOf(card));
    for (let round = 0; round < 2; round += 1) {
      let outcome: unknown;
      while (outcome === undefined) outcome = await outcomeOf(card, provide());
      expect(outcome).toMatchObject({ code: 'ERR_CARD_NO_CONTAINER' });
      const { certificates } = await contentsOf(card);
      expect(certificates).toHaveLength(15);
      for (const { der, key: held } of certificates.slice(3)) await write(card, remove(held!.reference, der));
      expect(shown(await contentsOf(card))).toEqual(before);
      expect(amounts(state())).toEqual(start);
      expect(dangling(state())).toEqual([]);
    }
  });

  it('a certificate for a key that is not there, or that is not there itself, is ERR_TOKEN_KEY_NOT_FOUND', async () => {
    const { card, state } = fixtureCard({ model });
    const start = structuredClone(state());
    const expected = { code: 'ERR_TOKEN_KEY_NOT_FOUND' };
    expect(await outcomeOf(card, store(0x33, renewed()))).toMatchObject(expected);
    expect(await outcomeOf(card, remove(key, renewed()))).toMatchObject(expected);
    expect(await outcomeOf(card, remove(0x33, renewed()))).toMatchObject(expected);
    expect(state()).toEqual(start);
  });

  it('a file that no index names and that is none of ours stays; a torn one makes room', async () => {
    const { state } = fixtureCard({ model });
    const start = structuredClone(state());
    const next = Math.max(...start.files.map(({ fid }) => fid)) + 1;
    start.files.push({ fid: next, content: Uint8Array.of(7, 7, 7) });
    start.files.push({ fid: next + 1, content: new Uint8Array(500) });
    const { card, state: after } = cardFrom(start);
    await write(card, store(key, renewed()));
    const { files } = after();
    expect(files.find(({ fid }) => fid === next)?.content).toEqual(Uint8Array.of(7, 7, 7));
    expect(files.find(({ fid }) => fid === next + 1)?.content[0]).toBe(1);
  });

  describe('refusals of the field', () => {
    it.each([
      ['storeCertificate()', { capacity: 'full' as const }, 'ERR_CARD_FULL'],
      ['storeCertificate()', { writing: 'never' as const }, 'ERR_CARD_READ_ONLY'],
      ['storeCertificate()', { writing: 'conditions-not-met' as const }, 'ERR_CARD_READ_ONLY'],
      ['generateKeyPair()', { containers: 3 }, 'ERR_CARD_NO_CONTAINER'],
      ['generateKeyPair()', { writing: 'never' as const }, 'ERR_CARD_READ_ONLY'],
      ['generateKeyPair()', { writing: 'conditions-not-met' as const }, 'ERR_CARD_READ_ONLY'],
      ['removeCertificate()', { writing: 'never' as const }, 'ERR_CARD_READ_ONLY'],
    ])('%s on a card with %j is %s and changes nothing', async (name, profile, code) => {
      const { card, state } = fixtureCard({ model, ...profile });
      const start = structuredClone(state());
      const work =
        name === 'storeCertificate()'
          ? store(key, renewed())
          : name === 'generateKeyPair()'
            ? generate()
            : remove(key, testPeople().rsa.der);
      expect(await outcomeOf(card, work)).toMatchObject({ code });
      expect(state()).toEqual(start);
    });

    it('a full card still gives up what it has', async () => {
      const { card } = fixtureCard({ model, capacity: 'full' });
      await write(card, remove(key, testPeople().rsa.der));
      expect(shown(await contentsOf(card))).toHaveLength(2);
      await write(card, provide());
      expect(shown(await contentsOf(card))).toHaveLength(3);
    });

    it('keys that the card does not make are ERR_TOKEN_ALGORITHM_UNSUPPORTED', async () => {
      const { card } = fixtureCard({ model });
      expect(await outcomeOf(card, generate('rsa-4096'))).toMatchObject({ code: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED' });
    });
  });

  describe.each(sceneNames)('%s', (name) => {
    it.each([false, true])(
      'survives a pull at any command (carried out: %s), and is done again',
      async (carriedOut) => {
        const one = await sceneOf(model, name);
        expect(one.commands).toBeGreaterThan(10);
        for (let at = 0; at < one.commands; at += 1) {
          const when = `pulled at ${at}`;
          const torn = cardFrom(structuredClone(one.start));
          expect(await outcomeOf(torn.card, one.work, { at, carriedOut }), when).toMatchObject({
            code: 'ERR_CARD_REMOVED',
          });
          await expectWhole(one, torn, when);
          if (name.startsWith('remove')) {
            await expectRemoved(one, torn, when);
            continue;
          }
          await expectDoneAgain(one, torn, `done again after ${when}`);
          expect(amounts(torn.state()).files, when).toBe(amounts(one.doneState).files);
          if (name !== 'generate') continue;
          expect(amounts(torn.state()).keys, when).toBeLessThanOrEqual(amounts(one.doneState).keys + 1);
        }
      },
    );

    it.each([0x6f00, 0x6a84, 0x6982, 0x6985])(
      'answered %i at any command leaves all or nothing',
      async (statusWord) => {
        const one = await sceneOf(model, name);
        let refused = 0;
        for (let at = 0; at < one.commands; at += 1) {
          for (const carriedOut of [false, true]) {
            const fault: CommandFault = { at, statusWord, carriedOut };
            const when = JSON.stringify(fault);
            const there = cardFrom(structuredClone(one.start));
            const outcome = await outcomeOf(there.card, one.work, fault);
            await expectWhole(one, there, when);
            if (outcome === undefined) {
              expect(shown(await contentsOf(there.card)), when).toEqual(one.done);
              continue;
            }
            refused += 1;
            expect(isMiddlewareError(outcome) ? outcome.code : outcome, when).toMatch(
              /^ERR_CARD_(STATUS|FULL|READ_ONLY|SECURITY_STATUS|FILE_NOT_FOUND)$/,
            );
            if (name.startsWith('remove')) continue;
            expect(shown(await contentsOf(there.card)), when).toEqual(one.before);
            await expectDoneAgain(one, there, `done again after ${when}`);
            expect(amounts(there.state()), when).toEqual(amounts(one.doneState));
          }
        }
        expect(refused).toBeGreaterThan(10);
      },
    );
  });
});

/** The token of a program of its own at the only reader. */
async function tokenIn(transport: ReaderTransport): Promise<{ token: Token; close: () => Promise<void> }> {
  const history = recordingHistory();
  const logger = recordingLogger();
  const driver = createNativeDriver({
    families: [createIdPrimeFamily({ writing: 'experimental' })],
    parseCertificate,
    history,
    memory: memoryRetryCounters(),
    clock: systemClock,
    logger,
  });
  const registry = createTokenRegistry({ transport, drivers: [driver], history, logger });
  const ready = (): Token | undefined => registry.entries.find(({ state }) => state === 'ready')?.token;
  await vi.waitFor(() => expect(ready()).toBeDefined(), { timeout: 8_000 });
  return { token: ready()!, close: () => registry.close() };
}

describe('createIdPrimeFamily()', () => {
  it.each(models)(
    'another token at the same %s drops its cache when certificates are stored and removed',
    async (model) => {
      const { card } = fixtureCard({ model });
      const hardware = new VirtualHardware();
      hardware.addReader('Reader').insert(card);
      const transport = createSimulatorTransport(hardware);
      await transport.start();
      const [writing, reading] = [await tokenIn(transport), await tokenIn(transport)];
      const before = (await reading.token.certificates()).length;
      const writable = writing.token;
      if (!canWrite(writable)) throw new Error('no writable token');
      const authorization = (): WriteAuthorization => ({
        pin: Secret.moveFrom(ascii(testPin)),
        attemptsShown: 5,
        lastTryConsent: false,
      });
      const { value: der } = await writable.write(authorization(), async (opened) => {
        const made = await opened.generateKeyPair(newKey());
        const certificate = issued(made.publicKey, 'TEST new');
        await opened.storeCertificate({ keyReference: made.reference, der: certificate, label: 'TEST' });
        return certificate;
      });
      const found = (await reading.token.certificates()).map(({ certificate }) => Buffer.from(certificate.der));
      expect(found).toHaveLength(before + 1);
      expect(found.at(-1)).toEqual(Buffer.from(der));
      await writable.write(authorization(), (opened) => opened.removeCertificate({ der, keepKey: false }));
      expect(await reading.token.certificates()).toHaveLength(before);
      await writing.close();
      await reading.close();
      await transport.close();
    },
  );

  it('does not write unless it is told to', async () => {
    const { card } = fixtureCard();
    const application = await createIdPrimeFamily().recognize(exchangeWith(card), card.atr);
    expect(application?.writer).toBeUndefined();
    expect((await recognized(card)).writer).toBeDefined();
  });
});
