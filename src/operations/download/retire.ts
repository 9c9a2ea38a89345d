import { isMiddlewareError, type ErrorCode } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { NamedCertificate } from '../../model/card-work.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { CertificateBackups } from '../../model/certificate-backup.js';
import type { DownloadRecord } from '../../model/download.js';
import type { OpenedCard } from '../../tokens/token.js';
import { findOn } from './visits.js';

/** What certificates are kept with that leave a card. */
export interface RetiringOptions {
  readonly backups: Pick<CertificateBackups, 'add' | 'all'>;
  readonly clock: Clock;
}

/** The certificate that a download replaces on the card, as far as the card has it and it shall go. */
export function replacedBy(
  { order, keepReplaced }: Pick<DownloadRecord, 'order' | 'keepReplaced'>,
  held: readonly CertificateInfo[],
): CertificateInfo | undefined {
  if (keepReplaced || order.replaces === undefined) return undefined;
  return held.find(({ fingerprint, isCa }) => fingerprint === order.replaces && !isCa);
}

/** Backs up what the download replaces, and takes it off the card with its key. Done twice, it tidies up after the first. */
export async function retire(
  card: OpenedCard,
  record: DownloadRecord,
  { backups, clock }: RetiringOptions,
  onStep: (step: 'retiring') => void,
): Promise<CertificateInfo | undefined> {
  const held = (await card.certificates()).map(({ certificate }) => certificate);
  const old = replacedBy(record, held);
  if (old === undefined) {
    await tidyUp(card, record, backups);
    return undefined;
  }
  onStep('retiring');
  await keepCopy(backups, record, old, clock);
  await card.removeCertificate({ der: old.der, keepKey: false });
  return old;
}

/** A removal that was torn may have left what no list shows any more. */
async function tidyUp(
  card: OpenedCard,
  { order, keepReplaced }: DownloadRecord,
  backups: Pick<CertificateBackups, 'all'>,
): Promise<void> {
  if (keepReplaced || order.replaces === undefined) return;
  const torn = (await backups.all()).find(({ fingerprint }) => fingerprint === order.replaces);
  if (torn === undefined) return;
  try {
    await card.removeCertificate({ der: torn.der, keepKey: false });
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_TOKEN_KEY_NOT_FOUND')) throw error;
  }
}

/** Backs a certificate up whose key leaves the card with it. */
export async function keepCopy(
  backups: Pick<CertificateBackups, 'add'>,
  { token, cardLabel }: Pick<DownloadRecord, 'token' | 'cardLabel'>,
  certificate: CertificateInfo,
  clock: Clock,
): Promise<void> {
  await backups.add({
    ...nameCertificate(certificate),
    der: certificate.der,
    token,
    cardLabel,
    removedAt: new Date(clock.now()).toISOString(),
    keyKept: false,
  });
}

/** Takes a downloaded certificate off the card again, or its key alone, whichever is there. */
export async function takeBack(
  card: OpenedCard,
  keyId: Uint8Array,
  certificate: CertificateInfo | undefined,
): Promise<CertificateInfo | undefined> {
  const stored = certificate && (await findOn(card, certificate.fingerprint));
  if (stored === undefined) {
    await card.removeKey(keyId);
    return undefined;
  }
  await card.removeCertificate({ der: stored.certificate.der, keepKey: false });
  return stored.certificate;
}

/** A certificate as it is named to people. */
export function nameCertificate({ fingerprint, person, issuer, notAfter }: CertificateInfo): NamedCertificate {
  return { fingerprint, holder: person.commonName, issuer, notAfter: new Date(notAfter).toISOString() };
}

const gone: readonly ErrorCode[] = [
  'ERR_ABORTED',
  'ERR_CARD_ABSENT',
  'ERR_CARD_BUSY',
  'ERR_CARD_REMOVED',
  'ERR_CARD_MUTE',
  'ERR_CARD_UNRESPONSIVE',
  'ERR_CERT_BACKUP',
];

/** Whether the card, or what was to be done to it, can be come back to: it has not said no. */
export const isInterruption = (error: unknown): boolean =>
  isMiddlewareError(error) && (gone.includes(error.code) || error.code.startsWith('ERR_PCSC_'));
