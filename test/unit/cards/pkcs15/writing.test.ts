import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CardApplication, CardContents } from '../../../../src/cards/card-application.js';
import { fileInApplication } from '../../../../src/cards/pkcs15/file-path.js';
import { splitDirectory } from '../../../../src/cards/pkcs15/pkcs15-object.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import type { KeySpec } from '../../../../src/model/key.js';
import { memoryPkcs15Store } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { VirtualPkcs15Card } from '../../../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import type { Pkcs15CardState } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { certificateOver } from '../../../support/self-signed-certificate.js';
import { testPeople } from '../../../support/virtual-card-fixture.js';
import { pkcs15FixtureCard, pkcs15Pin } from '../../../support/virtual-pkcs15-fixture.js';
import { newKey } from '../../../support/writing.js';
import { exchangeWith, recognized, verified } from './virtual-card-exchange.js';

type Writer = NonNullable<CardApplication['writer']>;
type Exchange = ReturnType<typeof exchangeWith>;
type Write = (writer: Writer, exchange: Exchange) => Promise<unknown>;

const sets = ['isoapplet', 'myeid'] as const;
const removed = new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');

/** A card from its memory, as after it was put in again. */
const cardFrom = (state: Pkcs15CardState): VirtualPkcs15Card =>
  new VirtualPkcs15Card({ store: memoryPkcs15Store(state) });

async function contentsOf(card: VirtualPkcs15Card): Promise<CardContents> {
  const exchange = exchangeWith(card);
  return (await recognized(card, exchange)).readContents(exchange);
}

/** What happens in place of one command of the writing. */
interface Fault {
  readonly at: number;
  /** A status word that is answered; without one the card is gone. */
  readonly statusWord?: number;
}

/** Writes in a transaction of its own. Returns the commands that were sent; throws what the card refuses. */
async function write(card: VirtualPkcs15Card, work: Write, fault: Fault = { at: Infinity }): Promise<number> {
  const application = await recognized(card);
  const { pins } = await contentsOf(card);
  let count = -Infinity;
  const before = (): Uint8Array | undefined => {
    count += 1;
    if (fault.statusWord === undefined && count > fault.at) throw removed;
    if (count !== fault.at + 1 || fault.statusWord === undefined) return undefined;
    return Uint8Array.of(fault.statusWord >> 8, fault.statusWord & 0xff);
  };
  const exchange = await verified(card, application, pins[0]!, pkcs15Pin, { before });
  count = 0;
  try {
    await work(application.writer!, exchange);
  } catch (error) {
    if (error !== removed) throw error;
  }
  return count;
}

const ders = ({ certificates }: CardContents): string[] =>
  certificates.map(({ der, key }) => `${key === undefined ? '-' : key.reference} ${Buffer.from(der).toString('hex')}`);

const keyId = Uint8Array.from({ length: 16 }, (_, index) => 0xa0 + index);

const files = ({ root }: Pkcs15CardState): number[] =>
  root.children.flatMap((file) => (file.kind === 'df' ? file.children.map(({ fid }) => fid) : [file.fid]));

const renewed = (): Uint8Array =>
  certificateOver('TEST renewed', createPublicKey(testPeople().rsa.privateKey), testPeople().rsa.privateKey);

describe.each(sets)('createPkcs15Writer() at a virtual %s card', (set) => {
  const firstKey = set === 'isoapplet' ? 0 : 0x4b01;
  const store: Write = (writer, exchange) =>
    writer.storeCertificate(exchange, { keyReference: firstKey, der: renewed(), label: 'TEST renewed' });
  const remove: Write = (writer, exchange) =>
    writer.removeCertificate(exchange, { keyReference: firstKey, der: testPeople().rsa.der, keepKey: false });
  const generate =
    (spec: KeySpec): Write =>
    (writer, exchange) =>
      writer.generateKeyPair(exchange, newKey({ spec, keyId }));

  it('storeCertificate() puts a certificate in place of the one before, and deletes its file', async () => {
    const { card, state } = pkcs15FixtureCard(set);
    const before = await contentsOf(card);
    const filesBefore = files(state()).length;
    await write(card, store);
    const after = await contentsOf(card);
    expect(after.unreadable).toEqual([]);
    expect(ders(after)).toEqual([`${firstKey} ${Buffer.from(renewed()).toString('hex')}`, ...ders(before).slice(1)]);
    expect(files(state())).toHaveLength(filesBefore);
  });

  it('removeCertificate() removes certificate and key and nothing else', async () => {
    const { card, state } = pkcs15FixtureCard(set);
    const before = await contentsOf(card);
    const filesBefore = files(state()).length;
    await write(card, remove);
    expect(ders(await contentsOf(card))).toEqual(ders(before).slice(1));
    // The certificate, the public key, and the key where it is a file.
    expect(filesBefore - files(state()).length).toBe(set === 'isoapplet' ? 2 : 3);
  });

  it.each(['ec-p256', 'ec-p384'] as const)(
    'generateKeyPair() makes a key of type %s that can get a certificate',
    async (spec) => {
      const { card } = pkcs15FixtureCard(set);
      const before = await contentsOf(card);
      let der: Uint8Array = new Uint8Array();
      await write(card, async (writer, exchange) => {
        const { reference, publicKey } = await writer.generateKeyPair(exchange, newKey({ spec }));
        const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
        der = certificateOver('TEST new', key, testPeople().rsa.privateKey);
        await writer.storeCertificate(exchange, { keyReference: reference, der, label: 'TEST new' });
      });
      const after = await contentsOf(card);
      expect(ders(after)).toEqual([...ders(before), `${firstKey + 3} ${Buffer.from(der).toString('hex')}`]);
      expect(after.certificates.at(-1)?.key).toMatchObject({ canSign: true, canDecipher: false });
    },
  );

  it.each([
    ['storeCertificate()', store],
    ['removeCertificate()', remove],
    ['generateKeyPair()', generate('ec-p256')],
  ])('%s: a card that is pulled before any command loses nothing, and the work can be done again', async (_, work) => {
    const fixture = pkcs15FixtureCard(set);
    const start = fixture.state();
    const before = ders(await contentsOf(fixture.card));
    const total = await write(cardFrom(start), work);
    const whole = cardFrom(start);
    await write(whole, work);
    const done = ders(await contentsOf(whole));
    expect(total).toBeGreaterThan(5);
    for (let pullAt = 0; pullAt < total; pullAt += 1) {
      const memory = memoryPkcs15Store(start);
      await write(new VirtualPkcs15Card({ store: memory }), work, { at: pullAt });
      const again = new VirtualPkcs15Card({ store: memory });
      const contents = await contentsOf(again);
      expect(contents.unreadable, `pulled at ${pullAt}`).toEqual([]);
      // What was not to change is there with its key; what was to change is as before or as after.
      const found = ders(contents);
      expect(found.slice(-2), `pulled at ${pullAt}`).toEqual(before.slice(-2));
      const first = found.length === 3 ? [found[0]] : [];
      const possible = [
        [before[0]],
        done.length === 3 ? [done[0]] : [],
        ['-' + before[0]!.slice(String(firstKey).length)],
      ];
      expect(possible, `pulled at ${pullAt}`).toContainEqual(first);
      if (work === remove && found.length === 2) continue;
      await write(again, work);
      expect(ders(await contentsOf(again)), `done again after ${pullAt}`).toEqual(done);
    }
  });

  it.each([
    ['storeCertificate()', store],
    ['generateKeyPair()', generate('ec-p256')],
  ])('%s: a full card says so, keeps what it has, and no half-written file', async (_, work) => {
    const { state } = pkcs15FixtureCard(set);
    const start = state();
    const before = ders(await contentsOf(cardFrom(start)));
    const outcomes = new Set<string>();
    for (let capacity = 4000; capacity < 12_000; capacity += 250) {
      const memory = memoryPkcs15Store({ ...start, capacity });
      const card = new VirtualPkcs15Card({ store: memory });
      try {
        await write(card, work);
        outcomes.add('done');
        continue;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_CARD_FULL' });
        outcomes.add('full');
      }
      expect(ders(await contentsOf(card))).toEqual(before);
      expect(files(memory.load())).toEqual(files(start));
      if (work !== store) expect(memory.load()).toEqual({ ...start, capacity });
    }
    expect([...outcomes].sort()).toEqual(['done', 'full']);
  });

  it.each([
    ['storeCertificate()', store, 0x6a84, 'ERR_CARD_FULL'],
    ['storeCertificate()', store, 0x6581, 'ERR_CARD_STATUS'],
    ['generateKeyPair()', generate('ec-p256'), 0x6a84, 'ERR_CARD_FULL'],
    ['generateKeyPair()', generate('ec-p256'), 0x6581, 'ERR_CARD_STATUS'],
    ['removeCertificate()', remove, 0x6982, 'ERR_CARD_READ_ONLY'],
  ])(
    '%s: any command refused with a status word leaves the card as it was, or done',
    async (_, work, statusWord, code) => {
      const start = pkcs15FixtureCard(set).state();
      const before = ders(await contentsOf(cardFrom(start)));
      const whole = cardFrom(start);
      const total = await write(whole, work);
      const done = ders(await contentsOf(whole));
      let refused = 0;
      for (let at = 0; at < total; at += 1) {
        const memory = memoryPkcs15Store(start);
        const card = new VirtualPkcs15Card({ store: memory });
        const outcome = await write(card, work, { at, statusWord }).then(
          () => 'done',
          (error: unknown) => error,
        );
        const found = ders(await contentsOf(new VirtualPkcs15Card({ store: memory })));
        if (outcome === 'done') {
          expect(found, `refused at ${at}`).toEqual(done);
          continue;
        }
        refused += 1;
        expect(outcome, `refused at ${at}`).toMatchObject({ code });
        if (work === remove) continue;
        expect(found, `refused at ${at}`).toEqual(before);
        expect(files(memory.load()), `refused at ${at}`).toEqual(files(start));
      }
      expect(refused).toBeGreaterThan(5);
    },
  );

  it('changes of a long directory go to another file, and a pull between any two commands loses nothing', async () => {
    const { card, state } = pkcs15FixtureCard(set);
    const label = 'TEST label';
    const people = testPeople();
    const add: Write = async (writer, exchange) => {
      const { reference, publicKey } = await writer.generateKeyPair(exchange, newKey({ label }));
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      const der = certificateOver('TEST more', key, people.rsa.privateKey);
      await writer.storeCertificate(exchange, { keyReference: reference, der, label });
    };
    for (let more = 0; more < 2; more += 1) await write(card, add);
    const start = state();
    const before = ders(await contentsOf(card));
    expect(before).toHaveLength(5);
    const total = await write(cardFrom(start), remove);
    for (let pullAt = 0; pullAt < total; pullAt += 1) {
      const memory = memoryPkcs15Store(start);
      await write(new VirtualPkcs15Card({ store: memory }), remove, { at: pullAt });
      const contents = await contentsOf(new VirtualPkcs15Card({ store: memory }));
      expect(contents.unreadable, `pulled at ${pullAt}`).toEqual([]);
      expect(ders(contents).slice(-4), `pulled at ${pullAt}`).toEqual(before.slice(1));
    }
    await write(card, remove);
    expect(ders(await contentsOf(card))).toEqual(before.slice(1));
    expect(files(state())).toContain(0x4412);
    // And back to the first file.
    const second = people.p256.der;
    await write(card, (writer, exchange) =>
      writer.removeCertificate(exchange, { keyReference: firstKey + 1, der: second, keepKey: false }),
    );
    expect(ders(await contentsOf(card))).toEqual(before.slice(2));
  });

  it('a directory with something in it that makes no sense is left alone', async () => {
    const { card, state } = pkcs15FixtureCard(set);
    const application = await recognized(card);
    const { pins } = await contentsOf(card);
    const exchange = await verified(card, application, pins[0]!, pkcs15Pin);
    const { path } = fileInApplication(0x4402);
    const { data } = await exchange.send({ cla: 0, ins: 0xa4, p1: 8, p2: 0, data: path, le: 256 });
    expect(data.length).toBeGreaterThan(0);
    const read = await exchange.send({ cla: 0, ins: 0xb0, p1: 0, p2: 0, le: 256 });
    const end = splitDirectory(read.data, 256).used;
    const damage = Uint8Array.of(0x30, 0x80, 0x01, 0x02);
    await exchange.send({ cla: 0, ins: 0xd6, p1: 0, p2: end, data: damage });
    const before = state();
    for (const work of [generate('ec-p256'), remove]) {
      await expect(write(card, work)).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
    }
    expect(state()).toEqual(before);
    expect((await contentsOf(card)).certificates).toHaveLength(3);
  });

  it('a full directory is told before anything is made', async () => {
    const { card, state } = pkcs15FixtureCard(set);
    const work: Write = (writer, exchange) => writer.generateKeyPair(exchange, newKey({ label: 'x'.repeat(64) }));
    let [outcome, before]: unknown[] = [];
    for (let more = 0; more < 30 && outcome === undefined; more += 1) {
      before = state();
      outcome = await write(card, work).then(
        () => undefined,
        (error: unknown) => error,
      );
    }
    expect(outcome).toMatchObject({ code: 'ERR_CARD_FULL' });
    expect(state()).toEqual(before);
    expect((await contentsOf(card)).certificates).toHaveLength(3);
  });
});
