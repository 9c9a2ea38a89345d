import { createHash } from 'node:crypto';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CardWorkOutcome, CardWorkRequest } from '../model/card-work.js';
import type { CertificateBackups } from '../model/certificate-backup.js';
import type { DownloadJournal, DownloadRecord } from '../model/download.js';
import type { History } from '../model/history.js';
import type { OpenedCard, TokenCertificate } from '../tokens/token.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import type { JudgeCertificate } from './candidates.js';
import type { CardLocks } from './card-locks.js';
import type { CardWorkCodes, CardWorkUse } from './card-work.js';
import type { CertificatesInUse } from './certificates-in-use.js';
import { withHeldPin } from './download/with-held-pin.js';
import { describeCounter } from './pin-card.js';
import { triesBefore, withPinEffect, type WritingCard } from './writing-card.js';

/** What taking certificates off cards, and putting them back, works with. */
export interface CertificateCareDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe' | 'findToken' | 'writableToken'>;
  readonly backups: CertificateBackups;
  /** Unfinished downloads. */
  readonly journal: Pick<DownloadJournal, 'all'>;
  readonly inUse: Pick<CertificatesInUse, 'has'>;
  readonly locks: CardLocks;
  readonly judge: JudgeCertificate;
  readonly history: History;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is asked for of one kind of card work. */
export type RequestTo<W extends CardWorkRequest['work']> = Omit<Extract<CardWorkRequest, { work: W }>, 'work'>;

/** One change of a card's certificates. */
export interface CertificateWork {
  readonly kind: 'certificate-removed' | 'certificate-restored';
  readonly card: WritingCard;
  readonly fingerprint: string;
  /** Before the PIN goes to the card: nothing has happened to it when this fails. */
  readonly before: () => Promise<void>;
  readonly change: (on: OpenedCard) => Promise<void>;
  /** The card was never opened: takes back what `before` did. */
  readonly undo: () => Promise<void>;
}

/** Runs it under one entry of the PIN; what broke off is written down too, since the card may have changed by then. */
export async function runCertificateWork(
  { tokens, locks, history, logger }: CertificateCareDependencies,
  { kind, card, fingerprint, before, change, undo }: CertificateWork,
  codes: CardWorkCodes,
  use: CardWorkUse,
): Promise<Pick<CardWorkOutcome, 'before' | 'after'>> {
  const progress = { opened: false };
  const record = async (outcome: 'complete' | 'failed'): Promise<void> => {
    const event = { kind, token: card.name.id, fingerprint, outcome };
    await history.append(event).catch((error: unknown) => {
      logger.error({ error }, 'Change of a card could not be written to the history');
    });
  };
  try {
    const { retryCounter } = await withHeldPin(codes, use, card, tokens, async (held) => {
      const release = locks.hold(card.name.id);
      try {
        use.onStep('checking');
        await before();
        if (codes.pin === 'pin-pad') use.onStep('pin-pad');
        return await card.token.write(held.last(), async (on) => {
          progress.opened = true;
          await change(on);
        });
      } finally {
        release();
      }
    });
    await record('complete');
    return { before: triesBefore(card.pin), after: describeCounter(retryCounter) };
  } catch (error) {
    await (progress.opened ? record('failed') : undo());
    throw withPinEffect(
      error,
      card.pin,
      {
        work: kind === 'certificate-removed' ? 'remove' : 'restore',
        ...(progress.opened ? {} : { state: 'untouched' }),
      },
      progress.opened,
    );
  }
}

/** @throws {MiddlewareError} ERR_CERT_IN_USE while a login or an unfinished download is about a certificate. */
export async function refuseInUse(
  { inUse, journal }: Pick<CertificateCareDependencies, 'inUse' | 'journal'>,
  token: string,
  fingerprint: string,
): Promise<void> {
  const downloads = await journal.all();
  const isDownload = downloads.some((record) => record.token === token && isAbout(record, fingerprint));
  if (!isDownload && !inUse.has(token, fingerprint)) return;
  throw new MiddlewareError('ERR_CERT_IN_USE', 'Certificate is used by a login or a download', {
    fields: { by: isDownload ? 'download' : 'login' },
    retriable: true,
  });
}

/** Whether it replaces the certificate, or brings it. */
function isAbout({ order, certificate }: DownloadRecord, fingerprint: string): boolean {
  if (order.replaces === fingerprint) return true;
  if (certificate === undefined) return false;
  return createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex') === fingerprint;
}

/** Whether the management key has to be typed: somebody knows that it has, or the card says so. */
export async function needsManagementKey(
  { token }: WritingCard,
  isKnown: boolean | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (!token.writing.managementKey) return false;
  return isKnown === true || (await token.room(signal)).managementKeyNeeded === true;
}

/** The certificate with this fingerprint among those of a card. */
export function withFingerprint(
  certificates: readonly TokenCertificate[],
  fingerprint: string,
): TokenCertificate | undefined {
  return certificates.find(({ certificate }) => certificate.fingerprint === fingerprint);
}
