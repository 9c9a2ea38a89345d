import { createApduExchange } from '../../../src/cards/apdu-exchange.js';
import { readSerial } from '../../../src/cards/idprime/contents.js';
import { readRetryCounter, unblockPin, verifyPin } from '../../../src/cards/pin-commands.js';
import { generatedPublicKey } from '../../../src/cards/public-key.js';
import { removePadding } from '../../../src/cards/rsa-decoding.js';
import type { CardPin } from '../../../src/cards/card-application.js';
import { systemClock } from '../../../src/core/ports.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { createPinCare } from '../../../src/operations/pin-care.js';
import { assertSuccess } from '../../../src/transport/pcsc/pcsc-errors.js';
import { createReaderGate } from '../../../src/transport/reader-gate.js';
import { createSimulatorTransport } from '../../../src/transport/simulator/simulator-transport.js';
import { scriptedCard, type ScriptStep } from '../scripted-channel.js';
import { createTokenBench, secretOf, type TokenBench } from '../token-bench.js';
import { atDownload, downloadOf } from './download-scene.js';
import type { Provocations } from './provocation.js';

const reader = 'TEST Reader';
const signal = new AbortController().signal;

const cardThatAnswers = (...steps: readonly ScriptStep[]) =>
  createApduExchange(scriptedCard(steps), { clock: systemClock });
const format = { minLength: 4, maxLength: 16, characters: 'digits' } as const;
const pin: CardPin = { reference: 0x11, role: 'authentication', format, block: { length: undefined, pad: 0 } };

/** Connects to what is in a virtual reader. */
async function connect(atr?: Uint8Array): Promise<void> {
  const hardware = new VirtualHardware();
  hardware.addReader(reader);
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  if (atr !== undefined) {
    const silent = { response: new Uint8Array(), keyOperations: 0 };
    hardware.addCard('card', {
      atr,
      protocol: 'T=0',
      process: () => silent,
      transmit: () => Promise.resolve(silent.response),
      reset: () => undefined,
      powerOff: () => undefined,
    });
    hardware.insert(reader, 'card');
  }
  try {
    await transport.connect(reader);
  } finally {
    await transport.close();
  }
}

async function withBench(work: (bench: TokenBench) => Promise<unknown>): Promise<void> {
  const bench = await createTokenBench();
  try {
    await work(bench);
  } finally {
    await bench.close();
  }
}
const careOf = (bench: TokenBench) => createPinCare({ tokens: bench.registry, history: bench.history });

export const cardProvocations: Provocations<'CARD' | 'TOKEN'> = {
  ERR_CARD_ABSENT: () => connect(),
  ERR_CARD_REMOVED: () => assertSuccess(0x80100069, 'SCardTransmit', reader),
  ERR_CARD_MUTE: () => connect(new Uint8Array()),
  ERR_CARD_UNRESPONSIVE: async () => {
    const gate = createReaderGate(reader, () => undefined);
    gate.setUnresponsive(true);
    await gate.enter({ ms: 1000 });
  },
  ERR_CARD_BUSY: async () => {
    const gate = createReaderGate(reader, () => undefined);
    await gate.enter({ ms: 1000 });
    await gate.enter({ ms: 1 });
  },
  ERR_CARD_UNKNOWN: () =>
    withBench(async (bench) => {
      bench.hardware.addReader(reader);
      bench.hardware.addCard('other', {
        atr: Uint8Array.of(0x3b, 0x00),
        protocol: 'T=0',
        process: () => ({ response: Uint8Array.of(0x6d, 0x00), keyOperations: 0 }),
        transmit: () => Promise.resolve(Uint8Array.of(0x6d, 0x00)),
        reset: () => undefined,
        powerOff: () => undefined,
      });
      bench.hardware.insert(reader, 'other');
      await bench.entry(reader, ({ state }) => state === 'unknown');
      await careOf(bench).prepare('verify', {}, signal);
    }),
  ERR_CARD_RESPONSE: () => generatedPublicKey(Uint8Array.of(0x7f, 0x49, 0x00), 'rsa-2048'),
  ERR_CARD_STATUS: () => readRetryCounter(cardThatAnswers({ command: '0020001100', answer: '6a88' }), pin),
  ERR_CARD_FILE_NOT_FOUND: () => readSerial(cardThatAnswers({ command: '00a40800020201', answer: '6a82' })),
  ERR_CARD_SECURITY_STATUS: () =>
    verifyPin(cardThatAnswers({ command: '002000110431323334', answer: '6982' }), pin, secretOf('1234')),
  ERR_CARD_FULL: downloadOf('IDPrime 840', { capacity: 'full' }, 'rsa-2048'),
  ERR_CARD_READ_ONLY: downloadOf('IDPrime 840', { writing: 'never' }, 'rsa-2048'),
  ERR_CARD_NO_CONTAINER: downloadOf('IDPrime 840', { containers: 1 }, 'rsa-2048'),
  ERR_CARD_MANAGEMENT_KEY: () =>
    atDownload('PIV', { managementKey: new Uint8Array(24).fill(0x17) }, async (stage) => {
      const prepared = await stage.begin({ askManagementKey: true });
      await stage.run(prepared, undefined, { managementKey: '00'.repeat(24) });
    }),
  ERR_TOKEN_NOT_FOUND: () =>
    withBench(async (bench) => {
      bench.insertNew(reader);
      await bench.token(reader);
      await careOf(bench).prepare('verify', { card: 'Nowhere' }, signal);
    }),
  ERR_TOKEN_AMBIGUOUS: () =>
    withBench(async (bench) => {
      bench.insertNew(reader);
      bench.insertNew('TEST Reader 2', { serial: Buffer.from('ABCDEF0123456789ABCDEF0123456789', 'hex') });
      await Promise.all([bench.token(reader), bench.token('TEST Reader 2')]);
      await careOf(bench).prepare('verify', {}, signal);
    }),
  ERR_TOKEN_KEY_NOT_FOUND: () =>
    withBench(async (bench) => {
      bench.insertNew(reader);
      await bench.token(reader);
      await careOf(bench).prepare('verify', { reference: 0x12 }, signal);
    }),
  ERR_TOKEN_ALGORITHM_UNSUPPORTED: downloadOf('IDPrime 940', {}, 'rsa-4096'),
  ERR_TOKEN_OPERATION_UNSUPPORTED: () => unblockPin(cardThatAnswers(), pin, secretOf('12345678'), secretOf('1234')),
  ERR_TOKEN_CRYPTOGRAM: () => removePadding('RSA1_5', new Uint8Array(256)),
};
