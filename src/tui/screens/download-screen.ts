import { downloadMessages } from '../../messages/download.js';
import { uiWorkMessages } from '../../messages/ui-work.js';
import { launchMessages } from '../../messages/launch.js';
import type { ControlClient } from '../../client/client.js';
import type { IssuerSession } from '../../control-contract/certificates.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { outcomeTexts } from '../../terminal/texts/outcome-texts.js';
import { askDownload, type DownloadPlan } from '../../terminal/work/ask-download.js';
import type { NextStepLook } from '../../terminal/look.js';
import type { DownloadRecord } from '../../model/download.js';
import type { Screen, Ui } from '../screen.js';
import type { ScreenDialog } from './screen-dialog.js';
import { createWorkScreen, type WorkPlace } from './work-screen.js';

/** What is downloaded; without anything it is asked. */
export interface DownloadScreenChoice {
  /** Id, serial number or reader of the card. */
  readonly card?: string | undefined;
  /** Id of an unfinished download to go on with. */
  readonly resume?: string | undefined;
}

/** The longest life of an order, and the calls to the issuer besides; the daemon ends it before. */
const signInMs = 12 * 60_000;

/** Fetches a certificate from its issuer to a card, goes on with that, or gives it up. */
export function createDownloadScreen(ui: Ui, choice: DownloadScreenChoice = {}): Screen {
  const { look } = ui;
  return createWorkScreen(ui, {
    title: uiWorkMessages[look.language].title.download,
    work: (place) => download(place, choice, look),
  });
}

async function download(
  { client, dialog, onRun }: WorkPlace,
  { card, resume }: DownloadScreenChoice,
  look: NextStepLook,
): Promise<readonly MarkedText[]> {
  const done = await askDownload(
    {
      client,
      look,
      signIn: (issuer) => signIn(client, issuer, dialog, look),
      inDialog: (work) => work(dialog),
      introduce: (text) => dialog.say(text),
    },
    {
      settle: (downloads) => settle(downloads, resume),
      card,
      usePinPad: true,
      yes: false,
      keepReplaced: false,
      evenIssued: false,
      onRun,
    },
  );
  if (!('nothing' in done)) return [marked(''), ...outcomeTexts(done, look)];
  return [marked(downloadMessages[look.language].noOrders(done.nothing.issuer.name[look.language]))];
}

function settle(downloads: readonly DownloadRecord[], resume: string | undefined): DownloadPlan | undefined {
  const record = downloads.find(({ id }) => id === resume);
  if (record !== undefined) return { kind: 'resume', record };
  return downloads.length === 0 ? { kind: 'new' } : undefined;
}

/** The prompt comes in front of the screen, or wherever prompts come to; meanwhile the screen says how it goes. */
async function signIn(
  client: ControlClient,
  issuer: string | undefined,
  dialog: ScreenDialog,
  look: NextStepLook,
): Promise<IssuerSession> {
  dialog.say(uiWorkMessages[look.language].signIn);
  const stop = client.on('issuer.progress', ({ hint }) => {
    const known = Object.entries(launchMessages[look.language].pending).find(([name]) => name === hint)?.[1];
    if (known !== undefined) dialog.tell(known);
  });
  try {
    const session = await client.request('issuer.signIn', { issuer }, { timeoutMs: signInMs });
    dialog.turnPage();
    return session;
  } finally {
    dialog.tell('');
    stop();
  }
}
