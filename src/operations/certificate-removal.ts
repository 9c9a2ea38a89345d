import { MiddlewareError } from '../core/errors.js';
import type { CertificateBackup } from '../model/certificate-backup.js';
import type { OpenedCard, TokenCertificate } from '../tokens/token.js';
import type { PreparedCardWork } from './card-work.js';
import {
  needsManagementKey,
  refuseInUse,
  runCertificateWork,
  withFingerprint,
  type CertificateCareDependencies,
  type RequestTo,
} from './certificate-work.js';
import { nameCertificate } from './download/retire.js';
import { findHeldCertificate, heldCertificates, type HeldCertificate } from './held-certificate.js';
import { settledEntries } from './settled-entries.js';
import { askAbout, findWritingCard, type WritingCard } from './writing-card.js';

/**
 * Settles what a removal is about, and changes nothing.
 *
 * @throws {MiddlewareError} ERR_CERT_NOT_FOUND, ERR_CERT_AMBIGUOUS, ERR_CERT_IN_USE; as {@link findWritingCard}.
 */
export async function prepareRemoval(
  dependencies: CertificateCareDependencies,
  request: RequestTo<'remove'>,
  signal: AbortSignal,
): Promise<PreparedCardWork> {
  const held = findHeldCertificate(await settledEntries(dependencies.tokens, signal), request.fingerprint);
  const { fingerprint } = held.certificate;
  const card = await findWritingCard(dependencies, held.token.info.id, signal);
  const onCard = withFingerprint(await card.token.certificates(signal), fingerprint);
  if (onCard === undefined) {
    throw new MiddlewareError('ERR_CERT_NOT_FOUND', 'What writes to the card does not know the certificate', {
      fields: { fingerprint },
    });
  }
  await refuseInUse(dependencies, card.name.id, fingerprint);
  const keyReference = provableKey(onCard, card);
  const removal = new Removal(dependencies, card, onCard, { ...request, keyReference });
  return {
    question: {
      work: 'remove',
      ...askAbout(card, {
        pinUses: 1,
        askManagementKey: await needsManagementKey(card, request.askManagementKey, signal),
      }),
      leaves: nameCertificate(held.certificate),
      leavesNoLogin: isLastLogin(dependencies, held),
      undoable: keyReference !== undefined && !request.withKey,
    },
    run: async (codes, use) => {
      const work = {
        kind: 'certificate-removed' as const,
        card,
        fingerprint,
        before: () => removal.keepCopy(),
        change: async (on: OpenedCard) => {
          use.onStep('removing');
          await removal.remove(on);
        },
        undo: () => removal.dropCopy(),
      };
      const tries = await runCertificateWork(dependencies, work, codes, use);
      await removal.finish();
      return { ...tries, removed: nameCertificate(held.certificate) };
    },
  };
}

/** One removal: the copy that is kept, and what is done to the card. */
class Removal {
  readonly #dependencies: CertificateCareDependencies;
  readonly #card: WritingCard;
  readonly #held: TokenCertificate;
  readonly #wish: { readonly withKey: boolean; readonly keyReference: number | undefined };
  /** A copy that nothing before has left there. */
  #isNewCopy = false;

  constructor(
    dependencies: CertificateCareDependencies,
    card: WritingCard,
    held: TokenCertificate,
    wish: { readonly withKey: boolean; readonly keyReference: number | undefined },
  ) {
    this.#dependencies = dependencies;
    this.#card = card;
    this.#held = held;
    this.#wish = wish;
  }

  get #fingerprint(): string {
    return this.#held.certificate.fingerprint;
  }

  /** The key is said to stay until it is known to be gone: whether it is there, its own signature decides. */
  async keepCopy(): Promise<void> {
    const { backups, clock } = this.#dependencies;
    const { id, label } = this.#card.name;
    await refuseInUse(this.#dependencies, id, this.#fingerprint);
    const kept = await backups.all();
    this.#isNewCopy = !kept.some(({ fingerprint }) => fingerprint === this.#fingerprint);
    const { keyReference } = this.#wish;
    const backup: CertificateBackup = {
      ...nameCertificate(this.#held.certificate),
      der: this.#held.certificate.der,
      token: id,
      cardLabel: label,
      removedAt: new Date(clock.now()).toISOString(),
      ...(keyReference === undefined ? {} : { keyReference }),
      keyKept: keyReference !== undefined,
    };
    await backups.add(backup);
  }

  /** @throws {MiddlewareError} also ERR_CARD_RESPONSE when it is still there. */
  async remove(on: OpenedCard): Promise<void> {
    await on.removeCertificate({ der: this.#held.certificate.der, keepKey: !this.#wish.withKey });
    if (withFingerprint(await on.certificates(), this.#fingerprint) === undefined) return;
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card still has a certificate that it said it had removed');
  }

  /** Nothing has happened to the card. */
  async dropCopy(): Promise<void> {
    if (this.#isNewCopy) await this.#quietly(this.#dependencies.backups.remove(this.#fingerprint));
  }

  async finish(): Promise<void> {
    if (this.#wish.withKey) await this.#quietly(this.#dependencies.backups.markKeyGone(this.#fingerprint));
  }

  /** The copy says a little less than is known: no reason to call the removal a failure. */
  async #quietly(change: Promise<void>): Promise<void> {
    await change.catch((error: unknown) => {
      this.#dependencies.logger.error({ error }, 'Backup of a certificate could not be brought up to date');
    });
  }
}

/**
 * The key of a certificate, if it can prove itself while the card is open: it signs, under the PIN that is typed for
 * writing, and not with a PIN entry for each signature.
 */
function provableKey({ key }: TokenCertificate, { token }: WritingCard): number | undefined {
  const isProvable = key?.pin === token.writing.pin && key.algorithms.length > 0 && !key.pinEachTime;
  return isProvable ? key.reference : undefined;
}

/** Whether somebody signs in with this certificate, and could with no other one of the card. */
function isLastLogin(
  { tokens, judge, clock }: Pick<CertificateCareDependencies, 'tokens' | 'judge' | 'clock'>,
  held: HeldCertificate,
): boolean {
  const signsIn = ({ certificate, key }: TokenCertificate): boolean =>
    key !== undefined && judge(certificate, clock.now(), 'auth').usable;
  const others = heldCertificates(tokens.entries).filter(
    ({ token, certificate }) =>
      token.info.id === held.token.info.id && certificate.fingerprint !== held.certificate.fingerprint,
  );
  return signsIn(held) && !others.some(signsIn);
}
