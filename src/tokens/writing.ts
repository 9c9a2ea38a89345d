import type { ApduExchange } from '../cards/apdu-exchange.js';
import type { CardWriter } from '../cards/card-application.js';
import { equalBytes } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { PinReference } from '../model/pin.js';
import { digestBytes, digestOf } from '../model/signature.js';
import { verifyJob, type JobContext } from './pin-jobs.js';
import type { PinJob, PinJobResult } from './pin-job.js';
import { publicKeyFacts } from './public-key-facts.js';
import { signatureLength, unsupportedAlgorithm } from './sign-all.js';
import type { OpenedCard, TokenInfo, WritableToken, WriteAuthorization, WriteResult, WritingRoom } from './token.js';
import { wiping } from './wipe-codes.js';

/** What {@link createWriting} works with: the ways of its token to the card. */
export interface WritingOptions {
  readonly writer: CardWriter;
  readonly jobs: JobContext;
  /** Who the token is, as far as known when it begins. */
  readonly info: TokenInfo;
  runJob<T>(job: PinJob<T>): Promise<PinJobResult<T>>;
  read<T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  /** Reads what is on the card, inside a transaction. */
  refresh(exchange: ApduExchange): Promise<void>;
  /** What is known of the contents may be wrong: whoever asks next has them read. */
  distrust(): void;
}

/** The members of a {@link WritableToken} over an application that can write. */
export function createWriting(options: WritingOptions): Pick<WritableToken, 'writing' | 'room' | 'write'> {
  const { writer, info } = options;
  const pin = writer.pin ?? firstPin(info);

  const run = async <T>(
    authorization: WriteAuthorization,
    work: (card: OpenedCard) => Promise<T>,
  ): Promise<WriteResult<T>> => {
    const { managementKey } = authorization;
    const job = verifyJob(options.jobs, { ...authorization, reference: pin }, 'write', async (exchange) => {
      await writer.open?.(exchange, managementKey);
      managementKey?.wipe();
      return await workAndRefresh(options, exchange, work);
    });
    // No command takes a management key's authentication back, and other programs shall not have it.
    return await options.runJob({ ...job, resets: writer.open !== undefined });
  };

  return {
    writing: {
      pin,
      keySpecs: writer.keySpecs,
      managementKey: writer.open !== undefined,
      pinPad: info.pins.some(({ reference, pinPad }) => reference === pin && pinPad.includes('verify')),
    },
    room: (signal) => options.read((exchange): Promise<WritingRoom> => writer.room(exchange), signal),
    write: (authorization, work) => {
      const { managementKey } = authorization;
      const codes = [authorization.pin, ...(managementKey === undefined ? [] : [managementKey])];
      return wiping(codes, () => run(authorization, work));
    },
  };
}

function firstPin({ pins }: TokenInfo): PinReference {
  const pin = pins.find(({ role }) => role === 'authentication') ?? pins[0];
  if (pin === undefined) throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card tells of no PIN');
  return pin.reference;
}

/** Whatever becomes of the work, what is known of the card is afterwards what is on it. */
async function workAndRefresh<T>(
  options: WritingOptions,
  exchange: ApduExchange,
  work: (card: OpenedCard) => Promise<T>,
): Promise<T> {
  const opened = openCard(options, exchange);
  try {
    const value = await work(opened.card);
    opened.close();
    await opened.refresh();
    return value;
  } catch (error) {
    opened.close();
    // The work's own failure is what is told; what could not be read now is read when somebody asks.
    await opened.refresh().catch(() => undefined);
    throw error;
  }
}

interface Opened {
  readonly card: OpenedCard;
  /** Reads what was changed; no command where nothing was. */
  refresh(): Promise<void>;
  close(): void;
}

function openCard({ writer, jobs, ...options }: WritingOptions, exchange: ApduExchange): Opened {
  let isOpen = true;
  let changed = false;

  const reading = <A extends unknown[], T>(work: (...request: A) => Promise<T>) => {
    return async (...request: A): Promise<T> => {
      if (!isOpen) throw new MiddlewareError('ERR_INTERNAL', 'Card is not open any more');
      return await work(...request);
    };
  };
  const changing = <A extends unknown[], T>(work: (...request: A) => Promise<T>) =>
    reading<A, T>(async (...request) => {
      changed = true;
      options.distrust();
      return await work(...request);
    });
  const refresh = async (): Promise<void> => {
    if (!changed) return;
    await options.refresh(exchange);
    changed = false;
  };

  const card: OpenedCard = {
    generateKeyPair: changing((request) => {
      if (!writer.keySpecs.includes(request.spec)) throw unsupportedAlgorithm(request.spec);
      return writer.generateKeyPair(exchange, request);
    }),
    findKey: reading((keyId) => writer.findKey(exchange, keyId)),
    removeKey: changing((keyId) => writer.removeKey(exchange, keyId)),
    sign: reading(({ keyReference, publicKey, algorithm, digest }) => {
      const facts = publicKeyFacts(publicKey);
      if (!jobs.application.algorithms[facts.keyType].includes(algorithm)) throw unsupportedAlgorithm(algorithm);
      if (digest.length !== digestBytes[digestOf(algorithm)]) throw new RangeError(`not a digest of ${algorithm}`);
      const length = signatureLength(facts);
      return jobs.application.sign(exchange, { keyReference, algorithm, digest, length });
    }),
    storeCertificate: changing((certificate) => writer.storeCertificate(exchange, certificate)),
    removeCertificate: changing(({ der, keepKey }) => {
      const held = jobs.certificates().find(({ certificate }) => equalBytes(certificate.der, der));
      return writer.removeCertificate(exchange, { der, keepKey, keyReference: held?.key?.reference });
    }),
    certificates: reading(async () => {
      changed = true;
      await refresh();
      return jobs.certificates();
    }),
  };
  return {
    card,
    refresh,
    close() {
      isOpen = false;
    },
  };
}
