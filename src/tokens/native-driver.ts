import { createApduExchange, type ApduExchange } from '../cards/apdu-exchange.js';
import type { ApduTrace } from '../cards/apdu-trace.js';
import type { CardApplication, CardContents, CardFamily } from '../cards/card-application.js';
import { readRetryCounters } from '../cards/pin-commands.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { History } from '../model/history.js';
import type { RetryCounter } from '../model/pin.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import type { CardChannel } from '../transport/card-channel.js';
import { readerFeatures, takesExtended, type ReaderFeatures } from '../transport/reader-features.js';
import type { CardDriver, RecognitionContext, RecognizedToken } from './card-driver.js';
import { createCardToken, repeatOverResets } from './card-token.js';
import { describeCertificates } from './describe-card.js';
import { createPinTryRecord } from './pin-try-record.js';

/** What {@link createNativeDriver} needs. */
export interface NativeDriverOptions {
  /** Asked in this order, those that the answer to reset hints at before the others. */
  readonly families: readonly CardFamily[];
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly history: History;
  readonly memory: RetryCounterMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who wants to see the commands to the card in a reader, if anybody does. */
  readonly traceOf?: (reader: string) => ApduTrace | undefined;
  /** Names of the programs that used cards lately, where the system tells. */
  readonly programs?: () => readonly string[];
}

/** Cards that the driver remembers after they were pulled. */
const CACHE_SIZE = 32;

/** A driver for the cards that we speak to ourselves; it remembers the contents of those that it has seen. */
export function createNativeDriver(options: NativeDriverOptions): CardDriver {
  const cache = createContentsCache();
  return {
    async recognize(channel, context) {
      const found = await repeatOverResets(() => readCard(channel, context.signal, options, cache));
      return found === undefined ? undefined : introduce(channel, context, found, options, cache);
    },
  };
}

interface CardReading {
  readonly application: CardApplication;
  readonly freshness: string | undefined;
  readonly contents: CardContents;
  readonly retryCounters: readonly RetryCounter[];
  readonly features: ReaderFeatures;
}

/** One transaction; `undefined` for a card of no known family. */
async function readCard(
  channel: CardChannel,
  signal: AbortSignal,
  { families, clock, traceOf }: NativeDriverOptions,
  cache: ContentsCache,
): Promise<CardReading | undefined> {
  return channel.transaction(
    async (card) => {
      const features = await readerFeatures(channel, card);
      const readerTakesExtended = takesExtended(features);
      const exchange = createApduExchange(card, {
        clock,
        signal,
        trace: traceOf?.(channel.reader),
        readerTakesExtended,
      });
      const application = await recognize(exchange, channel.atr, families);
      if (application === undefined) return undefined;
      const known = await readOrRecall(exchange, application, cache);
      const retryCounters = await readRetryCounters(exchange, known.contents.pins);
      return { application, ...known, retryCounters, features };
    },
    { signal },
  );
}

/** Freshness may cost nothing after the contents; before them it is worth asking only of a card that we remember. */
async function readOrRecall(
  exchange: ApduExchange,
  application: CardApplication,
  cache: ContentsCache,
): Promise<Pick<CardReading, 'freshness' | 'contents'>> {
  if (!cache.knows(application.serial)) {
    const contents = await application.readContents(exchange);
    return { freshness: await application.readFreshness(exchange), contents };
  }
  const freshness = await application.readFreshness(exchange);
  const remembered = cache.find(application.serial, freshness);
  return { freshness, contents: remembered ?? (await application.readContents(exchange)) };
}

async function recognize(
  exchange: ApduExchange,
  atr: Uint8Array,
  families: readonly CardFamily[],
): Promise<CardApplication | undefined> {
  const hinted = families.filter((family) => family.hints(atr));
  for (const family of [...hinted, ...families.filter((other) => !hinted.includes(other))]) {
    const application = await family.recognize(exchange, atr);
    if (application !== undefined) return application;
  }
  return undefined;
}

async function introduce(
  channel: CardChannel,
  context: RecognitionContext,
  { application, freshness, contents, retryCounters, features }: CardReading,
  options: NativeDriverOptions,
  cache: ContentsCache,
): Promise<RecognizedToken> {
  const { history, memory, clock, logger, parseCertificate, traceOf, programs } = options;
  const { serial } = application;
  const id = `card:${serial}`;
  cache.keep(serial, freshness, contents);
  const record = createPinTryRecord({ token: id, history, memory, programs });
  await record.observed(retryCounters);
  const certificates = describeCertificates(contents, {
    reader: channel.reader,
    application,
    parseCertificate,
    logger,
  });
  const token = createCardToken({
    id,
    channel,
    card: { application, freshness, contents, certificates },
    retryCounters,
    features,
    parseCertificate,
    record,
    clock,
    logger,
    trace: () => traceOf?.(channel.reader),
    isInserted: () => context.isInserted(),
    onRetryCounters: (counters) => context.onRetryCounters(counters),
    onContents: (fresh, news, held) => {
      cache.keep(serial, fresh, news);
      context.onCertificates(held);
    },
  });
  return { token, certificates, retryCounters };
}

interface ContentsCache {
  knows(serial: string): boolean;
  find(serial: string, freshness: string | undefined): CardContents | undefined;
  keep(serial: string, freshness: string | undefined, contents: CardContents): void;
}

function createContentsCache(): ContentsCache {
  const seen = new Map<string, { freshness: string; contents: CardContents }>();
  return {
    knows: (serial) => seen.has(serial),
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
