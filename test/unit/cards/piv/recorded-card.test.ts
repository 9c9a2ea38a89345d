import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CardApplication } from '../../../../src/cards/card-application.js';
import { generateInSlot } from '../../../../src/cards/piv/generate-key.js';
import { createPivFamily } from '../../../../src/cards/piv/piv-family.js';
import { verifyPin } from '../../../../src/cards/pin-commands.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { opensslAccepts } from '../../../support/judge-with-openssl.js';
import { scriptOf, type ScriptStep } from '../../../support/scripted-channel.js';
import { secretOf } from '../../../support/token-bench.js';
import { getData, headReading, pivAtr, reading, scripted, select, yubiKeyAtr, type Pair } from './scripted-exchange.js';

/** What other programs and a card said to each other, by the command line that caused it. */
function recording(name: string): Map<string, ScriptStep[]> {
  const text = readFileSync(new URL(`../../../fixtures/traces/${name}.trace`, import.meta.url), 'latin1');
  const runs = text.split(/^# /m).slice(1);
  return new Map(runs.map((run) => [run.slice(0, run.indexOf('\n')), scriptOf(run)]));
}

const yubico = recording('piv-yubico-piv-tool');
const opensc = recording('piv-opensc-0.23');
const run = (runs: Map<string, ScriptStep[]>, start: string): ScriptStep[] => {
  const found = [...runs].find(([name]) => name.includes(start));
  if (found === undefined) throw new Error(`no run ${start}`);
  return found[1];
};

/** Data objects as another program read them, by tag; the last reading of one counts. */
function recordedObjects(steps: readonly ScriptStep[]): Map<string, Uint8Array> {
  const objects = new Map<string, Uint8Array>();
  let tag: string | undefined;
  for (const { command, answer } of steps) {
    const data = fromHex((answer as string).slice(0, -4));
    const isNew = command.startsWith('00cb');
    if (isNew) tag = command.slice(14, 14 + 2 * Number.parseInt(command.slice(12, 14), 16));
    else if (!command.startsWith('00c0')) tag = undefined;
    if (tag === undefined || data.length === 0) continue;
    objects.set(tag, isNew ? data : concatBytes(objects.get(tag)!, data));
  }
  return objects;
}

const certificateTags = ['5fc105', '5fc10a', '5fc10b', '5fc101'];

async function recognize(objects: Map<string, Uint8Array>, atr: string, more: readonly Pair[] = []) {
  const { card, exchange } = scripted([select, ...reading('5fc102', objects.get('5fc102')), ...more]);
  const application = await createPivFamily().recognize(exchange, fromHex(atr));
  if (application === undefined) throw new Error('not recognized');
  return { card, exchange, application };
}

async function readAll(objects: Map<string, Uint8Array>, atr: string) {
  const { card, exchange, application } = await recognize(objects, atr, [
    headReading('5fc105', objects.get('5fc105')),
    headReading('5fc10a', objects.get('5fc10a')),
    ...reading('7e', objects.get('7e')),
    ...certificateTags.flatMap((tag) => reading(tag, objects.get(tag))),
    [getData('5fc10c'), '6a82'],
    [getData('5fc10d'), '6a82'],
  ]);
  const freshness = await application.readFreshness(exchange);
  const contents = await application.readContents(exchange);
  card.assertUsedUp();
  return { application, freshness, contents };
}

const publicKeyOf = (certificate: Uint8Array): string =>
  toHex(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }));

/** The last 32 bytes of what GENERAL AUTHENTICATE was given: what was signed, whatever the padding before it. */
function digestIn(steps: readonly ScriptStep[]): Uint8Array {
  const data = steps
    .filter(({ command }) => /^.087/.test(command))
    .map(({ command }) => command.slice(10, 10 + 2 * Number.parseInt(command.slice(8, 10), 16)));
  return fromHex(data.join('').slice(-64));
}

/** Runs work against commands that must come as recorded. */
async function replay<T>(
  application: CardApplication,
  steps: readonly ScriptStep[],
  work: (application: CardApplication, exchange: Parameters<CardApplication['sign']>[0]) => Promise<T>,
): Promise<T> {
  const { card, exchange } = scripted(steps.map(({ command, answer }): Pair => [command, answer]));
  const result = await work(application, exchange);
  card.assertUsedUp();
  return result;
}

describe('a card recorded with yubico-piv-tool', () => {
  const objects = new Map([
    ...recordedObjects(run(yubico, '-a status')),
    ...recordedObjects(run(yubico, 'pkcs15-tool -D')),
  ]);

  it('is read by the driver: serial, PIN, three certificates, keys', async () => {
    const { application, freshness, contents } = await readAll(objects, yubiKeyAtr);
    expect([application.product, application.serial]).toEqual(['YubiKey', '00112233445566778899aabbccddeeff']);
    expect(contents).toMatchObject({ label: undefined, unreadable: [], pins: [{ reference: 0x80 }] });
    expect(contents.certificates.map(({ name, key }) => [name, key?.canSign, key?.canDecipher])).toEqual([
      ['9a', true, false],
      ['9c', true, false],
      ['9d', false, true],
    ]);
    expect(contents.certificates.map(({ der }) => new X509Certificate(der).serialNumber)).toEqual(['0A', '0B', '0C']);
    const heads = ['5fc105', '5fc10a'].map((tag) => toHex(objects.get(tag)!.subarray(0, 64)));
    expect(freshness).toBe(heads.join('-'));
  });

  it.each([
    ['RS256', 0x9a, 'SHA256-RSA-PKCS -d 01', 256, 0],
    ['ES256', 0x9c, 'ECDSA-SHA256', 64, 1],
  ] as const)('signs %s by the recorded bytes, as openssl confirms', async (algorithm, slot, name, length, index) => {
    const { application, contents } = await readAll(objects, yubiKeyAtr);
    const steps = run(yubico, name).slice(-3);
    const exact = steps.slice(steps.findIndex(({ command }) => /^.087/.test(command)));
    const digest = digestIn(exact);
    const request = { keyReference: slot, algorithm, digest, length };
    const signature = await replay(application, exact, (piv, exchange) => piv.sign(exchange, request));
    expect(opensslAccepts(contents.certificates[index]!.der, algorithm, digest, signature)).toBe(true);
    digest[0]! ^= 1;
    expect(opensslAccepts(contents.certificates[index]!.der, algorithm, digest, signature)).toBe(false);
  });

  it('deciphers by the recorded bytes', async () => {
    const { application } = await readAll(objects, yubiKeyAtr);
    const steps = run(yubico, '--decrypt').slice(-3);
    const [first, second] = steps.map(({ command }) => fromHex(command));
    const cryptogram = concatBytes(first!.subarray(5 + 10), second!.subarray(5, -1));
    expect(cryptogram).toHaveLength(256);
    const text = await replay(application, steps, (piv, exchange) =>
      piv.decipher(exchange, { keyReference: 0x9d, algorithm: 'RSA1_5', cryptogram }),
    );
    expect(Buffer.from(text).toString()).toBe('hello\n');
  });

  it('makes keys and stores certificates by the recorded bytes', async () => {
    const { application, contents } = await readAll(objects, yubiKeyAtr);
    const writer = application.writer!;
    const made = run(yubico, '-a generate -s 9a').slice(-2);
    // yubico-piv-tool leaves Le out and asks for the rest without its length.
    const generate: Pair[] = [
      [`${made[0]!.command}00`, `${(made[0]!.answer as string).slice(0, -4)}610e`],
      ['00c000000e', made[1]!.answer],
    ];
    const { card, exchange } = scripted(generate);
    const publicKey = await generateInSlot(exchange, 0x9a, 'rsa-2048');
    card.assertUsedUp();
    const der = contents.certificates[0]!.der;
    expect(toHex(publicKey)).toBe(publicKeyOf(der));
    // Before, we look whose the slot is.
    const look = { command: getData('5fc105', '1b'), answer: '6a82' };
    const stored = [look, ...run(yubico, '-a import-certificate -s 9a').slice(-4)];
    await replay(application, stored, (_, exchange) =>
      writer.storeCertificate(exchange, { keyReference: 0x9a, der, label: '' }),
    );
  });

  it('makes EC keys by the bytes recorded with piv-tool', async () => {
    const { application } = await readAll(objects, yubiKeyAtr);
    const made = run(yubico, '-G 9D:11').slice(-1);
    const publicKey = await replay(application, made, (_, exchange) => generateInSlot(exchange, 0x9d, 'ec-p256'));
    const point = (made[0]!.answer as string).slice(10, -4);
    expect(toHex(publicKey)).toBe(`3059301306072a8648ce3d020106082a8648ce3d030107034200${point}`);
  });
});

describe('a card recorded with OpenSC', () => {
  const objects = recordedObjects(run(opensc, 'pkcs15-tool -D'));

  it('is read by the driver, its compressed certificate too', async () => {
    const { application, contents } = await readAll(objects, pivAtr);
    expect([application.product, application.serial]).toEqual(['PIV card', '00112233445566778899aabbccddeeff']);
    expect(contents.certificates.map(({ name }) => name)).toEqual(['9a']);
    const made = run(opensc, '-a generate -s 9a').slice(-2);
    const modulus = made
      .map(({ answer }) => (answer as string).slice(0, -4))
      .join('')
      .slice(18, 18 + 512);
    expect(publicKeyOf(contents.certificates[0]!.der)).toContain(modulus);
  });

  it('takes PIN and signature by the recorded bytes', async () => {
    const { application, contents } = await readAll(objects, pivAtr);
    const steps = run(opensc, 'SHA256-RSA-PKCS');
    const verify = steps.find(({ command }) => command.startsWith('0020008008'))!;
    const sign = steps.slice(-3);
    const digest = digestIn(sign);
    const signature = await replay(application, [verify, ...sign], async (piv, exchange) => {
      await verifyPin(exchange, contents.pins[0]!, secretOf('123456'));
      return piv.sign(exchange, { keyReference: 0x9a, algorithm: 'RS256', digest, length: 256 });
    });
    expect(opensslAccepts(contents.certificates[0]!.der, 'RS256', digest, signature)).toBe(true);
  });
});

describe('readContents() of the certificate that piv-tool once stored as compressed PEM', () => {
  it('leaves it out and tells so, and reads the others', async () => {
    const stored = run(yubico, '-Z 9E')
      .filter(({ command }) => /^.0db3fff/.test(command))
      .map(({ command }) => command.slice(10))
      .join('');
    const objects = recordedObjects(run(yubico, '-a status'));
    objects.set('5fc101', fromHex(stored.slice(10)));
    const { contents } = await readAll(objects, yubiKeyAtr);
    expect(contents.certificates.map(({ name }) => name)).toEqual(['9a', '9c', '9d']);
    expect(contents.unreadable).toMatchObject([{ name: '9e', error: { code: 'ERR_CARD_RESPONSE' } }]);
  });
});
