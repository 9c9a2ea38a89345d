import type { ControlClient } from '../../client/client.js';
import type { BackedUpCertificate } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import type { MarkedText } from '../../terminal/layout/marked-text.js';
import { backupTexts } from '../../terminal/texts/backup-texts.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { createRestoreScreen } from './card-change-screens.js';
import { LoadedScreen } from './loaded-screen.js';

/** Certificates that were removed and are kept. */
export const createBackupsScreen = (ui: Ui): Screen => new BackupsScreen(ui, ({ fingerprint }) => fingerprint).start();

class BackupsScreen extends LoadedScreen<BackedUpCertificate> {
  get title(): string {
    return this.words.title.backups;
  }

  protected async load(client: ControlClient): Promise<readonly BackedUpCertificate[]> {
    const { backups } = await client.request('certificate.backups', {});
    return backups;
  }

  protected textsOf(backup: BackedUpCertificate): readonly MarkedText[] {
    const { canReturn, cannotReturn } = this.words;
    return backupTexts(backup, this.ui.look.language, backup.keyKept ? canReturn : cannotReturn);
  }

  protected empty(): string {
    return certificateMessages[this.ui.look.language].backupsNone;
  }

  protected ownKeys(): readonly KeyHelp[] {
    return this.pane.selected?.keyKept === true
      ? [{ key: 'Enter', does: this.words.keys.restore, short: this.words.shortKeys.restore }]
      : [];
  }

  protected ownKey(key: string): boolean {
    const { selected } = this.pane;
    if (key !== 'enter' || selected === undefined) return false;
    if (selected.keyKept) this.ui.open(createRestoreScreen(this.ui, selected.fingerprint));
    else this.ui.say(this.words.cannotReturn);
    return true;
  }
}
