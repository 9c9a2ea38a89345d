import { createApduExchange } from '../cards/apdu-exchange.js';
import { readContents, readFreshness, type CardContents } from '../cards/idprime/contents.js';
import { requireApplet } from '../cards/idprime/file-access.js';
import { SIGNATURE_PIN } from '../cards/idprime/key-map.js';
import { readRetryCounter } from '../cards/idprime/pin-commands.js';
import type { KeyNaming } from '../cards/idprime/products.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CertificateInfo, KeyType } from '../model/certificate.js';
import type { PinFormat, PinReference, RetryCounter } from '../model/pin.js';
import { digestOf, type SignatureAlgorithm } from '../model/signature.js';
import type { CardChannel, CardTransmitter } from '../transport/card-channel.js';
import { createCardQueue } from './card-queue.js';
import { createSigning, type SigningJob } from './idprime-signing.js';
import { checkPinFormat } from './pin-guard.js';
import type { PinTryRecord } from './pin-try-record.js';
import type { SignRequest, SigningToken, TokenCertificate, TokenInfo } from './token.js';

/** What an IDPrime token knows of its card when it begins. */
export interface IdPrimeCard {
  readonly product: string;
  readonly keys: KeyNaming;
  readonly serial: string;
  readonly freshness: string | undefined;
  readonly contents: CardContents;
  /** The contents as {@link describeCertificates} gives them. */
  readonly certificates: readonly TokenCertificate[];
}

/** What {@link createIdPrimeToken} needs. */
export interface IdPrimeTokenOptions {
  readonly id: string;
  readonly channel: CardChannel;
  readonly card: IdPrimeCard;
  readonly pinFormat: PinFormat;
  readonly parseCertificate: (der: Uint8Array) => CertificateInfo;
  readonly record: PinTryRecord;
  readonly clock: Clock;
  readonly logger: Logger;
  isInserted(): boolean;
  onRetryCounters(counters: readonly RetryCounter[]): void;
  /** New contents were read because the freshness counters had changed. */
  onContents(freshness: string | undefined, contents: CardContents): void;
}

const algorithmsOf: Readonly<Record<KeyType, readonly SignatureAlgorithm[]>> = {
  rsa: ['RS256', 'PS256'],
  'ec-p256': ['ES256'],
  'ec-p384': ['ES384'],
};

/** Reading is repeated when another program resets the card in the middle of it; a VERIFY never is. */
const MAX_READINGS = 3;

/** A token of the IDPrime family: one card in one reader, its operations one after the other. */
export function createIdPrimeToken(options: IdPrimeTokenOptions): SigningToken {
  const { channel, clock, record, pinFormat } = options;
  const queue = createCardQueue();
  let { freshness, contents, certificates: held } = options.card;
  let counters: readonly RetryCounter[] = [];
  let closed = false;

  const isInserted = (): boolean => !closed && options.isInserted();
  const learn = (news: readonly RetryCounter[]): void => {
    const others = counters.filter((old) => !news.some(({ reference }) => reference === old.reference));
    counters = [...others, ...news].sort((a, b) => a.reference - b.reference);
    options.onRetryCounters(counters);
  };
  const sign = createSigning({
    channel,
    clock,
    record,
    logger: options.logger,
    isInserted,
    onCounter: (counter) => learn([counter]),
  });

  const read = <T>(work: (card: CardTransmitter) => Promise<T>, signal: AbortSignal | undefined): Promise<T> =>
    queue.run(async () => {
      if (!isInserted()) throw removed();
      return repeatOverResets(() => channel.transaction(work, signal === undefined ? {} : { signal }));
    }, signal);

  return {
    get info() {
      return describeToken(options, contents, held);
    },

    certificates: (signal) =>
      read(async (card) => {
        const exchange = createApduExchange(card, { clock, signal });
        await requireApplet(exchange);
        const now = await readFreshness(exchange);
        if (now === undefined || now !== freshness) {
          contents = await readContents(exchange, options.card.keys);
          freshness = now;
          held = describeCertificates(contents, channel.reader, options);
          options.onContents(freshness, contents);
        }
        return held;
      }, signal),

    async retryCounters(signal) {
      const found = await read(async (card) => {
        const exchange = createApduExchange(card, { clock, signal });
        await requireApplet(exchange);
        return readRetryCounters(exchange, contents.pins);
      }, signal);
      await record.observed(found);
      learn(found);
      return found;
    },

    async verifyAndSign(request) {
      try {
        const job = prepare(request);
        return await queue.run(() => {
          if (!isInserted()) throw removed();
          return sign(job);
        }, request.signal);
      } finally {
        request.pin.wipe();
      }
    },

    async close() {
      closed = true;
      await channel.close();
    },
  };

  /** Every check that needs no card. */
  function prepare(request: SignRequest): SigningJob {
    const { key, algorithm, digest, pin } = request;
    const owner = held.find((entry) => entry.key?.reference === key.reference && entry.key.pin === key.pin);
    if (owner?.key === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such key');
    if (!owner.key.algorithms.includes(algorithm)) {
      throw new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Key cannot sign with this algorithm', {
        fields: { algorithm },
      });
    }
    const wanted = digestOf(algorithm) === 'sha384' ? 48 : 32;
    if (digest.length !== wanted) throw new RangeError(`digest of ${algorithm} must have ${wanted} bytes`);
    checkPinFormat(pin, pinFormat);
    return { request, signatureLength: signatureLength(owner.certificate) };
  }
}

/** The counters of these PINs, from the card; for a card that is verified, without a number. One command each. */
export async function readRetryCounters(
  exchange: Parameters<typeof readRetryCounter>[0],
  pins: readonly PinReference[],
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

/** The certificates as the layers above see them; one that cannot be parsed is logged and left out. */
export function describeCertificates(
  contents: CardContents,
  reader: string,
  { parseCertificate, logger }: Pick<IdPrimeTokenOptions, 'parseCertificate' | 'logger'>,
): readonly TokenCertificate[] {
  for (const { container, error } of contents.unreadable) {
    logger.warn({ reader, container, code: error.code }, 'Certificate file left out');
  }
  return contents.certificates.flatMap(({ der, container, key }): TokenCertificate[] => {
    try {
      const certificate = parseCertificate(der);
      if (key === undefined) return [{ certificate }];
      const algorithms = algorithmsOf[certificate.keyType];
      return [{ certificate, key: { reference: key.reference, pin: key.pin, algorithms } }];
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      logger.warn({ reader, container, code: error.code }, 'Certificate left out');
      return [];
    }
  });
}

function describeToken(
  { id, card, channel, pinFormat }: IdPrimeTokenOptions,
  contents: CardContents,
  held: readonly TokenCertificate[],
): TokenInfo {
  const { product, serial } = card;
  return {
    id,
    product,
    serial,
    label: contents.label ?? held[0]?.certificate.person.commonName ?? product,
    reader: channel.reader,
    pins: contents.pins.map((reference) => ({
      reference,
      role: reference === SIGNATURE_PIN ? 'signature' : 'authentication',
      format: pinFormat,
    })),
  };
}

function signatureLength({ keyType, keyBits }: CertificateInfo): number {
  const bytes = Math.ceil(keyBits / 8);
  return keyType === 'rsa' ? bytes : 2 * bytes;
}

const removed = (): MiddlewareError => new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');
