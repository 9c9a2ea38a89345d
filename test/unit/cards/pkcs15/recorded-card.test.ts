import { createPublicKey, publicDecrypt, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import type { CardApplication } from '../../../../src/cards/card-application.js';
import { createPkcs15Family } from '../../../../src/cards/pkcs15/pkcs15-family.js';
import { rsaPublicKey } from '../../../../src/cards/public-key.js';
import { concatBytes, fromHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import { scriptedCard, scriptOf } from '../../../support/scripted-channel.js';

/*
 * What a card with IsoApplet's commands answered to OpenSC 0.26 (API version 1), put together into a card that answers
 * us. Each script is a list of our commands; their answers are looked up in the recording.
 */
const recording = readFileSync(
  new URL('../../../fixtures/traces/pkcs15-isoapplet-opensc-0.26.trace', import.meta.url),
  'utf8',
);
const lastAnswers = new Map(scriptOf(recording).map(({ command, answer }) => [command, answer as string]));

const applet = '00a404000cf276a288bcfba69d34f31001';
const select = (path: string): string => `00a408000${path.length / 2}${path}00`;

/** OpenSC selects the applet as a command without Le. */
const answerOf = (command: string): string => {
  const found = lastAnswers.get(command) ?? lastAnswers.get(command.replace(/00$/, ''));
  if (found === undefined) throw new Error(`not recorded: ${command}`);
  return found;
};

async function at(commands: readonly string[], work: (exchange: ApduExchange) => Promise<void>): Promise<void> {
  const card = scriptedCard(
    commands.map((command) => ({ command, answer: answerOf(command) })),
    'T=1',
  );
  await work(createApduExchange(card, { clock: systemClock }));
  card.assertUsedUp();
}

const recognition = [`${applet}00`, '00ca010103', select('50155032'), '00b0000034'];
const contents = [
  ...[select('50155031'), '00b0000000', select('50154401'), '00b0000000'],
  ...[select('50154402'), '00b0000000'],
];

async function recognize(exchange: ApduExchange): Promise<CardApplication> {
  const application = await createPkcs15Family().recognize(exchange, fromHex('3bf81800008131fe45543530302d503135f3'));
  if (application === undefined) throw new Error('not recognized');
  return application;
}

describe('createPkcs15Family() at a recorded card', () => {
  it('recognizes it in four commands, after which freshness costs none', async () => {
    await at(recognition, async (exchange) => {
      const application = await recognize(exchange);
      expect(application).toMatchObject({
        serial: 'pkcs15-20261122001551Z',
        algorithms: { rsa: ['RS256', 'PS256'], 'ec-p256': ['ES256'], 'ec-p384': ['ES384'] },
        freshnessIsComplete: false,
      });
      expect(application.writer?.keySpecs).toEqual(['rsa-2048', 'rsa-4096', 'ec-p256', 'ec-p384']);
      expect(await application.readFreshness(exchange)).toBe('20261122001551Z');
    });
  });

  it('reads each directory with one SELECT and one READ BINARY, and no certificate where there is none', async () => {
    // The last answers to READ BINARY in the recording are not those of the directories: each has its own here.
    const steps = [...recognition, ...contents].map((command) => ({ command, answer: answerOf(command) }));
    const reads = steps.filter(({ command }) => command === '00b0000000');
    const after = (path: string): string => {
      const script = scriptOf(recording);
      const found = script.findLastIndex(({ command }) => command === select(path));
      return script[found + 1]!.answer as string;
    };
    for (const [index, path] of ['50155031', '50154401', '50154402'].entries()) {
      Object.assign(reads[index]!, { answer: after(path) });
    }
    const card = scriptedCard(steps, 'T=1');
    const exchange = createApduExchange(card, { clock: systemClock });
    const application = await recognize(exchange);
    const read = await application.readContents(exchange);
    card.assertUsedUp();
    expect(read).toEqual({
      certificates: [],
      unreadable: [],
      label: 'T500 card',
      pins: [
        {
          reference: 1,
          role: 'authentication',
          format: { minLength: 4, maxLength: 16, characters: 'digits' },
          block: { length: 16, pad: 0 },
          puk: { reference: 2, format: { minLength: 16, maxLength: 16, characters: 'printable' }, readable: false },
        },
      ],
    });
  });

  it('signs as OpenSC did', async () => {
    const script = scriptOf(recording);
    const sign = script.find(({ command }) => command.startsWith('002a9e9a333031'))!;
    const digest = fromHex(sign.command.slice(-66, -2));
    const modulus = script.find(({ command }) => command.startsWith('00d60000ff3082010a'))!.command;
    const rest = script[script.findIndex(({ command }) => command === modulus) + 1]!.command;
    const key = concatBytes(fromHex(modulus.slice(10)), fromHex(rest.slice(10)));
    const steps = ['002241b60a80011181025015840100', sign.command];
    let application: CardApplication | undefined;
    await at(recognition, async (exchange) => {
      application = await recognize(exchange);
    });
    await at(steps, async (exchange) => {
      const request = { keyReference: 0, algorithm: 'RS256' as const, digest, length: 256 };
      const signature = await application!.sign(exchange, request);
      const spki = rsaPublicKey(key.subarray(9, 9 + 256), key.subarray(-3));
      const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
      expect(isPkcs1(publicKey, digest, signature)).toBe(true);
    });
  });
});

/** Whether a signature belongs to a hash whose text nobody knows any more. */
function isPkcs1(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const info = concatBytes(fromHex('3031300d060960864801650304020105000420'), digest);
  return Buffer.compare(publicDecrypt(key, signature), info) === 0;
}
