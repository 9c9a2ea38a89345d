import { createApduExchange, type ApduExchange } from '../cards/apdu-exchange.js';
import type { ApduTrace } from '../cards/apdu-trace.js';
import type { CardApplication, CardContents, CardPin } from '../cards/card-application.js';
import { readRetryCounters } from '../cards/pin-commands.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardChannel, CardTransmitter } from '../transport/card-channel.js';
import { takesExtended, type ReaderFeatures } from '../transport/reader-features.js';
import { createCardQueue } from './card-queue.js';
import { describeCertificates, describeToken, sameCertificates } from './describe-card.js';
import { oneOfAll } from './sign-all.js';
import { createWatching } from './watching.js';
import { decipherJob, pinJobs, signJob, type JobContext } from './pin-jobs.js';
import type { PinJob, PinJobResult } from './pin-job.js';
import { createPinTransactions } from './pin-transaction.js';
import type { PinTryRecord } from './pin-try-record.js';
import type {
  DecipheringToken,
  PinToken,
  SigningToken,
  TokenCertificate,
  WatchedToken,
  WritableToken,
} from './token.js';
import { createWriting } from './writing.js';
import { wiping } from './wipe-codes.js';

/** What a token knows of its card when it begins. */
export interface KnownCard {
  readonly application: CardApplication;
  readonly freshness: string | undefined;
  readonly contents: CardContents;
  /** The contents as {@link describeCertificates} gives them. */
  readonly certificates: readonly TokenCertificate[];
}

/** What {@link createCardToken} needs. */
export interface CardTokenOptions {
  readonly id: string;
  readonly channel: CardChannel;
  readonly card: KnownCard;
  readonly retryCounters: readonly RetryCounter[];
  /** Of the reader that the card is in. */
  readonly features: ReaderFeatures;
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly record: PinTryRecord;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked before each transaction, so that a trace may begin and end while the card is in. */
  readonly trace: () => ApduTrace | undefined;
  isInserted(): boolean;
  onRetryCounters(counters: readonly RetryCounter[]): void;
  /** New contents were read because the card told that they had changed, or because we changed them. */
  onContents(freshness: string | undefined, contents: CardContents, certificates: readonly TokenCertificate[]): void;
}

/** All that a card that we drive ourselves can do; what one cannot, its members leave out. */
export type CardToken = SigningToken &
  DecipheringToken &
  PinToken &
  WatchedToken &
  Partial<Pick<WritableToken, WritingMember>>;
type WritingMember = 'writing' | 'room' | 'write';

/** Reading is repeated when another program resets the card in the middle of it; a VERIFY never is. */
const MAX_READINGS = 3;

/** A token over a card application: one card in one reader, its operations one after the other. */
export function createCardToken(options: CardTokenOptions): CardToken {
  const { channel, clock, record, trace } = options;
  const { application } = options.card;
  const queue = createCardQueue();
  let { freshness, contents, certificates: held } = options.card;
  let counters = options.retryCounters;
  let closed = false;

  const isInserted = (): boolean => !closed && options.isInserted();
  const requireInserted = (): void => {
    if (!isInserted()) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');
  };
  const learn = (news: readonly RetryCounter[]): void => {
    const others = counters.filter((old) => !news.some(({ reference }) => reference === old.reference));
    counters = [...others, ...news].sort((a, b) => a.reference - b.reference);
    options.onRetryCounters(counters);
  };
  const readerTakesExtended = takesExtended(options.features);
  const withPin = createPinTransactions({
    channel,
    application,
    clock,
    record,
    trace,
    logger: options.logger,
    readerTakesExtended,
    isInserted,
    onCounter: (counter) => learn([counter]),
  });

  const newExchange = (card: CardTransmitter, signal: AbortSignal | undefined): ApduExchange =>
    createApduExchange(card, { clock, signal, trace: trace(), readerTakesExtended });
  const transact = <T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
    channel.transaction(
      async (card) => {
        const exchange = newExchange(card, signal);
        await application.select(exchange);
        return await work(exchange);
      },
      { signal, endWith: 'leave' },
    );
  const read = <T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
    queue.run(() => {
      requireInserted();
      return repeatOverResets(() => transact(work, signal));
    }, signal);

  /** `force`: reads the contents whatever the freshness says. True when they are not what they were. */
  const refresh = async (exchange: ApduExchange, force = false): Promise<boolean> => {
    // What is read anyhow is read first: freshness may cost nothing then.
    const news = force ? await application.readContents(exchange) : undefined;
    const now = await application.readFreshness(exchange);
    const fresh = now !== undefined && now === freshness;
    if (fresh && !force) return false;
    const before = held;
    contents = news ?? (await application.readContents(exchange));
    freshness = now;
    held = describeCertificates(contents, { ...options, reader: channel.reader, application });
    options.onContents(freshness, contents, held);
    return (!fresh && now !== undefined) || !sameCertificates(before, held);
  };

  const runJob = async <T>(job: PinJob<T>): Promise<PinJobResult<T>> =>
    queue.run(() => {
      requireInserted();
      return withPin(job);
    }, job.use.signal);

  const signAll: SigningToken['verifyAndSignAll'] = (request) =>
    wiping([request.pin], async () => {
      const { value, cost } = await runJob(signJob(jobs, request));
      return { signatures: value, cost };
    });

  const jobs: JobContext = { application, features: options.features, findPin, certificates: () => held };

  return {
    get info() {
      return describeToken({ ...options, application, reader: channel.reader }, contents, held);
    },

    async certificates(signal) {
      const changed = await read((exchange) => refresh(exchange), signal);
      if (changed) await record.used('contents');
      return held;
    },

    async retryCounters(signal) {
      const found = await read((exchange) => readRetryCounters(exchange, contents.pins), signal);
      await record.observed(found);
      learn(found);
      return found;
    },

    async pukCounters(signal) {
      const readable = contents.pins.flatMap(({ puk }) => (puk?.readable === true ? [puk] : []));
      if (readable.length === 0) return [];
      const found = await read((exchange) => readRetryCounters(exchange, readable), signal);
      await record.observed(found);
      return found;
    },

    verifyAndSign: (request) => oneOfAll(request, signAll),
    verifyAndSignAll: signAll,

    async verifyAndDecipher(request) {
      return await wiping([request.pin], async () => {
        const { value, cost } = await runJob(decipherJob(jobs, request));
        return { plaintext: value, cost };
      });
    },

    verifyPin: (request) => wiping([request.pin], () => runJob(pinJobs.verify(jobs, request))),
    changePin: (request) => wiping([request.current, request.next], () => runJob(pinJobs.change(jobs, request))),
    unblockPin: (request) => wiping([request.puk, request.next], () => runJob(pinJobs.unblock(jobs, request))),

    ...(application.writer === undefined
      ? {}
      : createWriting({
          writer: application.writer,
          runJob,
          jobs,
          info: describeToken({ ...options, application, reader: channel.reader }, contents, held),
          read,
          refresh: async (exchange) => {
            await refresh(exchange, true);
          },
          distrust: () => {
            if (freshness === undefined) return;
            freshness = undefined;
            options.onContents(freshness, contents, held);
          },
        })),

    ...createWatching({
      channel,
      application,
      queue,
      record,
      clock,
      requireInserted,
      read,
      refresh,
      pins: () => contents.pins,
      counters: () => counters,
      learn,
      newExchange,
    }),

    async close() {
      closed = true;
      await channel.close();
    },
  };

  function findPin(reference: number): CardPin {
    const pin = contents.pins.find((candidate) => candidate.reference === reference);
    if (pin === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such PIN');
    return pin;
  }
}

/** Runs a reading transaction again when another program has reset the card in the middle of it. */
export async function repeatOverResets<T>(work: () => Promise<T>): Promise<T> {
  for (let reading = 1; ; reading += 1) {
    try {
      return await work();
    } catch (error) {
      if (reading === MAX_READINGS || !isMiddlewareError(error, 'ERR_PCSC_CARD_RESET')) throw error;
    }
  }
}
