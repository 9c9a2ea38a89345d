import type { CertificateDetails } from '../../control-contract/certificates.js';
import { pinMessages } from '../../messages/pin.js';
import { uiWorkMessages } from '../../messages/ui-work.js';
import type { CardWorkRequest } from '../../model/card-work.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { outcomeTexts } from '../../terminal/texts/outcome-texts.js';
import { askCardWork } from '../../terminal/work/ask-card-work.js';
import { changeFailure } from '../../terminal/work/work-failure.js';
import { listedTexts } from '../../terminal/texts/certificate-texts.js';
import type { Screen, Ui } from '../screen.js';
import { createWorkScreen, type WorkPlace } from './work-screen.js';

/** A certificate leaves its card, after a question, and is kept in the backup. */
export function createRemoveScreen(ui: Ui, certificate: CertificateDetails): Screen {
  const { look } = ui;
  const words = uiWorkMessages[look.language];
  const { fingerprint } = certificate;
  return createWorkScreen(ui, {
    title: words.title.remove,
    work: async (place) => {
      place.dialog.sayMarked([...listedTexts(certificate, look), marked('')]);
      const index = await place.dialog.choose({
        before: words.removeHow,
        offers: [words.removeOnly, words.removeWithKey].map((line) => (mark) => [marked(line, mark)]),
        hint: pinMessages[look.language].chooseHint,
      });
      return await change(ui, place, { work: 'remove', fingerprint, withKey: index === 1 });
    },
  });
}

/** A removed certificate comes back beside its key. */
export function createRestoreScreen(ui: Ui, fingerprint: string): Screen {
  return createWorkScreen(ui, {
    title: uiWorkMessages[ui.look.language].title.restore,
    work: (place) => change(ui, place, { work: 'restore', fingerprint }),
  });
}

async function change(
  { look }: Ui,
  { client, dialog, onRun }: WorkPlace,
  request: Extract<CardWorkRequest, { work: 'remove' | 'restore' }>,
): Promise<readonly MarkedText[]> {
  let begun = false;
  try {
    const done = await askCardWork(client, request, dialog, look, {
      usePinPad: true,
      yes: false,
      onRun: () => {
        begun = true;
        onRun();
      },
    });
    return [marked(''), ...outcomeTexts(done, look)];
  } catch (error) {
    throw await changeFailure(client, error, request.work, { fingerprint: request.fingerprint, begun });
  }
}
