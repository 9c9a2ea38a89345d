import { createApduExchange, type ApduExchange } from '../cards/apdu-exchange.js';
import type { ApduTrace } from '../cards/apdu-trace.js';
import type { CardApplication, CardContents, CardPin } from '../cards/card-application.js';
import { readRetryCounter } from '../cards/pin-commands.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardChannel, CardTransmitter } from '../transport/card-channel.js';
import { createCardQueue } from './card-queue.js';
import { decipherJob, pinJobs, signJob, type JobContext } from './pin-jobs.js';
import { createPinTransactions, type PinJob, type PinJobResult } from './pin-transaction.js';
import type { PinTryRecord } from './pin-try-record.js';
import type {
  DecipheringToken,
  PinEntry,
  PinToken,
  SigningToken,
  TokenCertificate,
  TokenInfo,
  WritableToken,
} from './token.js';
import { createWriting } from './writing.js';

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
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly record: PinTryRecord;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trace: ApduTrace | undefined;
  isInserted(): boolean;
  onRetryCounters(counters: readonly RetryCounter[]): void;
  /** New contents were read because the card told that they had changed, or because we changed them. */
  onContents(freshness: string | undefined, contents: CardContents, certificates: readonly TokenCertificate[]): void;
}

/** All that a card that we drive ourselves can do; what one cannot, its members leave out. */
export type CardToken = SigningToken & DecipheringToken & PinToken & Partial<Pick<WritableToken, WritingMember>>;
type WritingMember = 'writing' | 'generateKeyPair' | 'storeCertificate' | 'removeCertificate';

/** Reading is repeated when another program resets the card in the middle of it; a VERIFY never is. */
const MAX_READINGS = 3;

/** A token over a card application: one card in one reader, its operations one after the other. */
export function createCardToken(options: CardTokenOptions): CardToken {
  const { channel, clock, record, trace } = options;
  const { application } = options.card;
  const queue = createCardQueue();
  let { freshness, contents, certificates: held } = options.card;
  let counters: readonly RetryCounter[] = [];
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
  const readerTakesExtended = (): boolean => false;
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
    createApduExchange(card, { clock, signal, trace, readerTakesExtended: readerTakesExtended() });
  const transact = <T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
    channel.transaction(
      async (card) => {
        const exchange = newExchange(card, signal);
        await application.select(exchange);
        return await work(exchange);
      },
      signal === undefined ? {} : { signal },
    );
  const read = <T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
    queue.run(() => {
      requireInserted();
      return repeatOverResets(() => transact(work, signal));
    }, signal);

  const refresh = async (exchange: ApduExchange): Promise<void> => {
    const now = await application.readFreshness(exchange);
    if (now !== undefined && now === freshness) return;
    contents = await application.readContents(exchange);
    freshness = now;
    held = describeCertificates(contents, { ...options, reader: channel.reader, application });
    options.onContents(freshness, contents, held);
  };

  const runJob = async <T>(job: PinJob<T>): Promise<PinJobResult<T>> =>
    queue.run(() => {
      requireInserted();
      return withPin(job);
    }, job.use.signal);

  const jobs: JobContext = { application, findPin, certificates: () => held };

  return {
    get info() {
      return describeToken(options, contents, held);
    },

    certificates: (signal) =>
      read(async (exchange) => {
        await refresh(exchange);
        return held;
      }, signal),

    async retryCounters(signal) {
      const found = await read((exchange) => readRetryCounters(exchange, contents.pins), signal);
      await record.observed(found);
      learn(found);
      return found;
    },

    async verifyAndSign(request) {
      return await wiping([request.pin], async () => {
        const { value, cost } = await runJob(signJob(jobs, request));
        return { signature: value, cost };
      });
    },

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
          wiping,
          transact: (work, signal) =>
            queue.run(() => {
              requireInserted();
              return transact(work, signal);
            }, signal),
          refresh,
        })),

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

/** Runs what takes codes, and wipes them whatever comes of it. */
async function wiping<T>(codes: readonly PinEntry[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    for (const code of codes) if (code !== 'pin-pad') code.wipe();
  }
}

/** The counters of these PINs, from the card; for a card that is verified, without a number. One command each. */
export async function readRetryCounters(
  exchange: ApduExchange,
  pins: readonly CardPin[],
): Promise<readonly RetryCounter[]> {
  const counters: RetryCounter[] = [];
  for (const pin of pins) counters.push(await readRetryCounter(exchange, pin));
  return counters;
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

/** What {@link describeCertificates} needs besides the contents. */
export interface DescribeOptions {
  readonly reader: string;
  readonly application: CardApplication;
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly logger: Logger;
}

/** The certificates as the layers above see them; one that cannot be parsed is logged and left out. */
export function describeCertificates(
  contents: CardContents,
  { reader, application, parseCertificate, logger }: DescribeOptions,
): readonly TokenCertificate[] {
  for (const { name, error } of contents.unreadable) {
    logger.warn({ reader, name, code: error.code }, 'Certificate left out');
  }
  return contents.certificates.flatMap(({ der, name, key }): TokenCertificate[] => {
    try {
      const certificate = parseCertificate(der);
      if (key === undefined) return [{ certificate }];
      const { reference, pin, canSign, canDecipher } = key;
      const algorithms = canSign ? application.algorithms[certificate.keyType] : [];
      const decipherAlgorithms = canDecipher && certificate.keyType === 'rsa' ? application.decipherAlgorithms : [];
      return [{ certificate, key: { reference, pin, algorithms, decipherAlgorithms } }];
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      logger.warn({ reader, name, code: error.code }, 'Certificate left out');
      return [];
    }
  });
}

function describeToken(
  { id, card, channel }: CardTokenOptions,
  contents: CardContents,
  held: readonly TokenCertificate[],
): TokenInfo {
  const { product, serial } = card.application;
  return {
    id,
    product,
    serial,
    label: contents.label ?? held[0]?.certificate.person.commonName ?? product,
    reader: channel.reader,
    pins: contents.pins.map(({ reference, role, format, puk }) => ({
      reference,
      role,
      format,
      ...(puk === undefined ? {} : { puk: { reference: puk.reference, format: puk.format } }),
    })),
  };
}
