import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { createIdPrimeFamily } from '../../../../src/cards/idprime/idprime-family.js';
import { verifyPin } from '../../../../src/cards/pin-commands.js';
import { computeSignature } from '../../../../src/cards/idprime/signature.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import { opensslAccepts } from '../../../support/judge-with-openssl.js';
import { scriptedCard, scriptOf, type ScriptStep } from '../../../support/scripted-channel.js';
import { secretOf } from '../../../support/token-bench.js';

const recording = (name: string): ScriptStep[] =>
  scriptOf(readFileSync(new URL(`../../../fixtures/${name}.trace`, import.meta.url), 'latin1'));
const rsaRun = recording('idprime940-opensc-0.26-sign-rsa');
const p384Run = recording('idprime940-opensc-0.26-sign-p384');

/** File contents as OpenSC read them, by FID. */
function recordedFiles(): Map<number, Uint8Array> {
  const files = new Map<number, Uint8Array>();
  let fid = 0;
  for (const { command, answer } of rsaRun) {
    if (typeof answer !== 'string') continue;
    if (/^00a40[80]0002/.test(command)) fid = Number.parseInt(command.slice(10, 14), 16);
    if (!command.startsWith('00b0')) continue;
    const offset = Number.parseInt(command.slice(4, 8), 16);
    const file = files.get(fid) ?? new Uint8Array();
    if (offset === file.length) files.set(fid, concatBytes(file, fromHex(answer.slice(0, -4))));
  }
  return files;
}

const atr940 = fromHex('3b7f96000080318065b0855956fb120ffe829000');
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** What our driver sends for a file, and what the recorded card says to it. */
function reading(fid: number, file: Uint8Array | undefined, sizes: readonly number[]): ScriptStep[] {
  const select: ScriptStep = { command: `00a4080002${hex(fid, 4)}`, answer: file === undefined ? '6a82' : '610d' };
  if (file === undefined) return [select];
  let offset = 0;
  const reads = sizes.map((size): ScriptStep => {
    const data = file.subarray(offset, offset + size);
    const command = `00b0${hex(offset, 4)}${hex(size & 0xff, 2)}`;
    if (data.length < size) return { command, answer: `6c${hex(data.length, 2)}` };
    offset += size;
    return { command, answer: `${toHex(data)}9000` };
  });
  return [select, ...reads];
}

const blocks = (size: number): number[] => [
  ...Array.from({ length: Math.floor(size / 256) }, () => 256),
  ...(size % 256 === 0 ? [] : [size % 256]),
];

describe('a card recorded with OpenSC 0.26', () => {
  const files = recordedFiles();
  const certificateFids = [0x300, 0x301, 0x302, 0x303];
  const readAll = async () => {
    const card = scriptedCard([
      { command: '00a4040c0ba000000018800000000662', answer: '9000' },
      { command: '00ca9f7f2d', answer: '6a88' },
      ...reading(0x0201, files.get(0x0201), [16]),
      // OpenSC does not read cardcf.
      { command: '00a40800020202', answer: '610d' },
      { command: '00b0000006', answer: '0000010002009000' },
      ...reading(0x0101, files.get(0x0101), [256, 0xbe]),
      ...reading(0x0005, files.get(0x0005), [15 * 8, 0x20]),
      ...certificateFids.flatMap((fid) => reading(fid, files.get(fid), blocks(files.get(fid)!.length))),
      ...reading(0x0320, files.get(0x0320), [0x12]),
    ]);
    const exchange = createApduExchange(card, { clock: systemClock });
    const application = await createIdPrimeFamily().recognize(exchange, atr940);
    if (application === undefined) throw new Error('not recognized');
    const { product, serial } = application;
    const freshness = await application.readFreshness(exchange);
    const contents = await application.readContents(exchange);
    card.assertUsedUp();
    return { product, serial, freshness, contents };
  };

  it('is read by the driver: serial, index, keys, four certificates, label', async () => {
    const { contents, ...identity } = await readAll();
    expect(identity).toEqual({
      product: 'IDPrime 940',
      serial: 'bda19044a51868d1bff500d9ce5082d8',
      freshness: '000001000200',
    });
    expect(contents).toMatchObject({ label: 'Virtual IDPrime', unreadable: [] });
    expect(contents.pins.map(({ reference }) => reference)).toEqual([0x11, 0x83]);
    expect(contents.certificates.map(({ key }) => [key?.reference, key?.pin])).toEqual([
      [0x56, 0x11],
      [0x57, 0x83],
      [0x58, 0x11],
      [0x59, 0x11],
    ]);
    expect(
      contents.certificates.map(({ der }) => new X509Certificate(der).publicKey.asymmetricKeyDetails),
    ).toMatchObject([
      { modulusLength: 2048 },
      { namedCurve: 'prime256v1' },
      { modulusLength: 4096 },
      { namedCurve: 'secp384r1' },
    ]);
  });

  it.each([
    { algorithm: 'RS256', run: rsaRun, container: 0, keyReference: 0x56, length: 256 },
    { algorithm: 'ES384', run: p384Run, container: 3, keyReference: 0x59, length: 96 },
  ] as const)(
    'signs $algorithm by the recorded bytes, PIN block included, as openssl confirms',
    async ({ algorithm, run, container, keyReference, length }) => {
      const { contents } = await readAll();
      const start = run.findIndex(({ command }) => command.startsWith('0020001110'));
      const script = run.slice(start, start + 5);
      // The one difference: OpenSC asks for 256 bytes, we ask for as many as the key gives.
      script[4] = { ...script[4]!, command: `002a9e9a${hex(length & 0xff, 2)}` };
      const card = scriptedCard(script);
      const exchange = createApduExchange(card, { clock: systemClock });
      await verifyPin(exchange, contents.pins[0]!, secretOf('1234'));
      const digest = fromHex(script[2]!.command.slice(14));
      const signature = await computeSignature(exchange, { keyReference, algorithm, digest, length });
      card.assertUsedUp();
      expect(exchange.count).toBe(5);
      expect(toHex(card.sent[0]!)).toBe('00'.repeat(21));
      expect(opensslAccepts(contents.certificates[container]!.der, algorithm, digest, signature)).toBe(true);
      digest[0]! ^= 1;
      expect(opensslAccepts(contents.certificates[container]!.der, algorithm, digest, signature)).toBe(false);
    },
  );
});
