import { randomUUID } from 'node:crypto';
import { toHex } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { Logger, Random } from '../../core/ports.js';
import type { CardWorkOutcome, CardWorkRequest } from '../../model/card-work.js';
import type { DownloadRecord } from '../../model/download.js';
import type { History } from '../../model/history.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import type { CardLocks } from '../card-locks.js';
import type { CardWorkUse, PreparedCardWork } from '../card-work.js';
import { needsManagementKey } from '../certificate-work.js';
import { certificatesOn, findWritingCard, withPinEffect, type WritingCard } from '../writing-card.js';
import { checkRoom, checkTime, checkWhom, chooseKeySpec } from './check-order.js';
import { askAboutDownload } from './download-questions.js';
import { noteDownloads, type NoteDownload } from './download-history.js';
import { DownloadRun, isBeforeRequest, type DownloadDependencies } from './download.js';
import { findDownloadCard } from './find-download-card.js';
import { GivingUp } from './giving-up.js';
import type { HeldPin } from './held-pin.js';
import { holdDownloads, type HoldDownload } from './hold-download.js';
import type { IssuerSessions, SessionOwner, SignedIn } from './issuer-sessions.js';
import { nameCertificate, replacedBy } from './retire.js';
import { UnfinishedDownloads } from './unfinished-downloads.js';

/** What downloads are made from. */
export interface DownloadsOptions extends DownloadDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe' | 'findToken' | 'writableToken'>;
  readonly history: Pick<History, 'recent' | 'append'>;
  readonly sessions: IssuerSessions;
  readonly locks: CardLocks;
  readonly random: Random;
  readonly logger: Logger;
}

type RequestOf<W extends CardWorkRequest['work']> = Extract<CardWorkRequest, { readonly work: W }>;

/** Certificates on their way from issuers to cards. */
export interface Downloads {
  /** How many are unfinished, as far as the journal could be read. */
  readonly unfinished: number;
  /** Reads the journal, forgets what had not begun, and tells the log of the rest. Never rejects. */
  start(): Promise<void>;
  /** @throws {MiddlewareError} ERR_DOWNLOAD_JOURNAL. */
  list(): Promise<readonly DownloadRecord[]>;
  /**
   * Checks everything before anything is changed; costs no try.
   *
   * @throws {MiddlewareError} ERR_ISSUER_SESSION, ERR_DOWNLOAD_…, ERR_TOKEN_…, ERR_CARD_…, ERR_PIN_BLOCKED.
   */
  prepareDownload(request: RequestOf<'download'>, owner: SessionOwner): Promise<PreparedCardWork>;
  /** Likewise. @throws {MiddlewareError} ERR_DOWNLOAD_ORDER for a download that is not unfinished. */
  prepareResume(request: RequestOf<'resume'>, owner: SessionOwner): Promise<PreparedCardWork>;
  /** Likewise. @throws {MiddlewareError} ERR_DOWNLOAD_UNFINISHED for one whose certificate is there already. */
  prepareDiscard(request: RequestOf<'discard'>, owner: SessionOwner): Promise<PreparedCardWork>;
  /**
   * Gives a download up whose card will not come back. A certificate that was issued for it is kept among the backups.
   *
   * @throws {MiddlewareError} ERR_DOWNLOAD_ORDER; ERR_DOWNLOAD_UNFINISHED while the card is inserted.
   */
  forget(downloadId: string): Promise<void>;
}

/** Downloads over the cards and the journal of a daemon. */
export function createDownloads(options: DownloadsOptions): Downloads {
  return new AllDownloads(options);
}

class AllDownloads implements Downloads {
  readonly #options: DownloadsOptions;
  readonly #pending: UnfinishedDownloads;
  readonly #note: NoteDownload;
  readonly #hold: HoldDownload;
  readonly #givingUp: GivingUp;

  constructor(options: DownloadsOptions) {
    this.#options = options;
    this.#pending = new UnfinishedDownloads(options);
    this.#note = noteDownloads(options);
    this.#hold = holdDownloads(options, this.#pending);
    this.#givingUp = new GivingUp({ ...options, pending: this.#pending, note: this.#note, hold: this.#hold });
  }

  get unfinished(): number {
    return this.#pending.count;
  }

  async start(): Promise<void> {
    await this.#pending.start();
  }

  async list(): Promise<readonly DownloadRecord[]> {
    return await this.#pending.list();
  }

  async prepareDownload(request: RequestOf<'download'>, owner: SessionOwner): Promise<PreparedCardWork> {
    const { sessions, clock, random } = this.#options;
    const session = sessions.find(request.session, owner);
    const order = session.orders.find(({ id }) => id === request.orderId);
    if (order === undefined) throw new MiddlewareError('ERR_DOWNLOAD_ORDER', 'No such order waits');
    const named = request.card ?? sessions.cardOf(session)?.id;
    if (named === undefined) throw new MiddlewareError('ERR_CARD_ABSENT', 'The card that signed in is gone');
    const card = await findWritingCard(this.#options, named, owner.signal);
    const record: DownloadRecord = {
      id: randomUUID(),
      step: 'planned',
      startedAt: new Date(clock.now()).toISOString(),
      issuer: session.issuer.clientId,
      token: card.name.id,
      cardLabel: card.name.label,
      order,
      keySpec: chooseKeySpec(order, card.token),
      keyId: toHex(random(16)),
      keepReplaced: request.keepReplaced ?? false,
    };
    await this.#pending.refuseOthers(record);
    const askManagementKey = await this.#checkNew(record, card, session, request, owner);
    return await this.#prepare('download', record, card, session, { askManagementKey, pinUses: 2 });
  }

  async prepareResume(request: RequestOf<'resume'>, owner: SessionOwner): Promise<PreparedCardWork> {
    const record = await this.#pending.find(request.downloadId);
    const isBegun = isBeforeRequest(record);
    const session =
      isBegun || record.step === 'requested' ? this.#sessionFor(record, request.session, owner) : undefined;
    const card = await findDownloadCard(this.#options, record, owner.signal);
    let askManagementKey = false;
    if (session !== undefined && isBegun)
      askManagementKey = await this.#checkNew(record, card, session, request, owner);
    else {
      if (session !== undefined) checkTime(record.order, session.login.clockSkewMs, this.#options.clock.now());
      askManagementKey = await needsManagementKey(card, request.askManagementKey, owner.signal);
    }
    return await this.#prepare('resume', record, card, session, { askManagementKey, pinUses: isBegun ? 2 : 1 });
  }

  async prepareDiscard(request: RequestOf<'discard'>, owner: SessionOwner): Promise<PreparedCardWork> {
    return await this.#givingUp.prepare(request, owner.signal);
  }

  async forget(downloadId: string): Promise<void> {
    await this.#givingUp.forget(downloadId);
  }

  /** What must hold before a key is made; tells whether the card's management key has to be asked for. */
  async #checkNew(
    { order }: DownloadRecord,
    card: WritingCard,
    { login, leaf, orders }: SignedIn,
    { askManagementKey = false }: { readonly askManagementKey?: boolean | undefined },
    { signal }: SessionOwner,
  ): Promise<boolean> {
    if (!orders.some(({ id }) => id === order.id)) {
      throw new MiddlewareError('ERR_DOWNLOAD_ORDER', 'The order waits no more');
    }
    checkTime(order, login.clockSkewMs, this.#options.clock.now());
    checkWhom(order, await certificatesOn(card.token, signal), leaf);
    const room = await card.token.room(signal);
    checkRoom(room);
    return askManagementKey || room.managementKeyNeeded === true;
  }

  async #prepare(
    work: 'download' | 'resume',
    record: DownloadRecord,
    card: WritingCard,
    session: SignedIn | undefined,
    needed: { readonly pinUses: number; readonly askManagementKey: boolean },
  ): Promise<PreparedCardWork> {
    const replaced = replacedBy(record, await certificatesOn(card.token, undefined));
    const leaves = replaced && nameCertificate(replaced);
    return {
      question: askAboutDownload(work, card, record, { ...needed, leaves }),
      run: (codes, use) =>
        this.#hold({ codes, use, card, record }, async (held) => {
          await (work === 'download' ? this.#pending.refuseOthers(record) : this.#pending.requireUnchanged(record));
          return await this.#carryOut(record, card, held, use, session);
        }),
    };
  }

  async #carryOut(
    record: DownloadRecord,
    card: WritingCard,
    held: HeldPin,
    use: CardWorkUse,
    session: SignedIn | undefined,
  ): Promise<CardWorkOutcome> {
    const run = new DownloadRun({ ...this.#options, record, card, held, use, login: session?.login });
    try {
      const outcome = await run.run();
      await this.#note(record, 'complete', {
        leaf: run.leaf,
        retired: outcome.removed?.fingerprint,
        ...(isBeforeRequest(record) && outcome.problem === undefined ? { cost: run.cost } : {}),
      });
      return outcome;
    } catch (error) {
      if (isMiddlewareError(error)) await this.#note(record, 'failed', { leaf: run.leaf, code: error.code });
      const where = run.unfinished ? { downloadId: record.id, step: run.record.step } : {};
      throw withPinEffect(error, card.pin, where, run.pinAccepted);
    }
  }

  #sessionFor({ issuer }: DownloadRecord, session: string | undefined, owner: SessionOwner): SignedIn {
    const found = session === undefined ? undefined : this.#options.sessions.find(session, owner);
    if (found?.issuer.clientId === issuer) return found;
    throw new MiddlewareError('ERR_ISSUER_SESSION', 'Not signed in at the issuer of this download');
  }
}
