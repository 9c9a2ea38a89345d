/*
 * Runs inside scripts/isolated-pcscd with the driver of native-fixtures/pin-pad-reader: takes PINs on its keypad over
 * the real pcscd, and prints what came of each as one line of JSON.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CardPin } from '../../src/cards/card-application.js';
import { changeOnPinPad, verifyOnPinPad } from '../../src/cards/pin-pad.js';
import { fromHex, toHex } from '../../src/core/bytes.js';
import { isMiddlewareError } from '../../src/core/errors.js';
import type { CardChannel, CardTransmitter } from '../../src/transport/card-channel.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { readerFeatures, type ReaderFeatures } from '../../src/transport/reader-features.js';
import { readerWhere } from './reader-bench.js';

const folder = process.env['KORT_PAD_FOLDER'] ?? '';
const reader = 'Virtual PCD 0 00 00';
const pin: CardPin = {
  reference: 0x11,
  role: 'authentication',
  format: { minLength: 4, maxLength: 16, characters: 'digits' },
  block: { length: 16, pad: 0x00 },
};
const transport = createPcscTransport();

const type = (keys: string): void => writeFileSync(join(folder, 'keys'), keys);
async function insert(): Promise<CardChannel> {
  writeFileSync(join(folder, 'card'), '');
  await readerWhere(transport, reader, ({ card }) => card === 'present');
  return transport.connect(reader);
}
async function pull(): Promise<void> {
  rmSync(join(folder, 'card'));
  await readerWhere(transport, reader, ({ card }) => card === 'absent');
}
const counter = async (card: CardTransmitter): Promise<string> => toHex(await card.transmit(fromHex('0020001100')));

type Work = (card: CardTransmitter, features: ReaderFeatures) => Promise<void>;
const verify: Work = (card, features) => verifyOnPinPad(card, features, pin, { language: 'sv' });
const change: Work = (card, features) => changeOnPinPad(card, features, pin, { language: 'sv' });

async function report(what: string, work: Work): Promise<void> {
  const result = await channel
    .transaction(
      async (card) => {
        await work(card, await readerFeatures(channel, card));
        return await counter(card);
      },
      { endWith: 'reset' },
    )
    .catch((error: unknown) => (isMiddlewareError(error) ? error.code : String(error)));
  const after = await channel.transaction(counter).catch(() => 'gone');
  process.stdout.write(`${JSON.stringify({ what, result, after })}\n`);
}

await transport.start();
const channel = await insert();
const features = await channel.transaction((card) => readerFeatures(channel, card));
process.stdout.write(`${JSON.stringify(features)}\n`);
for (const keys of ['1234', '9999', 'cancel', 'timeout', 'garbage', '1234']) {
  type(keys);
  await report(keys, verify);
}
for (const keys of ['1234 567890 567891', '1234 567890 567890']) {
  type(keys);
  await report(keys, change);
}
type('567890');
await report('567890', verify);
await report('structure', (card, found) =>
  verifyOnPinPad(card, found, { ...pin, reference: 0x12 }, { language: 'sv' }),
);
let pulled: Promise<void> = Promise.resolve();
await report('pulled', (card, found) => {
  setTimeout(() => {
    pulled = pull();
  }, 100);
  return verify(card, found);
});
await pulled;
process.exitCode = (await transport.close()) ? 0 : 1;
