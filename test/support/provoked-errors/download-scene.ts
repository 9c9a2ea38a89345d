import { systemClock } from '../../../src/core/ports.js';
import type { CertificateOrder } from '../../../src/model/certificate-order.js';
import { createSandboxCa, type SandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import {
  openDownloadStage,
  personKey,
  testOrder,
  type DownloadCardKind,
  type DownloadStage,
  type PersonKey,
} from '../download-stage.js';

let made: Promise<{ readonly ca: SandboxCa; readonly key: PersonKey }> | undefined;

async function make() {
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  return { ca, key: await personKey(ca) };
}

/** One CA and one person for all provocations. */
export const downloadPeople = () => (made ??= make());

type Extras = NonNullable<Parameters<typeof openDownloadStage>[3]>;

/** A card in a reader and an issuer that has something for it. */
export async function atDownload(
  kind: DownloadCardKind,
  extras: Extras,
  work: (stage: DownloadStage) => Promise<unknown>,
): Promise<void> {
  const { ca, key } = await downloadPeople();
  const stage = await openDownloadStage(ca, key, kind, extras);
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}

/** A whole download, of a certificate for such a key. */
export const downloadOf =
  (kind: DownloadCardKind, extras: Extras, keySpec: CertificateOrder['keySpecs'][number]) => (): Promise<void> =>
    atDownload(kind, extras, async (stage) => {
      stage.issuer.orders = [testOrder({ keySpecs: [keySpec] })];
      await stage.run(await stage.begin());
    });
