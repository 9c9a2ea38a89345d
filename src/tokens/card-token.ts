import { createApduExchange, type ApduExchange } from '../cards/apdu-exchange.js';
import type { ApduTrace } from '../cards/apdu-trace.js';
import type { CardApplication, CardContents, CardPin } from '../cards/card-application.js';
import { readRetryCounter } from '../cards/pin-commands.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardChannel, CardTransmitter, Disposition } from '../transport/card-channel.js';
import { createCardQueue } from './card-queue.js';
import { isKnown } from './pin-guard.js';
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
  readonly retryCounters: readonly RetryCounter[];
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
export type CardToken = SigningToken &
  DecipheringToken &
  PinToken &
  WatchedToken &
  Partial<Pick<WritableToken, WritingMember>>;
type WritingMember = 'writing' | 'generateKeyPair' | 'storeCertificate' | 'removeCertificate';

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
  let resetsSeen = channel.foreignResets;
  let verifiedByOthers = false;

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
    channel.transaction(async (card) => {
      const exchange = newExchange(card, signal);
      await application.select(exchange);
      return await work(exchange);
    }, withSignal(signal));
  const read = <T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
    queue.run(() => {
      requireInserted();
      return repeatOverResets(() => transact(work, signal));
    }, signal);

  /** `force`: reads the contents whatever the freshness says. True when they are not what they were. */
  const refresh = async (exchange: ApduExchange, force = false): Promise<boolean> => {
    const now = await application.readFreshness(exchange);
    const fresh = now !== undefined && now === freshness;
    if (fresh && !force) return false;
    const before = held;
    contents = await application.readContents(exchange);
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

  const jobs: JobContext = { application, findPin, certificates: () => held };

  return {
    get info() {
      return describeToken(options, contents, held);
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
          refresh: async (exchange) => void (await refresh(exchange)),
        })),

    get isIdle() {
      return queue.isIdle;
    },

    async glance(signal) {
      const { found, strange } = await queue.run(() => {
        requireInserted();
        return channel.transaction((card) => glanceAt(newExchange(card, signal)), withSignal(signal));
      }, signal);
      const before = counters;
      await record.observed(found);
      learn(found.filter(isKnown));
      const reset = channel.foreignResets !== resetsSeen;
      resetsSeen = channel.foreignResets;
      const inUse = found.some((counter) => !isKnown(counter));
      const moved = found.some((counter) => isKnown(counter) && differs(counter, before));
      const begins = inUse && !verifiedByOthers;
      verifiedByOthers = inUse;
      if (begins || rose(found, before)) await record.used('pin');
      if (inUse) return 'in-use';
      return strange || reset || moved ? 'changed' : 'same';
    },

    async lookAgain(signal) {
      const { changed, found } = await read(async (exchange) => {
        const differs = await refresh(exchange, !application.freshnessIsComplete);
        return { changed: differs, found: await readRetryCounters(exchange, contents.pins) };
      }, signal);
      await record.observed(found);
      learn(found.filter(isKnown));
      if (changed) await record.used('contents');
    },

    async dropPins(signal) {
      await queue.run(() => {
        requireInserted();
        let disposition: Disposition = 'leave';
        return channel.transaction(
          async (card) => {
            const exchange = newExchange(card, signal);
            await application.select(exchange);
            for (const pin of contents.pins) {
              if (isKnown(await readRetryCounter(exchange, pin))) continue;
              if (!(await application.dropPin(exchange, pin))) disposition = 'reset';
            }
          },
          { ...withSignal(signal), endWith: () => disposition },
        );
      }, signal);
      verifiedByOthers = false;
    },

    async close() {
      closed = true;
      await channel.close();
    },
  };

  /** What the card says without being asked to select anything; `strange`: something else is selected. */
  async function glanceAt(exchange: ApduExchange): Promise<{ found: RetryCounter[]; strange: boolean }> {
    const found: RetryCounter[] = [];
    for (const pin of contents.pins) {
      try {
        found.push(await readRetryCounter(exchange, pin));
      } catch (error) {
        if (!isMiddlewareError(error) || !error.code.startsWith('ERR_CARD_S')) throw error;
        return { found, strange: true };
      }
    }
    return { found, strange: false };
  }

  function findPin(reference: number): CardPin {
    const pin = contents.pins.find((candidate) => candidate.reference === reference);
    if (pin === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such PIN');
    return pin;
  }
}

const withSignal = (signal: AbortSignal | undefined): { readonly signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

function differs(counter: RetryCounter, before: readonly RetryCounter[]): boolean {
  const last = before.find(({ reference }) => reference === counter.reference);
  return last?.attemptsRemaining !== undefined && last.attemptsRemaining !== counter.attemptsRemaining;
}

/** A counter that grew: another program gave the right PIN, or the PUK. */
function rose(found: readonly RetryCounter[], before: readonly RetryCounter[]): boolean {
  return found.some(({ reference, attemptsRemaining }) => {
    const last = before.find((counter) => counter.reference === reference)?.attemptsRemaining;
    return last !== undefined && attemptsRemaining !== undefined && attemptsRemaining > last;
  });
}

function sameCertificates(a: readonly TokenCertificate[], b: readonly TokenCertificate[]): boolean {
  const nameOf = ({ certificate, key }: TokenCertificate): string =>
    `${certificate.fingerprint}/${key?.reference ?? ''}`;
  return a.length === b.length && a.every((held, index) => b[index] !== undefined && nameOf(held) === nameOf(b[index]));
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
  pins: readonly Pick<CardPin, 'reference'>[],
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
