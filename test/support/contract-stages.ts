import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/core/ports.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import type { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { createTokenRegistry } from '../../src/tokens/token-registry.js';
import { canSign } from '../../src/tokens/token.js';
import type { ReaderTransport } from '../../src/transport/card-channel.js';
import { describeToken, type TokenSubject } from '../contract/token.contract.js';
import { allFamilies, contractCardKinds, useAsAnother, type ContractCardKind } from './contract-cards.js';
import { memoryRetryCounters, recordingHistory } from './recording-history.js';
import { recordingLogger } from './recording-logger.js';

/** Virtual readers and one way to reach them, which all tests of a file share. */
export interface ContractStage {
  readonly hardware: VirtualHardware;
  readonly transport: ReaderTransport;
  /** Used in turn. */
  readonly readers: readonly string[];
  /** Longer than the service needs to notice that a card is gone; 0 where it notices at once. */
  readonly removalMs: number;
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
const emptied = new Map<string, number>();

async function insertSubject(stage: ContractStage, kind: ContractCardKind): Promise<TokenSubject> {
  const { hardware, transport, readers } = stage;
  const reader = readers[inserted % readers.length] ?? '';
  await delay(Math.max(0, (emptied.get(reader) ?? 0) + stage.removalMs - performance.now()));
  const subject = kind.create();
  const { card, managementKey } = subject;
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
    pin: (reference) => subject.pin(reference),
    puk: (reference) => subject.puk(reference),
    attempts: (reference) => subject.attempts(reference),
    ...(managementKey === undefined ? {} : { managementKey }),
    async foreignWrongTry(reference) {
      const wrong = '9'.repeat(subject.pin(reference).length);
      await useAsAnother(card, subject.verifyCommands(reference, wrong));
    },
    foreignVerify: (reference) => useAsAnother(card, subject.verifyCommands(reference, subject.pin(reference))),
    pull: () => void hardware.remove(reader),
    async close() {
      await registry.close();
      hardware.remove(reader);
      emptied.set(reader, performance.now());
    },
  };
}
