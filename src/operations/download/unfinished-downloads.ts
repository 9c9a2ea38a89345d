import { MiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { DownloadJournal, DownloadRecord } from '../../model/download.js';

/** The downloads that the journal has, and what they stand in the way of. */
export class UnfinishedDownloads {
  readonly #journal: DownloadJournal;
  readonly #logger: Logger;
  #count = 0;

  constructor({ journal, logger }: { readonly journal: DownloadJournal; readonly logger: Logger }) {
    this.#journal = journal;
    this.#logger = logger;
  }

  /** How many there were when the journal was last read. */
  get count(): number {
    return this.#count;
  }

  /** Reads the journal, forgets what had not begun, and tells the log of the rest. Never rejects. */
  async start(): Promise<void> {
    try {
      const all = await this.#journal.all();
      for (const { id } of all.filter(({ step }) => step === 'planned')) await this.#journal.remove(id);
      for (const { id, step, token } of await this.list())
        this.#logger.warn({ download: id, step, token }, 'A download is unfinished');
    } catch (error) {
      this.#logger.error({ error }, 'Unfinished downloads could not be read');
    }
  }

  /** @throws {MiddlewareError} ERR_DOWNLOAD_JOURNAL. */
  async list(): Promise<readonly DownloadRecord[]> {
    const all = await this.#journal.all();
    this.#count = all.length;
    return all;
  }

  /** @throws {MiddlewareError} ERR_DOWNLOAD_ORDER when there is none of this id. */
  async find(id: string): Promise<DownloadRecord> {
    const found = (await this.list()).find((record) => record.id === id);
    if (found === undefined) throw new MiddlewareError('ERR_DOWNLOAD_ORDER', 'No such download is unfinished');
    return found;
  }

  /** @throws {MiddlewareError} ERR_DOWNLOAD_UNFINISHED when there is one to the same card, or of the same order. */
  async refuseOthers({ token, issuer, order }: DownloadRecord): Promise<void> {
    const same = (other: DownloadRecord): boolean =>
      other.token === token || (other.issuer === issuer && other.order.id === order.id);
    const found = (await this.list()).find(same);
    if (found === undefined) return;
    throw new MiddlewareError('ERR_DOWNLOAD_UNFINISHED', 'An earlier download is unfinished', {
      fields: { downloadId: found.id, step: found.step },
    });
  }

  /**
   * What another connection has done since the user was asked must be asked about anew: a certificate that is finished
   * by now, and has taken the place of the old one, would be given up.
   *
   * @throws {MiddlewareError} ERR_DOWNLOAD_UNFINISHED, ERR_DOWNLOAD_ORDER.
   */
  async requireUnchanged(asked: DownloadRecord): Promise<void> {
    const { id, step, certificate } = await this.find(asked.id);
    if (step === asked.step && certificate === asked.certificate) return;
    throw new MiddlewareError('ERR_DOWNLOAD_UNFINISHED', 'The download has gone on since', {
      fields: { downloadId: id, step },
      retriable: true,
    });
  }
}
