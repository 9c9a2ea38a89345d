import { describe, expect, it } from 'vitest';
import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import type { CardApplication } from '../../../../src/cards/card-application.js';
import { createPkcs15Family } from '../../../../src/cards/pkcs15/pkcs15-family.js';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import { scriptedCard } from '../../../support/scripted-channel.js';

type Pair = readonly [command: string, answer: string];

/** Recognizes a card that follows a script, and works with it to the script's end. */
async function at(
  script: readonly Pair[],
  work: (application: CardApplication | undefined, exchange: ApduExchange) => Promise<void>,
  atr = '',
): Promise<void> {
  const card = scriptedCard(
    script.map(([command, answer]) => ({ command, answer })),
    'T=1',
  );
  const exchange = createApduExchange(card, { clock: systemClock, readerTakesExtended: true });
  await work(await createPkcs15Family().recognize(exchange, fromHex(atr)), exchange);
  card.assertUsedUp();
}

const tokenInfo = '301a02010004020102a511180f32303236313132323030313534385a';
const select = (path: string, size: number): Pair => [
  `00a408000${path.length / 2}${path}00`,
  `6f048002${size.toString(16).padStart(4, '0')}9000`,
];
const readTokenInfo: readonly Pair[] = [select('50155032', 28), ['00b000001c', `${tokenInfo}9000`]];
const noIsoApplet: Pair = ['00a404000cf276a288bcfba69d34f3100100', '6a82'];
const pkcs15: Pair = ['00a404000ca000000063504b43532d313500', '6f009000'];
const myEidAtr = toHex(Buffer.from('MyEID'));
const myEidInfo = (version: string): Pair => ['00ca01a014', `0000000000${version}0102030405060708090a00079000`];
const capabilities: Pair = ['00ca01aa0c', '01000910000000000002099000'];

describe('createPkcs15Family() by its commands', () => {
  it('with an applet that takes extended length reads a certificate in three commands', async () => {
    const der = `30820400${'ab'.repeat(1024)}`;
    const entry = '3021300c0c066d7963657274030206403003040145a10c300a300804063f0050153400';
    const script: Pair[] = [
      ['00a404000cf276a288bcfba69d34f3100100', '9000'],
      ['00ca010103', '0100019000'],
      ...readTokenInfo,
      select('50155031', 256),
      ['00b0000000', `a40a300804063f0050154404${'00'.repeat(244)}9000`],
      select('50154404', 64),
      ['00b0000040', `${entry.padEnd(128, '0')}9000`],
      select('50153400', 1028),
      ['00b0000000', `${der.slice(0, 512)}9000`],
      ['00b00100000304', `${der.slice(512)}9000`],
    ];
    await at(script, async (application, exchange) => {
      expect(application).toMatchObject({ serial: '0102', algorithms: { rsa: ['RS256'], 'ec-p256': [] } });
      const { certificates } = await application!.readContents(exchange);
      expect(certificates.map((certificate) => toHex(certificate.der))).toEqual([der]);
    });
  });

  it('with an applet of version 0 offers no signature that it would hash itself', async () => {
    const script: Pair[] = [
      ['00a404000cf276a288bcfba69d34f3100100', '0006069000'],
      ['00ca010103', '6d00'],
      ...readTokenInfo,
    ];
    await at(script, (application) => {
      expect(application?.algorithms).toEqual({ rsa: ['RS256'], 'ec-p256': [], 'ec-p384': [] });
      expect(application?.writer?.keySpecs).toEqual(['rsa-2048']);
      return Promise.resolve();
    });
  });

  it('knows a MyEID card by what it answers, and asks it first where the answer to reset says so', async () => {
    const work = (application: CardApplication | undefined): Promise<void> => {
      expect(application).toMatchObject({ product: 'MyEID 4.5.0', serial: '0102030405060708090a' });
      expect(application?.writer?.keySpecs).toEqual(['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384']);
      return Promise.resolve();
    };
    await at([pkcs15, myEidInfo('040500'), capabilities], work, myEidAtr);
    await at([noIsoApplet, pkcs15, myEidInfo('040500'), capabilities], work);
  });

  it('reads the change counter of a MyEID card anew in every transaction but the first', async () => {
    const script = [pkcs15, myEidInfo('030300'), ['00ca01a014', `${'00'.repeat(18)}00089000`] as const];
    await at(
      script,
      async (application, exchange) => {
        expect(await application!.readFreshness(exchange)).toBe('0007');
        expect(await application!.readFreshness(exchange)).toBe('0008');
      },
      myEidAtr,
    );
  });

  it('gives a MyEID card before 4.5 a cryptogram of 256 bytes in two halves, and no PSS', async () => {
    const plain = `0002${'ff'.repeat(249)}0068656c6c`;
    const script: Pair[] = [
      pkcs15,
      myEidInfo('030300'),
      ['002241b80a80010081024b01840100', '9000'],
      [`002a80868181${'11'.repeat(128)}`, '9000'],
      [`002a80868182${'22'.repeat(128)}00`, `${plain}9000`],
    ];
    await at(
      script,
      async (application, exchange) => {
        expect(application?.algorithms.rsa).toEqual(['RS256']);
        const cryptogram = fromHex('11'.repeat(128) + '22'.repeat(128));
        const request = { keyReference: 0x4b01, algorithm: 'RSA1_5' as const, cryptogram };
        expect(toHex(await application!.decipher(exchange, request))).toBe('68656c6c');
      },
      myEidAtr,
    );
  });

  it('shows the certificates of a card whose commands it does not know, without PINs and keys', async () => {
    const certificate = '3003020101';
    const entry = '3021300c0c066d7963657274030206403003040145a10c300a300804063f0050153400';
    const pin = '302f300e0c08557365722050494e030206c030030401ffa11830160302028c0a0101020104020110020110800101040100';
    const odf = 'a80a300804063f0050154401a40a300804063f0050154404';
    const script: Pair[] = [
      ...[noIsoApplet, pkcs15, ['00ca01a014', '6d00'] as const],
      ...readTokenInfo,
      ...[select('50155031', 24), ['00b0000018', `${odf}9000`] as const],
      ...[select('50154401', 49), ['00b0000031', `${pin}9000`] as const],
      ...[select('50154404', 35), ['00b0000023', `${entry}9000`] as const],
      ...[select('50153400', 5), ['00b0000005', `${certificate}9000`] as const],
    ];
    await at(script, async (application, exchange) => {
      const contents = await application!.readContents(exchange);
      expect(contents).toMatchObject({ pins: [], certificates: [{ key: undefined, der: fromHex(certificate) }] });
      expect(application?.writer).toBeUndefined();
      const request = { keyReference: 0, algorithm: 'RS256' as const, digest: new Uint8Array(32), length: 256 };
      await expect(application!.sign(exchange, request)).rejects.toMatchObject({
        code: 'ERR_TOKEN_OPERATION_UNSUPPORTED',
      });
    });
  });

  it('leaves a card with an application by that name and nothing readable in it to others', async () => {
    const script: Pair[] = [noIsoApplet, pkcs15, ['00ca01a014', '6d00'], ['00a408000450155032' + '00', '6a82']];
    await at(script, (application) => {
      expect(application).toBeUndefined();
      return Promise.resolve();
    });
  });
});
