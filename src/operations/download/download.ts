import { MiddlewareError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import type { IssuerLogin } from '../../enrollment/issuer-client.js';
import type { CardWorkOutcome } from '../../model/card-work.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { CertificateBackups } from '../../model/certificate-backup.js';
import type { DownloadJournal, DownloadRecord } from '../../model/download.js';
import type { PinProblem, TriesLeft } from '../../model/pin-care.js';
import { parseCertificate } from '../../pki/certificate.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import type { CardCost, OpenedCard, WritableToken, WriteAuthorization, WriteResult } from '../../tokens/token.js';
import type { CardWorkUse } from '../card-work.js';
import { describeCounter, describeProblem } from '../pin-card.js';
import { triesBefore, type WritingCard } from '../writing-card.js';
import { believedNow, isDoubt } from './doubted-answer.js';
import { enroll, type CheckIssued } from './enroll.js';
import { requireKeyOf } from './find-download-card.js';
import type { HeldPin } from './held-pin.js';
import { isInterruption, nameCertificate, retire } from './retire.js';
import { makeRequest, storeAndProve } from './visits.js';

/** What carrying a download out works with. */
export interface DownloadDependencies {
  readonly tokens: Pick<TokenRegistry, 'writableToken'>;
  readonly journal: DownloadJournal;
  readonly checkIssued: CheckIssued;
  readonly backups: Pick<CertificateBackups, 'add' | 'all'>;
  readonly clock: Clock;
  /** A certificate has taken the place of another, by fingerprint; must not throw. */
  readonly onReplaced: (old: string, next: string) => void;
}

/** One run of a download, from wherever it is to its end. */
export interface DownloadRunOptions extends DownloadDependencies {
  readonly record: DownloadRecord;
  readonly card: WritingCard;
  readonly held: HeldPin;
  readonly use: CardWorkUse;
  /** Needed until the issuer has answered. */
  readonly login: IssuerLogin | undefined;
}

/** Whether the issuer can have been asked already. */
export const isBeforeRequest = ({ step }: Pick<DownloadRecord, 'step'>): boolean =>
  step === 'planned' || step === 'key';

/** Commands to the card, and the milliseconds that card and issuer took. */
export interface DownloadCost extends CardCost {
  readonly issuerMs: number;
}

/** What became of the certificate that is replaced. */
interface Farewell {
  readonly removed?: CertificateInfo | undefined;
  readonly problem?: PinProblem | undefined;
}

/**
 * Carries a download on from where its record says, each step written down before it is done. Steps that were done
 * already are found done on the card, so that any of them may be begun twice.
 */
export class DownloadRun {
  readonly #options: DownloadRunOptions;
  #record: DownloadRecord;
  #unfinished = true;
  #pinAccepted = false;
  #told: 'storing' | 'proving' | 'pin-pad' | undefined;
  #leaf: CertificateInfo | undefined;
  /** Of files that were written and read. */
  #ownMs = 0;
  readonly #cost = { apduCount: 0, cardMs: 0, issuerMs: 0 };

  constructor(options: DownloadRunOptions) {
    this.#options = options;
    this.#record = options.record;
  }

  /** As far as it has come. */
  get record(): DownloadRecord {
    return this.#record;
  }

  /** Whether the journal still has it, so that it can be gone on with. */
  get unfinished(): boolean {
    return this.#unfinished;
  }

  /** Whether the card took the PIN, at least the first time. */
  get pinAccepted(): boolean {
    return this.#pinAccepted;
  }

  /** What this run has cost the card and the issuer so far. */
  get cost(): DownloadCost {
    return this.#cost;
  }

  /** From `issued` on. */
  get leaf(): CertificateInfo | undefined {
    return this.#leaf;
  }

  /** @throws {MiddlewareError} whatever any step throws; the journal keeps what is needed to go on. */
  async run(): Promise<CardWorkOutcome> {
    if (isBeforeRequest(this.#record)) await this.#visitForKey();
    if (this.#record.step === 'requested') await this.#askIssuer();
    return await this.#visitForCertificate();
  }

  /** A visit that has left nothing on the card leaves nothing in the journal either. */
  async #visitForKey(): Promise<void> {
    const { held } = this.#options;
    const isNew = this.#record.step === 'planned';
    let cleaned = isNew;
    try {
      if (isNew) await this.#save(this.#record);
      const retryCounter = await this.#visit(
        () => held.first(),
        async (card) => {
          await this.#save({ ...this.#record, step: 'key' });
          cleaned = false;
          await this.#makeRequest(card, () => (cleaned = true));
        },
      );
      held.accepted(retryCounter);
    } catch (error) {
      if (cleaned && isBeforeRequest(this.#record)) await this.#finish();
      throw error;
    }
  }

  async #makeRequest(card: OpenedCard, onCleaned: () => void): Promise<void> {
    this.#options.use.onStep('making-key');
    try {
      const { keyReference, request } = await makeRequest(card, this.#record);
      await this.#save({ ...this.#record, step: 'requested', keyReference, request: toBase64(request) });
    } catch (error) {
      // Where the card is gone this fails too, and the journal says that a key may be on it.
      await card.removeKey(toBytes(this.#record.keyId, 'hex')).then(onCleaned, () => undefined);
      throw error;
    }
  }

  async #askIssuer(): Promise<void> {
    const { login, held, use, checkIssued, clock } = this.#options;
    if (login === undefined) throw new MiddlewareError('ERR_ISSUER_SESSION', 'Not signed in at the issuer');
    const { signal, onStep } = use;
    const { order, request = '', certificate: doubted } = this.#record;
    const der = toBytes(request, 'base64');
    const { clockSkewMs } = login;
    const judge = (answer: Uint8Array): ReturnType<CheckIssued> => {
      onStep('checking-answer');
      return checkIssued(answer, { order, request: der, now: clock.now(), clockSkewMs });
    };
    const keep = async ({ leaf, chain }: ReturnType<CheckIssued>): Promise<void> => {
      const certificate = toBase64(leaf.der);
      await this.#write({ ...this.#record, step: 'issued', certificate, chain: chain.map(toBase64) });
    };
    const believed = doubted && believedNow(() => judge(toBytes(doubted, 'base64')));
    if (believed) {
      await keep(believed);
      return;
    }
    const begun = clock.monotonic();
    const answer = await enroll(order, der, { login, signal, onStep, patienceMs: () => held.leftMs });
    this.#cost.issuerMs += clock.monotonic() - begun;
    // From here on nothing asks whether the user has given up: not every issuer answers the same request twice.
    try {
      await keep(judge(answer));
    } catch (error) {
      if (isDoubt(error)) await this.#write({ ...this.#record, certificate: toBase64(answer) });
      throw error;
    }
  }

  async #visitForCertificate(): Promise<CardWorkOutcome> {
    const { held, card } = this.#options;
    const leaf = parseCertificate(toBytes(this.#record.certificate ?? '', 'base64'));
    this.#leaf = leaf;
    const visit: { isProved: boolean; farewell?: Farewell } = { isProved: false };
    let after: TriesLeft = { blocked: false };
    let problem: PinProblem | undefined;
    // Said before the card is waited for: where it has been pulled meanwhile, this is the step that fails.
    this.#tell('storing');
    try {
      const retryCounter = await this.#visit(
        () => held.last(),
        async (opened) => {
          await storeAndProve(opened, this.#record, leaf, { onStep: (step) => this.#tell(step) });
          await this.#save({ ...this.#record, step: 'stored' });
          visit.isProved = true;
          visit.farewell = await this.#retire(opened);
        },
      );
      after = describeCounter(retryCounter);
    } catch (error) {
      if (!visit.isProved) throw error;
      // What was asked for is on the card. What goes wrong after that is told beside it.
      problem = describeProblem(error);
    }
    const { replaces } = this.#record.order;
    const isRetired = visit.farewell !== undefined || replaces === undefined || this.#record.keepReplaced;
    if (replaces !== undefined) this.#options.onReplaced(replaces, leaf.fingerprint);
    if (isRetired) problem ??= visit.farewell?.problem ?? (await this.#forget());
    const removed = visit.farewell?.removed && nameCertificate(visit.farewell.removed);
    return {
      before: triesBefore(card.pin),
      after,
      stored: nameCertificate(leaf),
      ...(removed === undefined ? {} : { removed }),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** That the card refuses to let the old certificate go is no failure of the new one, and asking again would not help. */
  async #retire(card: OpenedCard): Promise<Farewell> {
    const { backups, clock, use } = this.#options;
    const kept: typeof backups = {
      all: () => this.#timed(() => backups.all()),
      add: (backup) => this.#timed(() => backups.add(backup)),
    };
    try {
      return { removed: await retire(card, this.#record, { clock, backups: kept }, use.onStep) };
    } catch (error) {
      if (isInterruption(error)) throw error;
      return { problem: describeProblem(error) };
    }
  }

  /** One use of the PIN. The token is asked for anew each time: what stands for a card may change between them. */
  async #visit(
    authorize: () => WriteAuthorization,
    work: (card: OpenedCard) => Promise<void>,
  ): Promise<WriteResult<void>['retryCounter']> {
    const { tokens, card } = this.#options;
    const token = await tokens.writableToken(card.name.id);
    if (token === undefined) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card left its reader', { retriable: true });
    if (roleOfPin(token) !== roleOfPin(card.token)) {
      // Another module stands for the card by now, whose first PIN is not the one that the user was asked for.
      throw new MiddlewareError('ERR_PIN_OPERATION_OVER', 'Card takes another PIN for writing', { retriable: true });
    }
    const ownBefore = this.#ownMs;
    // Given out only now: whatever fails before, whoever holds the PIN wipes it.
    const authorization = authorize();
    if (authorization.pin === 'pin-pad') this.#tell('pin-pad');
    const { retryCounter, cost } = await token.write(authorization, async (opened) => {
      this.#pinAccepted = true;
      await requireKeyOf(opened, this.#record);
      await work(opened);
    });
    this.#cost.apduCount += cost.apduCount;
    // What was written to the disk meanwhile, the card did not take.
    this.#cost.cardMs += Math.max(0, cost.cardMs - (this.#ownMs - ownBefore));
    return retryCounter;
  }

  /** Not twice after each other. */
  #tell(step: 'storing' | 'proving' | 'pin-pad'): void {
    if (step !== this.#told) this.#options.use.onStep(step);
    this.#told = step;
  }

  async #save(record: DownloadRecord): Promise<void> {
    this.#options.use.signal.throwIfAborted();
    await this.#write(record);
  }

  async #write(record: DownloadRecord): Promise<void> {
    await this.#timed(() => this.#options.journal.write(record));
    this.#record = record;
  }

  async #timed<T>(work: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const begun = clock.monotonic();
    return await work().finally(() => (this.#ownMs += clock.monotonic() - begun));
  }

  /** Takes a finished download out of the journal. One that stays there would find itself finished when gone on with. */
  async #forget(): Promise<PinProblem | undefined> {
    try {
      await this.#finish();
      return undefined;
    } catch (error) {
      return describeProblem(error);
    }
  }

  async #finish(): Promise<void> {
    await this.#options.journal.remove(this.#record.id);
    this.#unfinished = false;
  }
}

const roleOfPin = ({ info, writing }: WritableToken): string | undefined =>
  info.pins.find(({ reference }) => reference === writing.pin)?.role;

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const toBytes = (text: string, encoding: 'base64' | 'hex'): Uint8Array => new Uint8Array(Buffer.from(text, encoding));
