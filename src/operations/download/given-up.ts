import { isMiddlewareError } from '../../core/errors.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { DownloadJournal, DownloadRecord } from '../../model/download.js';
import { parseCertificate } from '../../pki/certificate.js';

/** A download that is given up. */
export interface GivenUp {
  readonly record: DownloadRecord;
  /** What was issued for it. */
  readonly leaf: CertificateInfo | undefined;
  /** What stands in the place of the certificate is none. */
  readonly isDamaged: boolean;
}

/** A damaged record must not hold its card and its order for ever. */
export function givenUp(record: DownloadRecord): GivenUp {
  const { certificate } = record;
  if (certificate === undefined) return { record, leaf: undefined, isDamaged: false };
  try {
    const leaf = parseCertificate(new Uint8Array(Buffer.from(certificate, 'base64')));
    return { record, leaf, isDamaged: false };
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED')) throw error;
    return { record, leaf: undefined, isDamaged: true };
  }
}

/** Takes it out of the journal; a damaged one is kept aside, since somebody may still make something of it. */
export async function takeOut(
  journal: Pick<DownloadJournal, 'remove' | 'setAside'>,
  { record, isDamaged }: GivenUp,
): Promise<void> {
  await (isDamaged ? journal.setAside(record.id) : journal.remove(record.id));
}
