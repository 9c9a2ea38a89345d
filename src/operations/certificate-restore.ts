import { isMiddlewareError, MiddlewareError, type ErrorCode } from '../core/errors.js';
import type { CertificateBackup } from '../model/certificate-backup.js';
import { parseCertificate } from '../pki/certificate.js';
import type { OpenedCard } from '../tokens/token.js';
import { holdsCard } from '../tokens/token-entry.js';
import type { TokenEntry } from '../tokens/token-registry.js';
import type { CardWorkUse, PreparedCardWork } from './card-work.js';
import {
  needsManagementKey,
  runCertificateWork,
  withFingerprint,
  type CertificateCareDependencies,
  type RequestTo,
} from './certificate-work.js';
import { prove } from './download/proof.js';
import { certificatesOffCard, findNamed } from './held-certificate.js';
import { settledEntries } from './settled-entries.js';
import { askAbout, findWritingCard } from './writing-card.js';

/**
 * Settles what is put back where, and changes nothing.
 *
 * @throws {MiddlewareError} ERR_CERT_NOT_FOUND and ERR_CERT_AMBIGUOUS of the backups, ERR_TOKEN_NOT_FOUND when the card
 *   is not in, ERR_TOKEN_KEY_NOT_FOUND when its key has left it; as {@link findWritingCard}.
 */
export async function prepareRestore(
  dependencies: CertificateCareDependencies,
  request: RequestTo<'restore'>,
  signal: AbortSignal,
): Promise<PreparedCardWork> {
  const { tokens, backups, logger } = dependencies;
  const entries = await settledEntries(tokens, signal);
  const backup = findBackup(certificatesOffCard(await backups.all(), entries), request.fingerprint);
  const { fingerprint, holder, issuer, notAfter, keyReference } = backup;
  if (keyReference === undefined || !backup.keyKept) throw noKey();
  const card = await findWritingCard(dependencies, cardOf(backup, entries), signal);
  const returns = { fingerprint, holder, issuer, notAfter };
  return {
    question: {
      work: 'restore',
      ...askAbout(card, {
        pinUses: 1,
        askManagementKey: await needsManagementKey(card, request.askManagementKey, signal),
      }),
      returns,
    },
    run: async (codes, use) => {
      const work = {
        kind: 'certificate-restored' as const,
        card,
        fingerprint,
        before: () => Promise.resolve(),
        change: (on: OpenedCard) => putBack(on, backup.der, keyReference, use),
        undo: () => Promise.resolve(),
      };
      const tries = await runCertificateWork(dependencies, work, codes, use);
      // Beside a certificate that is on its card the copy says nothing: it may as well stay.
      await backups.remove(fingerprint).catch((error: unknown) => {
        logger.error({ error }, 'Backup of a certificate could not be removed');
      });
      return { ...tries, stored: returns };
    },
  };
}

function findBackup(backups: readonly CertificateBackup[], named: string): CertificateBackup {
  try {
    return findNamed(backups, named, ({ fingerprint }) => fingerprint);
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    throw new MiddlewareError(error.code, error.message, { fields: { ...error.fields, in: 'backups' }, cause: error });
  }
}

/**
 * The card that the certificate was on. One that cannot tell its number is another card to us after each change: then
 * the only one that is called the same, since it writes nothing unless the key proves itself.
 */
function cardOf({ token, cardLabel }: CertificateBackup, entries: readonly TokenEntry[]): string {
  const tokens = entries.filter(holdsCard).flatMap((entry) => entry.token ?? []);
  if (tokens.some(({ info }) => info.id === token)) return token;
  const [alike, ...others] = tokens.filter(({ info }) => info.label === cardLabel);
  if (alike !== undefined && others.length === 0) return alike.info.id;
  throw new MiddlewareError('ERR_TOKEN_NOT_FOUND', 'Card of the certificate is not in', {
    fields: { card: cardLabel },
  });
}

/**
 * Puts a certificate beside its key, which proves itself before and after.
 *
 * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND, ERR_CERT_REPLACED, ERR_DOWNLOAD_PROOF; as {@link OpenedCard}.
 */
async function putBack(on: OpenedCard, der: Uint8Array, keyReference: number, use: CardWorkUse): Promise<void> {
  const certificate = parseCertificate(der);
  const { fingerprint, person } = certificate;
  use.onStep('proving');
  await prove(on, keyReference, certificate).catch((error: unknown) => {
    throw isMiddlewareError(error, ...isAnotherKey) ? noKey(error) : error;
  });
  const before = await on.certificates();
  if (withFingerprint(before, fingerprint) === undefined) {
    const other = before.find(({ key }) => key?.reference === keyReference);
    if (other !== undefined) {
      throw new MiddlewareError('ERR_CERT_REPLACED', 'Key has another certificate by now', {
        fields: { fingerprint: other.certificate.fingerprint.slice(0, 16), state: 'untouched' },
      });
    }
    use.onStep('storing');
    await on.storeCertificate({ keyReference, der, label: person.commonName });
  }
  use.onStep('proving');
  const stored = withFingerprint(await on.certificates(), fingerprint);
  if (stored?.key === undefined) {
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card does not show a certificate that was stored beside its key');
  }
  await prove(on, stored.key.reference, stored.certificate);
}

/** How a card refuses to sign with another key, such as one of another type; or does, and is found out. */
const isAnotherKey: readonly ErrorCode[] = ['ERR_DOWNLOAD_PROOF', 'ERR_CARD_STATUS', 'ERR_TOKEN_ALGORITHM_UNSUPPORTED'];

const noKey = (cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Key of the certificate is not on the card any more', { cause });
