import type { CardWorkQuestion, NamedCertificate } from '../../model/card-work.js';
import type { DownloadRecord } from '../../model/download.js';
import { askAbout, type WritingCard } from '../writing-card.js';

/** What is asked before a download, its resumption or its end. */
export function askAboutDownload(
  work: 'download' | 'resume' | 'discard',
  card: WritingCard,
  record: DownloadRecord,
  needed: {
    readonly pinUses: number;
    readonly askManagementKey: boolean;
    readonly leaves?: NamedCertificate | undefined;
  },
): CardWorkQuestion {
  const { leaves } = needed;
  return {
    work,
    ...askAbout(card, needed),
    order: record.order,
    ...(work === 'download' ? {} : { step: record.step }),
    ...(leaves === undefined ? {} : { leaves }),
  };
}
