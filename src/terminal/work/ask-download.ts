import type { ControlClient } from '../../client/client.js';
import type { IssuerSession } from '../../control-contract/certificates.js';
import { MiddlewareError } from '../../core/errors.js';
import { downloadMessages } from '../../messages/download.js';
import { pinMessages } from '../../messages/pin.js';
import type { CardWorkRequest } from '../../model/card-work.js';
import type { CertificateOrder } from '../../model/certificate-order.js';
import type { DownloadRecord } from '../../model/download.js';
import { marked } from '../layout/marked-text.js';
import type { Look, NextStepLook } from '../look.js';
import { localTime } from '../../messages/local-time.js';
import { orderTexts } from '../texts/question-texts.js';
import { askCardWork, type CardWorkAsking, type DoneCardWork } from './ask-card-work.js';
import type { WorkDialog } from './work-dialog.js';
import { downloadFailure } from './work-failure.js';

/** What is done about downloads that are not finished. */
export type DownloadPlan =
  { readonly kind: 'new' } | { readonly kind: 'resume' | 'discard'; readonly record: DownloadRecord };

/** What was done; nothing, with the session in which nothing waited. */
export type Downloaded = DoneCardWork | { readonly nothing: IssuerSession };

/** How a download is asked about. */
export interface DownloadAsking extends Omit<CardWorkAsking, 'onRun'> {
  /** What is settled already about downloads that are not finished; undefined asks. */
  readonly settle: (downloads: readonly DownloadRecord[]) => DownloadPlan | undefined;
  readonly issuer?: string | undefined;
  readonly card?: string | undefined;
  readonly order?: string | undefined;
  readonly keepReplaced: boolean;
  readonly evenIssued: boolean;
  /** Called when work goes to the card: from then on something may be changed. */
  readonly onRun?: () => void;
}

/** Where a download is carried out. */
export interface DownloadPlace {
  readonly client: ControlClient;
  readonly look: NextStepLook;
  /** Signs in at the issuer; the prompt for that may need the place of the dialog. */
  readonly signIn: (issuer: string | undefined) => Promise<IssuerSession>;
  readonly inDialog: <T>(work: (dialog: WorkDialog) => Promise<T>) => Promise<T>;
  /** How it goes, before it begins. */
  readonly introduce: (text: string) => void;
}

/**
 * A download that a person carries out: goes on with an unfinished one or gives it up, or signs in, asks which order is
 * meant, and puts the certificate on the card.
 *
 * @throws {MiddlewareError} with the fields of {@link downloadFailure}.
 */
export async function askDownload(place: DownloadPlace, asking: DownloadAsking): Promise<Downloaded> {
  return await new Download(place, asking).run();
}

/** Until the issuer has answered, going on needs a login there. */
export const needsIssuer = ({ step }: DownloadRecord): boolean => step !== 'issued' && step !== 'stored';

/** The card work of an order. */
export const startOf = (
  { session }: IssuerSession,
  orderId: string,
  { card, keepReplaced }: Pick<DownloadAsking, 'card' | 'keepReplaced'>,
): CardWorkRequest => ({
  work: 'download',
  session,
  orderId,
  card,
  ...(keepReplaced ? { keepReplaced } : {}),
});

class Download {
  readonly #place: DownloadPlace;
  readonly #asking: DownloadAsking;
  #isMeant: (record: DownloadRecord) => boolean = () => false;
  #begun = false;

  constructor(place: DownloadPlace, asking: DownloadAsking) {
    this.#place = place;
    this.#asking = asking;
  }

  async run(): Promise<Downloaded> {
    const { client, inDialog, look } = this.#place;
    try {
      const { downloads } = await client.request('download.list', {});
      const plan =
        this.#asking.settle(downloads) ?? (await inDialog((dialog) => chooseUnfinished(downloads, dialog, look)));
      if (plan.kind === 'new') return await this.#start();
      this.#isMeant = ({ id }) => id === plan.record.id;
      return plan.kind === 'resume' ? await this.#resume(plan.record) : await this.#discard(plan.record);
    } catch (error) {
      throw await downloadFailure(client, error, this.#isMeant, this.#begun);
    }
  }

  async #start(): Promise<Downloaded> {
    const { look, signIn, inDialog, introduce } = this.#place;
    const words = downloadMessages[look.language];
    introduce(words.intro);
    const session = await signIn(this.#asking.issuer);
    if (session.orders.length === 0) return { nothing: session };
    return await inDialog(async (dialog) => {
      dialog.sayMarked([marked(words.signedIn(session.issuer.name[look.language], session.holder))]);
      const { orders } = session;
      const orderId = settleOrder(orders, this.#asking.order) ?? (await askOrder(orders, dialog, look));
      this.#isMeant = ({ order }) => order.id === orderId;
      return await this.#ask(startOf(session, orderId, this.#asking), dialog);
    });
  }

  async #resume(record: DownloadRecord): Promise<Downloaded> {
    const { id: downloadId, issuer } = record;
    const session = needsIssuer(record) ? await this.#place.signIn(issuer) : undefined;
    return await this.#place.inDialog((dialog) =>
      this.#ask({ work: 'resume', downloadId, session: session?.session }, dialog),
    );
  }

  async #discard({ id: downloadId }: DownloadRecord): Promise<Downloaded> {
    const { evenIssued } = this.#asking;
    return await this.#place.inDialog((dialog) => this.#ask({ work: 'discard', downloadId, evenIssued }, dialog));
  }

  async #ask(request: CardWorkRequest, dialog: WorkDialog): Promise<DoneCardWork> {
    const { usePinPad, yes, onRun } = this.#asking;
    return await askCardWork(this.#place.client, request, dialog, this.#place.look, {
      usePinPad,
      yes,
      onRun: () => {
        this.#begun = true;
        onRun?.();
      },
    });
  }
}

/** Asks what shall be done about unfinished downloads. */
async function chooseUnfinished(
  downloads: readonly DownloadRecord[],
  dialog: WorkDialog,
  { language }: Look,
): Promise<DownloadPlan> {
  const words = downloadMessages[language];
  const plans: readonly { readonly plan: DownloadPlan; readonly line: string }[] = [
    ...downloads.map((record) => ({
      plan: { kind: 'resume', record } as const,
      line: `${words.continueIt(record.order.holder, record.cardLabel)}: ${words.step[record.step]} (${words.unfinishedSince(localTime(record.startedAt))})`,
    })),
    { plan: { kind: 'new' }, line: words.startNew },
    ...downloads.map((record) => ({
      plan: { kind: 'discard', record } as const,
      line: words.giveUp(record.order.holder),
    })),
  ];
  const index = await dialog.choose({
    before: words.chooseUnfinished,
    offers: plans.map(({ line }) => (mark) => [marked(line, mark)]),
    hint: pinMessages[language].chooseHint,
  });
  return plans[index]?.plan ?? { kind: 'new' };
}

/**
 * Id of the order that is named, or of the only one; undefined where that is not clear.
 *
 * @throws {MiddlewareError} ERR_DOWNLOAD_ORDER when the one that is named does not wait.
 */
export function settleOrder(orders: readonly CertificateOrder[], wanted: string | undefined): string | undefined {
  if (wanted === undefined) return orders.length === 1 ? orders[0]?.id : undefined;
  if (orders.some(({ id }) => id === wanted)) return wanted;
  throw new MiddlewareError('ERR_DOWNLOAD_ORDER', 'No such order waits');
}

/** Asks which order is meant. */
async function askOrder(orders: readonly CertificateOrder[], dialog: WorkDialog, look: NextStepLook): Promise<string> {
  const words = downloadMessages[look.language];
  const index = await dialog.choose({
    before: words.waiting,
    offers: orders.map((order) => (mark) => orderTexts(order, mark, look, orders)),
    after: words.chooseOrder,
    hint: pinMessages[look.language].chooseHint,
  });
  return orders[index]?.id ?? '';
}
