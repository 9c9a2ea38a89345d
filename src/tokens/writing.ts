import type { ApduExchange } from '../cards/apdu-exchange.js';
import type { CardWriter } from '../cards/card-application.js';
import { equalBytes } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import { verifyJob, type JobContext } from './pin-jobs.js';
import type { PinJob, PinJobResult } from './pin-transaction.js';
import type { PinEntry, WritableToken, WriteAuthorization } from './token.js';

/** What {@link createWriting} works with: the ways of its token to the card. */
export interface WritingOptions {
  readonly writer: CardWriter;
  readonly jobs: JobContext;
  runJob<T>(job: PinJob<T>): Promise<PinJobResult<T>>;
  transact<T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  wiping<T>(codes: readonly PinEntry[], work: () => Promise<T>): Promise<T>;
  /** Reads what has changed, inside a transaction. */
  refresh(exchange: ApduExchange): Promise<void>;
}

/** The members of a {@link WritableToken} over an application that can write. */
export function createWriting(
  options: WritingOptions,
): Pick<WritableToken, 'writing' | 'generateKeyPair' | 'storeCertificate' | 'removeCertificate'> {
  const { writer, jobs } = options;

  const write = async <T>(
    authorization: WriteAuthorization,
    work: (exchange: ApduExchange) => Promise<T>,
  ): Promise<T> => {
    const workAndRefresh = async (exchange: ApduExchange): Promise<T> => {
      const value = await work(exchange);
      await options.refresh(exchange);
      return value;
    };
    return authorization.kind === 'pin'
      ? await withPin(authorization, workAndRefresh)
      : await withManagementKey(authorization, workAndRefresh);
  };

  const withPin = async <T>(
    authorization: Extract<WriteAuthorization, { kind: 'pin' }>,
    work: (exchange: ApduExchange) => Promise<T>,
  ): Promise<T> =>
    options.wiping([authorization.pin], async () => {
      const wanted = writer.authorization;
      if (wanted.kind !== 'pin') throw wrongAuthorization();
      const job = verifyJob(jobs, { ...authorization, reference: wanted.pin }, 'write', work);
      return (await options.runJob(job)).value;
    });

  const withManagementKey = async <T>(
    { managementKey, signal }: Extract<WriteAuthorization, { kind: 'management-key' }>,
    work: (exchange: ApduExchange) => Promise<T>,
  ): Promise<T> =>
    options.wiping([managementKey], async () =>
      options.transact(async (exchange) => {
        if (writer.authenticate === undefined) throw wrongAuthorization();
        await writer.authenticate(exchange, managementKey);
        return await work(exchange);
      }, signal),
    );

  return {
    writing: {
      authorization: writer.authorization.kind,
      keySpecs: writer.keySpecs,
      ...(writer.authorization.kind === 'pin' ? { pin: writer.authorization.pin } : {}),
    },
    generateKeyPair: (request, authorization) =>
      write(authorization, (exchange) => writer.generateKeyPair(exchange, request)),
    storeCertificate: (certificate, authorization) =>
      write(authorization, (exchange) => writer.storeCertificate(exchange, certificate)),
    async removeCertificate({ der }, authorization) {
      const held = jobs.certificates().find(({ certificate }) => equalBytes(certificate.der, der));
      await write(authorization, async (exchange) => {
        if (held === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such certificate');
        await writer.removeCertificate(exchange, { keyReference: held.key?.reference, der });
      });
    },
  };
}

const wrongAuthorization = (): MiddlewareError =>
  new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Card wants another authorization');
