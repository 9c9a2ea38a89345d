import { fromHex } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { CardWorkOutcome, CardWorkRequest } from '../../model/card-work.js';
import type { CertificateBackups } from '../../model/certificate-backup.js';
import type { DownloadJournal, DownloadRecord } from '../../model/download.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import type { CardLocks } from '../card-locks.js';
import type { PreparedCardWork } from '../card-work.js';
import { needsManagementKey } from '../certificate-work.js';
import { describeCounter } from '../pin-card.js';
import {
  certificatesOn,
  triesBefore,
  withPinEffect,
  type WritingCard,
  type WritingCardDependencies,
} from '../writing-card.js';
import type { NoteDownload } from './download-history.js';
import { askAboutDownload } from './download-questions.js';
import { findDownloadCard } from './find-download-card.js';
import { givenUp, takeOut, type GivenUp } from './given-up.js';
import type { HeldPin } from './held-pin.js';
import type { HoldDownload } from './hold-download.js';
import { keepCopy, nameCertificate, takeBack } from './retire.js';
import type { UnfinishedDownloads } from './unfinished-downloads.js';

/** What giving downloads up works with. */
export interface GivingUpOptions extends WritingCardDependencies {
  readonly tokens: WritingCardDependencies['tokens'] & Pick<TokenRegistry, 'findToken'>;
  readonly journal: Pick<DownloadJournal, 'remove' | 'setAside'>;
  readonly backups: Pick<CertificateBackups, 'add'>;
  readonly clock: Clock;
  readonly locks: CardLocks;
  readonly pending: UnfinishedDownloads;
  readonly note: NoteDownload;
  readonly hold: HoldDownload;
}

/** Unfinished downloads that shall not be finished: with their card, or without one that will not come back. */
export class GivingUp {
  readonly #options: GivingUpOptions;

  constructor(options: GivingUpOptions) {
    this.#options = options;
  }

  async prepare(
    { downloadId, evenIssued, askManagementKey }: Extract<CardWorkRequest, { readonly work: 'discard' }>,
    signal: AbortSignal,
  ): Promise<PreparedCardWork> {
    const { pending, hold } = this.#options;
    const record = await pending.find(downloadId);
    // What it replaces may be off the card by now: nobody shall be left with neither.
    if (record.step === 'stored') throw notGivenUp(record, 'stored');
    if (record.certificate !== undefined && evenIssued !== true) throw notGivenUp(record, 'issued');
    const card = await findDownloadCard(this.#options, record, signal);
    const given = givenUp(record);
    const { leaf } = given;
    const isStored = (await certificatesOn(card.token, signal)).some(
      ({ fingerprint }) => fingerprint === leaf?.fingerprint,
    );
    const question = askAboutDownload('discard', card, record, {
      pinUses: 1,
      askManagementKey: await needsManagementKey(card, askManagementKey, signal),
      leaves: isStored && leaf ? nameCertificate(leaf) : undefined,
    });
    return {
      question,
      run: (codes, use) =>
        hold({ codes, use, card, record }, async (held) => {
          await pending.requireUnchanged(record);
          return await this.#discard(given, card, held);
        }),
    };
  }

  async forget(downloadId: string): Promise<void> {
    const { tokens, locks, pending } = this.#options;
    const record = await pending.find(downloadId);
    if (tokens.findToken(record.token) !== undefined) throw notGivenUp(record, 'card-inserted');
    const release = locks.hold(record.token);
    try {
      const given = givenUp(record);
      await this.#keepIssued(given);
      await this.#takeOut(given);
    } finally {
      release();
      await pending.list().catch(() => undefined);
    }
  }

  async #discard(given: GivenUp, card: WritingCard, held: HeldPin): Promise<CardWorkOutcome> {
    const { record, leaf } = given;
    const before = triesBefore(card.pin);
    await this.#keepIssued(given);
    try {
      const keyId = fromHex(record.keyId);
      const { value, retryCounter } = await card.token.write(held.last(), (opened) => takeBack(opened, keyId, leaf));
      await this.#takeOut(given);
      return { before, after: describeCounter(retryCounter), ...(value && { removed: nameCertificate(value) }) };
    } catch (error) {
      throw withPinEffect(error, card.pin, { downloadId: record.id, step: record.step }, false);
    }
  }

  async #keepIssued({ record, leaf }: GivenUp): Promise<void> {
    const { backups, clock } = this.#options;
    if (leaf !== undefined) await keepCopy(backups, record, leaf, clock);
  }

  async #takeOut(given: GivenUp): Promise<void> {
    const { journal, note } = this.#options;
    await takeOut(journal, given);
    await note(given.record, 'discarded', { leaf: given.leaf });
  }
}

const reasons = {
  issued: 'Too late to give the download up',
  stored: 'Too late to give the download up',
  'card-inserted': 'The card is inserted',
} as const;

const notGivenUp = ({ id }: DownloadRecord, reason: keyof typeof reasons): MiddlewareError =>
  new MiddlewareError('ERR_DOWNLOAD_UNFINISHED', reasons[reason], { fields: { downloadId: id, reason } });
