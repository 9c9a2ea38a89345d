import { createApduExchange } from '../cards/apdu-exchange.js';
import { readContents, readFreshness, readSerial, type CardContents } from '../cards/idprime/contents.js';
import { selectApplet } from '../cards/idprime/file-access.js';
import { productHint } from '../cards/idprime/products.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { History } from '../model/history.js';
import type { PinFormat, RetryCounter } from '../model/pin.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import type { CardChannel } from '../transport/card-channel.js';
import type { CardDriver, RecognitionContext, RecognizedToken } from './card-driver.js';
import {
  createIdPrimeToken,
  describeCertificates,
  readRetryCounters,
  repeatOverResets,
  type IdPrimeCard,
} from './idprime-token.js';
import { createPinTryRecord } from './pin-try-record.js';

/** What {@link createIdPrimeDriver} needs. */
export interface IdPrimeDriverOptions {
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly history: History;
  readonly memory: RetryCounterMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How PINs on these cards are spelt; default {@link defaultPinFormat}. */
  readonly pinFormat?: PinFormat;
}

/** The card takes any ASCII from 4 to 16 characters; those that people carry have PINs of digits. */
export const defaultPinFormat: PinFormat = { minLength: 4, maxLength: 16, characters: 'digits' };

/** Cards that the driver remembers after they were pulled. */
const CACHE_SIZE = 32;

/** A driver for Thales IDPrime cards; it remembers the contents of cards that it has seen, until they change. */
export function createIdPrimeDriver(options: IdPrimeDriverOptions): CardDriver {
  const cache = createContentsCache();
  return {
    family: 'idprime',
    async recognize(channel, context) {
      const read = (): Promise<CardReading | undefined> => readCard(channel, context.signal, options.clock, cache);
      const found = await repeatOverResets(read);
      return found === undefined ? undefined : introduce(channel, context, found, options, cache);
    },
  };
}

interface CardReading {
  readonly card: Omit<IdPrimeCard, 'certificates'>;
  readonly retryCounters: readonly RetryCounter[];
}

/** One transaction; `undefined` for a card of another family. Whether it is one is SELECT's to say, never the ATR's. */
async function readCard(
  channel: CardChannel,
  signal: AbortSignal,
  clock: Clock,
  cache: ContentsCache,
): Promise<CardReading | undefined> {
  const { name: product, keys } = productHint(channel.atr);
  return channel.transaction(
    async (transmitter) => {
      const exchange = createApduExchange(transmitter, { clock, signal });
      if (!(await selectApplet(exchange))) return undefined;
      const serial = await readSerial(exchange);
      const freshness = await readFreshness(exchange);
      const contents = cache.find(serial, freshness) ?? (await readContents(exchange, keys));
      const retryCounters = await readRetryCounters(exchange, contents.pins);
      return { card: { product, keys, serial, freshness, contents }, retryCounters };
    },
    { signal },
  );
}

async function introduce(
  channel: CardChannel,
  context: RecognitionContext,
  { card, retryCounters }: CardReading,
  options: IdPrimeDriverOptions,
  cache: ContentsCache,
): Promise<RecognizedToken> {
  const { history, memory, clock, logger, parseCertificate, pinFormat = defaultPinFormat } = options;
  const id = `card:${card.serial}`;
  cache.keep(card.serial, card.freshness, card.contents);
  const record = createPinTryRecord({ token: id, history, memory });
  await record.observed(retryCounters);
  const certificates = describeCertificates(card.contents, channel.reader, options);
  const token = createIdPrimeToken({
    id,
    channel,
    card: { ...card, certificates },
    pinFormat,
    parseCertificate,
    record,
    clock,
    logger,
    isInserted: () => context.isInserted(),
    onRetryCounters: (counters) => context.onRetryCounters(counters),
    onContents: (freshness, contents) => cache.keep(card.serial, freshness, contents),
  });
  return { token, certificates, retryCounters };
}

interface ContentsCache {
  find(serial: string, freshness: string | undefined): CardContents | undefined;
  keep(serial: string, freshness: string | undefined, contents: CardContents): void;
}

function createContentsCache(): ContentsCache {
  const seen = new Map<string, { freshness: string; contents: CardContents }>();
  return {
    find(serial, freshness) {
      const entry = seen.get(serial);
      return entry !== undefined && entry.freshness === freshness ? entry.contents : undefined;
    },
    keep(serial, freshness, contents) {
      seen.delete(serial);
      if (freshness === undefined) return;
      seen.set(serial, { freshness, contents });
      const oldest = seen.keys().next();
      if (seen.size > CACHE_SIZE && oldest.done !== true) seen.delete(oldest.value);
    },
  };
}
