import type { Logger } from '../../core/ports.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { DownloadRecord } from '../../model/download.js';
import type { History, HistoryEvent } from '../../model/history.js';
import type { DownloadCost } from './download.js';

/** What the history is told of a download besides its outcome. */
interface Facts {
  readonly leaf?: CertificateInfo | undefined;
  readonly retired?: string | undefined;
  readonly code?: string;
  readonly cost?: DownloadCost;
}

/** Writes down how a download ended for now. Never rejects. */
export type NoteDownload = (
  record: DownloadRecord,
  outcome: Extract<HistoryEvent, { readonly kind: 'download' }>['outcome'],
  facts: Facts,
) => Promise<void>;

/** Nobody loses a certificate because the history cannot be written. */
export function noteDownloads({
  history,
  logger,
}: {
  readonly history: Pick<History, 'append'>;
  readonly logger: Logger;
}): NoteDownload {
  return async ({ token, issuer, order }, outcome, { leaf, retired, code, cost }) => {
    const event: HistoryEvent = {
      kind: 'download',
      token,
      issuer,
      order: order.kind,
      outcome,
      ...(leaf === undefined ? {} : { fingerprint: leaf.fingerprint }),
      ...(retired === undefined ? {} : { retired }),
      ...(code === undefined ? {} : { code }),
      ...cost,
    };
    await history.append(event).catch((error: unknown) => {
      logger.error({ error }, 'A download could not be written to the history');
    });
  };
}
