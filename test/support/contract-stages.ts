import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/core/ports.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import type { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { createTokenRegistry } from '../../src/tokens/token-registry.js';
import { canSign, type SigningToken } from '../../src/tokens/token.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import type { ReaderTransport } from '../../src/transport/card-channel.js';
import { describeToken, type TokenSubject } from '../contract/token.contract.js';
import { allFamilies, contractCardKinds, useAsAnother, type ContractCardKind } from './contract-cards.js';
import { memoryRetryCounters, recordingHistory } from './recording-history.js';
import { readerWhere } from './reader-bench.js';
import { recordingLogger } from './recording-logger.js';

/** Virtual readers and one way to reach them, which all tests of a file share. */
export interface ContractStage {
  readonly hardware: VirtualHardware;
  readonly transport: ReaderTransport;
  /** Used in turn. */
  readonly readers: readonly string[];
}

/** Runs the contract over every kind of card, each new for each test. */
export function describeAllCards(
  stageName: string,
  open: () => Promise<ContractStage>,
  kinds: readonly ContractCardKind[] = contractCardKinds,
): void {
  let opened: Promise<ContractStage> | undefined;
  for (const kind of kinds) {
    describeToken(`${kind.name}, ${stageName},`, async () => insertSubject(await (opened ??= open()), kind));
  }
}

let inserted = 0;

/** A card in a reader, and the token that the product makes of it. */
export interface InsertedSubject {
  readonly token: SigningToken;
  readonly reader: string;
  close(): Promise<void>;
}

/** Puts a card into the next reader and waits until it is ready. */
export async function insertFor(stage: ContractStage, card: VirtualCard): Promise<InsertedSubject> {
  const { hardware, transport, readers } = stage;
  const reader = readers[inserted % readers.length] ?? '';
  // pcscd looks for its cards now and then, and would overlook one that is back before it has looked.
  await readerWhere(transport, reader, ({ card }) => card === 'absent');
  const history = recordingHistory();
  const logger = recordingLogger();
  const memory = memoryRetryCounters();
  const driver = createNativeDriver({
    families: allFamilies(),
    parseCertificate,
    history,
    memory,
    clock: systemClock,
    logger,
  });
  const cardName = `card ${(inserted += 1)}`;
  hardware.addCard(cardName, card);
  hardware.insert(reader, cardName);
  const registry = createTokenRegistry({ transport, drivers: [driver], history, logger, retryDelaysMs: [20] });
  const isReady = () => registry.entries.find((entry) => entry.reader === reader && entry.state === 'ready');
  for (let waited = 0; isReady() === undefined; waited += 5) {
    if (waited > 10_000) throw new Error(`card never ready: ${JSON.stringify(registry.entries)}`);
    await delay(5);
  }
  const token = isReady()?.token;
  if (token === undefined || !canSign(token)) throw new Error('no signing token');
  return {
    token,
    reader,
    async close() {
      await registry.close();
      hardware.remove(reader);
    },
  };
}

async function insertSubject(stage: ContractStage, kind: ContractCardKind): Promise<TokenSubject> {
  const subject = kind.create();
  const { card, managementKey, newKeys } = subject;
  const held = await insertFor(stage, card);
  const { token, reader } = held;
  return {
    token,
    pin: (reference) => subject.pin(reference),
    puk: (reference) => subject.puk(reference),
    attempts: (reference) => subject.attempts(reference),
    ...(managementKey === undefined ? {} : { managementKey }),
    ...(newKeys === undefined ? {} : { newKeys }),
    async foreignWrongTry(reference) {
      const wrong = '9'.repeat(subject.pin(reference).length);
      await useAsAnother(card, subject.verifyCommands(reference, wrong));
    },
    foreignVerify: (reference) => useAsAnother(card, subject.verifyCommands(reference, subject.pin(reference))),
    pull: () => void stage.hardware.remove(reader),
    close: () => held.close(),
  };
}
