import { randomUUID } from 'node:crypto';
import { toHex } from '../../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { Logger, Random } from '../../core/ports.js';
import type { CardWorkOutcome, CardWorkRequest } from '../../model/card-work.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { DownloadRecord } from '../../model/download.js';
import type { History } from '../../model/history.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import type { CardLocks } from '../card-locks.js';
import type { CardWorkCodes, CardWorkUse, PreparedCardWork } from '../card-work.js';
import { needsManagementKey } from '../certificate-work.js';
import { describeCounter } from '../pin-card.js';
import { findWritingCard, triesBefore, withPinEffect, type WritingCard } from '../writing-card.js';
import { checkRoom, checkTime, checkWhom, chooseKeySpec } from './check-order.js';
import { askAboutDownload } from './download-questions.js';
import { noteDownloads, type NoteDownload } from './download-history.js';
import { DownloadRun, isBeforeRequest, type DownloadDependencies } from './download.js';
import { findDownloadCard } from './find-download-card.js';
import { givenUp, takeOut, type GivenUp } from './given-up.js';
import type { HeldPin } from './held-pin.js';
import type { IssuerSessions, SessionOwner, SignedIn } from './issuer-sessions.js';
import { keepCopy, nameCertificate, replacedBy, takeBack } from './retire.js';
import { UnfinishedDownloads } from './unfinished-downloads.js';
import { withHeldPin } from './with-held-pin.js';

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

  constructor(options: DownloadsOptions) {
    this.#options = options;
    this.#pending = new UnfinishedDownloads(options);
    this.#note = noteDownloads(options);
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
    const record = await this.#pending.find(request.downloadId);
    // What it replaces may be off the card by now: nobody shall be left with neither.
    if (record.step === 'stored') throw notGivenUp(record, 'stored');
    if (record.certificate !== undefined && request.evenIssued !== true) throw notGivenUp(record, 'issued');
    const card = await findDownloadCard(this.#options, record, owner.signal);
    const given = givenUp(record);
    const { leaf } = given;
    const isStored = (await certificatesOn(card, owner.signal)).some(
      ({ fingerprint }) => fingerprint === leaf?.fingerprint,
    );
    const question = askAboutDownload('discard', card, record, {
      pinUses: 1,
      askManagementKey: await needsManagementKey(card, request.askManagementKey, owner.signal),
      leaves: isStored && leaf ? nameCertificate(leaf) : undefined,
    });
    return {
      question,
      run: (codes, use) =>
        this.#holding(codes, use, card, record, async (held) => {
          await this.#pending.requireUnchanged(record);
          return await this.#discard(given, card, held);
        }),
    };
  }

  async forget(downloadId: string): Promise<void> {
    const { tokens, journal, locks, backups, clock } = this.#options;
    const record = await this.#pending.find(downloadId);
    if (tokens.findToken(record.token) !== undefined) {
      const fields = { downloadId, reason: 'card-inserted' };
      throw new MiddlewareError('ERR_DOWNLOAD_UNFINISHED', 'The card is inserted', { fields });
    }
    const release = locks.hold(record.token);
    try {
      const given = givenUp(record);
      const { leaf } = given;
      if (leaf !== undefined) await keepCopy(backups, record, leaf, clock);
      await takeOut(journal, given);
      await this.#note(record, 'discarded', { leaf });
    } finally {
      release();
      await this.#pending.list().catch(() => undefined);
    }
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
    checkWhom(order, await certificatesOn(card, signal), leaf);
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
    const replaced = replacedBy(record, await certificatesOn(card, undefined));
    const leaves = replaced && nameCertificate(replaced);
    return {
      question: askAboutDownload(work, card, record, { ...needed, leaves }),
      run: (codes, use) =>
        this.#holding(codes, use, card, record, async (held) => {
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

  async #discard(given: GivenUp, card: WritingCard, held: HeldPin): Promise<CardWorkOutcome> {
    const { record, leaf } = given;
    const { backups, clock, journal } = this.#options;
    const before = triesBefore(card.pin);
    if (leaf !== undefined) await keepCopy(backups, record, leaf, clock);
    try {
      const keyId = new Uint8Array(Buffer.from(record.keyId, 'hex'));
      const { value, retryCounter } = await card.token.write(held.last(), (opened) => takeBack(opened, keyId, leaf));
      await takeOut(journal, given);
      await this.#note(record, 'discarded', { leaf });
      return { before, after: describeCounter(retryCounter), ...(value && { removed: nameCertificate(value) }) };
    } catch (error) {
      throw withPinEffect(error, card.pin, { downloadId: record.id, step: record.step }, false);
    }
  }

  /** One at a time on each card and for each order; whatever comes of it, the codes are wiped and the journal counted. */
  async #holding(
    codes: CardWorkCodes,
    use: CardWorkUse,
    card: WritingCard,
    { issuer, order }: DownloadRecord,
    work: (held: HeldPin) => Promise<CardWorkOutcome>,
  ): Promise<CardWorkOutcome> {
    const { locks, tokens } = this.#options;
    const releases: (() => void)[] = [];
    try {
      releases.push(locks.hold(card.name.id), locks.hold(`order ${issuer} ${order.id}`));
      return await withHeldPin(codes, use, card, tokens, work);
    } catch (error) {
      for (const code of Object.values(codes)) if (code !== 'pin-pad') code.wipe();
      throw error;
    } finally {
      for (const release of releases) release();
      await this.#pending.list().catch(() => undefined);
    }
  }

  #sessionFor({ issuer }: DownloadRecord, session: string | undefined, owner: SessionOwner): SignedIn {
    const found = session === undefined ? undefined : this.#options.sessions.find(session, owner);
    if (found?.issuer.clientId === issuer) return found;
    throw new MiddlewareError('ERR_ISSUER_SESSION', 'Not signed in at the issuer of this download');
  }
}

const notGivenUp = ({ id }: DownloadRecord, reason: 'issued' | 'stored'): MiddlewareError =>
  new MiddlewareError('ERR_DOWNLOAD_UNFINISHED', 'Too late to give the download up', {
    fields: { downloadId: id, reason },
  });

async function certificatesOn({ token }: WritingCard, signal: AbortSignal | undefined): Promise<CertificateInfo[]> {
  return (await token.certificates(signal)).map(({ certificate }) => certificate);
}
