import type { ControlClient } from '../../client/client.js';
import type { CertificateDetails } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { detailsTexts } from '../../terminal/texts/details-rows.js';
import { listedTexts } from '../../terminal/texts/certificate-texts.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { createBackupsScreen } from './backups-screen.js';
import { createRemoveScreen } from './card-change-screens.js';
import { createPreferScreen, createWhyScreen } from './choice-screens.js';
import { createDownloadScreen } from './download-screen.js';
import { LoadedScreen } from './loaded-screen.js';
import { createTextScreen } from './text-screen.js';

/** Every certificate of every inserted card, and what can be done with it. */
export const createCertificatesScreen = (ui: Ui): Screen =>
  new CertificatesScreen(ui, ({ fingerprint, card }) => `${fingerprint} ${card.reader}`).start();

class CertificatesScreen extends LoadedScreen<CertificateDetails> {
  get title(): string {
    return this.words.title.certificates;
  }

  protected async load(client: ControlClient): Promise<readonly CertificateDetails[]> {
    const { certificates } = await client.request('certificate.list', {});
    return certificates;
  }

  protected textsOf(certificate: CertificateDetails): readonly MarkedText[] {
    return listedTexts(certificate, this.ui.look);
  }

  protected empty(): string {
    return certificateMessages[this.ui.look.language].none;
  }

  protected ownKeys(): readonly KeyHelp[] {
    const { keys, shortKeys } = this.words;
    return [
      ...(this.pane.selected === undefined
        ? []
        : [{ key: 'Enter', does: keys.details, short: shortKeys.details }, ...this.#keysOfOne()]),
      { key: 'd', does: keys.download },
      { key: 'b', does: keys.backups },
    ];
  }

  protected ownKey(key: string): boolean {
    const { selected } = this.pane;
    if (key === 'd') this.ui.open(createDownloadScreen(this.ui));
    else if (key === 'b') this.ui.open(createBackupsScreen(this.ui));
    else if (selected === undefined) return false;
    else if (key === 'enter') this.ui.open(this.#details(selected));
    else return this.#keyOfOne(key, selected);
    return true;
  }

  #keysOfOne(): readonly KeyHelp[] {
    const { keys, shortKeys } = this.words;
    return [
      { key: 'p', does: keys.prefer, short: shortKeys.prefer },
      { key: 'w', does: keys.why, short: shortKeys.why },
      { key: 't', does: keys.remove },
    ];
  }

  #keyOfOne(key: string, certificate: CertificateDetails): boolean {
    const reload = (): void => void this.reload();
    if (key === 'p') this.ui.open(createPreferScreen(this.ui, certificate, reload));
    else if (key === 'w') this.ui.open(createWhyScreen(this.ui));
    else if (key === 't') this.ui.open(createRemoveScreen(this.ui, certificate));
    else return false;
    return true;
  }

  #details(certificate: CertificateDetails): Screen {
    return createTextScreen(this.ui, {
      title: this.words.title.details,
      texts: [...detailsTexts(certificate, this.ui.look.language), marked('')],
      keys: this.#keysOfOne(),
      onKey: (key) => this.#keyOfOne(key, certificate),
    });
  }
}
