import { MiddlewareError } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/ports.js';
import { Secret } from '../../src/core/secret.js';
import type { RetryCounterMemory } from '../../src/model/retry-counter-memory.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import type { TracedExchange } from '../../src/sandbox/virtual-card/apdu-trace.js';
import type { Personalization } from '../../src/sandbox/virtual-card/personalize.js';
import type { VirtualIdPrimeCardOptions } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import type { VirtualReader } from '../../src/sandbox/hardware/virtual-reader.js';
import { createIdPrimeFamily } from '../../src/cards/idprime/idprime-family.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { createTokenRegistry, type TokenEntry, type TokenRegistry } from '../../src/tokens/token-registry.js';
import { canSign, type PinEntry, type SigningToken, type TokenKey } from '../../src/tokens/token.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import type { ReaderTransport } from '../../src/transport/card-channel.js';
import { toHex } from '../../src/core/bytes.js';
import { memoryRetryCounters, recordingHistory, type RecordingHistory } from './recording-history.js';
import { recordingLogger, type RecordingLogger } from './recording-logger.js';
import { fixtureCard, type FixtureCard } from './virtual-card-fixture.js';

/** A PIN as a prompt would deliver it. */
export const secretOf = (text: string): Secret => Secret.moveFrom(new Uint8Array(Buffer.from(text, 'latin1')));

/** Whether a secret has been wiped. */
export const isWiped = (entry: PinEntry): boolean =>
  entry !== 'pin-pad' && entry.use((bytes) => bytes.every((byte) => byte === 0));

export interface TokenBench {
  readonly hardware: VirtualHardware;
  readonly transport: ReaderTransport;
  readonly registry: TokenRegistry;
  readonly history: RecordingHistory;
  readonly memory: RetryCounterMemory;
  readonly logger: RecordingLogger;
  /** A reader with a new card in it; its commands are traced without PINs, in hexadecimal. */
  insertNew(
    reader: string,
    overrides?: Partial<Personalization>,
    options?: Partial<VirtualIdPrimeCardOptions>,
  ): InsertedCard;
  /** The entry of a reader as soon as it is as wanted. */
  entry(reader: string, wanted: (entry: TokenEntry) => boolean): Promise<TokenEntry>;
  /** The token in a reader as soon as it is ready. */
  token(reader: string): Promise<SigningToken>;
  close(): Promise<void>;
}

export interface InsertedCard extends FixtureCard {
  readonly reader: VirtualReader;
  /** Commands that reached the card, as `command:statusWord`. */
  readonly trace: string[];
  readonly cardName: string;
}

/** Registry, driver and simulator over virtual hardware. */
export async function createTokenBench({
  memory = memoryRetryCounters(),
  programs = () => [],
}: { memory?: RetryCounterMemory; programs?: () => readonly string[] } = {}): Promise<TokenBench> {
  const hardware = new VirtualHardware();
  const transport = createSimulatorTransport(hardware);
  const history = recordingHistory();
  const logger = recordingLogger();
  await transport.start();
  const driver = createNativeDriver({
    families: [createIdPrimeFamily()],
    parseCertificate,
    history,
    memory,
    clock: systemClock,
    logger,
    programs,
  });
  const registry = createTokenRegistry({ transport, drivers: [driver], history, logger, retryDelaysMs: [20] });
  const entry = (reader: string, wanted: (entry: TokenEntry) => boolean): Promise<TokenEntry> =>
    waitForEntry(registry, reader, wanted);
  return {
    hardware,
    transport,
    registry,
    history,
    memory,
    logger,
    insertNew(readerName, overrides = {}, options = {}) {
      const trace: string[] = [];
      const onExchange = ({ command, response }: TracedExchange): void =>
        void trace.push(`${toHex(command)}:${toHex(response.slice(-2))}`);
      const fixture = fixtureCard(overrides, { trace: onExchange, ...options });
      const known = hardware.readers.find(({ name }) => name === readerName);
      const reader = known ?? hardware.addReader(readerName);
      const cardName = `card ${hardware.state().cards.length}`;
      hardware.addCard(cardName, fixture.card);
      hardware.insert(readerName, cardName);
      return { ...fixture, reader, trace, cardName };
    },
    entry,
    async token(reader) {
      const { token } = await entry(reader, ({ state }) => state === 'ready');
      if (token === undefined || !canSign(token)) throw new Error('no signing token');
      return token;
    },
    async close() {
      await registry.close();
      await transport.close();
    },
  };
}

function waitForEntry(
  registry: TokenRegistry,
  reader: string,
  wanted: (entry: TokenEntry) => boolean,
): Promise<TokenEntry> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      const found = registry.entries.find((entry) => entry.reader === reader);
      if (found === undefined || !wanted(found)) return false;
      stop();
      clearTimeout(timer);
      resolve(found);
      return true;
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`reader never came to the wanted state: ${JSON.stringify(registry.entries)}`));
    }, 5000);
    let stop = (): void => undefined;
    if (look()) return;
    stop = registry.subscribe(look);
  });
}

/** The key of a token that signs with this algorithm. */
export async function keyFor(token: SigningToken, algorithm: TokenKey['algorithms'][number]): Promise<TokenKey> {
  const certificates = await token.certificates();
  const key = certificates.find((entry) => entry.key?.algorithms.includes(algorithm))?.key;
  if (key === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'no such key on the test card');
  return key;
}
