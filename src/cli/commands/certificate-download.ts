import type { ControlClient } from '../../client/client.js';
import type { IssuerSession } from '../../control-contract/certificates.js';
import type { Secret } from '../../core/secret.js';
import { downloadMessages } from '../../messages/download.js';
import type { CardWorkRequest } from '../../model/card-work.js';
import type { DownloadRecord } from '../../model/download.js';
import { askCardWork, cardWorkFromLines, type DoneCardWork } from '../certificate/ask-card-work.js';
import {
  askOrder,
  chooseUnfinished,
  settleOrder,
  settleUnfinished,
  type DownloadPlan,
} from '../certificate/download-choice.js';
import { signInFromInput, signInOnTerminal } from '../certificate/issuer-sign-in.js';
import { orderById } from '../../terminal/texts/question-texts.js';
import { outcomeTexts } from '../certificate/outcome-texts.js';
import { writeMarked } from '../write-marked.js';
import { marked } from '../../terminal/layout/marked-text.js';
import { downloadFailure } from '../../terminal/work/work-failure.js';
import { withClient, writeJson, type Command, type CommandContext } from '../context.js';
import { openLineDialog, type LineDialog } from '../pin/line-dialog.js';
import { usageError } from '../usage-error.js';
import { requireAnswers, type CardWorkSource } from './certificate-change.js';

/** What `kort certificate download` is asked for; of `resume` and `discard` an empty id means the only one. */
export interface DownloadOptions {
  readonly issuer?: string | undefined;
  readonly card?: string | undefined;
  readonly order?: string | undefined;
  readonly keepReplaced: boolean;
  readonly resume?: string | undefined;
  readonly discard?: string | undefined;
  /** Also of a certificate that the issuer has signed already. */
  readonly evenIssued: boolean;
}

/** What was done; nothing, with the session in which nothing waited. */
type Downloaded = DoneCardWork | { readonly nothing: IssuerSession };

/** `kort certificate download`: fetches a certificate from its issuer to the card, goes on with that, or gives it up. */
export function downloadCertificate(options: DownloadOptions, source: CardWorkSource): Command {
  return async (context) => {
    const words = downloadMessages[context.language];
    if ([options.resume, options.discard, options.order].filter((one) => one !== undefined).length > 1) {
      throw usageError(words.oneOfThem);
    }
    requireAnswers(source, context);
    const done = await withClient(context, (client) =>
      source.pinStdin
        ? downloadFromLines(client, options, context)
        : new TerminalDownload(client, options, source, context).run(),
    );
    if ('nothing' in done) writeNothing(done.nothing, context);
    else if (context.json) {
      const { work, card, order } = done.begun;
      writeJson(context, { work, card, order, ...done.outcome });
    } else writeMarked(context, outcomeTexts(done, context));
    return 0;
  };
}

function writeNothing({ issuer, orders }: IssuerSession, context: CommandContext): void {
  if (context.json) writeJson(context, { work: 'download', issuer, orders });
  else writeMarked(context, [marked(downloadMessages[context.language].noOrders(issuer.name[context.language]))]);
}

/** Until the issuer has answered, going on needs a login there. */
const needsIssuer = ({ step }: DownloadRecord): boolean => step !== 'issued' && step !== 'stored';

const startOf = (
  { session }: IssuerSession,
  orderId: string,
  { card, keepReplaced }: DownloadOptions,
): CardWorkRequest => ({
  work: 'download',
  session,
  orderId,
  card,
  ...(keepReplaced ? { keepReplaced } : {}),
});

/** The first line is the PIN of the login, the second that of the card work; giving up takes one. */
async function downloadFromLines(
  client: ControlClient,
  options: DownloadOptions,
  context: CommandContext,
): Promise<Downloaded> {
  const pins = await context.ports.readPinLines(options.discard === undefined ? 2 : 1);
  const [first, second = first] = pins;
  if (first === undefined || second === undefined) throw new TypeError('No line was read');
  let meant: (record: DownloadRecord) => boolean = () => false;
  let begun = false;
  try {
    const { downloads } = await client.request('download.list', {});
    const plan = settleUnfinished(downloads, options, context);
    if (plan.kind !== 'new') meant = ({ id }) => id === plan.record.id;
    const request = await requestOf(plan, client, first, options, context);
    if ('nothing' in request) return request;
    if (request.work === 'download') meant = ({ order }) => order.id === request.orderId;
    return await cardWorkFromLines(client, request, second, context, () => void (begun = true));
  } catch (error) {
    throw await downloadFailure(client, error, meant, begun);
  } finally {
    for (const pin of pins) pin.wipe();
  }
}

async function requestOf(
  plan: DownloadPlan,
  client: ControlClient,
  pin: Secret,
  options: DownloadOptions,
  context: CommandContext,
): Promise<CardWorkRequest | { readonly nothing: IssuerSession }> {
  if (plan.kind === 'discard') return { work: 'discard', downloadId: plan.record.id, evenIssued: options.evenIssued };
  if (plan.kind === 'resume') {
    const { id: downloadId, issuer } = plan.record;
    if (!needsIssuer(plan.record)) return { work: 'resume', downloadId };
    const { session } = await signInFromInput(client, issuer, pin, context);
    return { work: 'resume', downloadId, session };
  }
  const session = await signInFromInput(client, options.issuer, pin, context);
  if (session.orders.length === 0) return { nothing: session };
  const orderId = settleOrder(session.orders, options.order);
  if (orderId !== undefined) return startOf(session, orderId, options);
  const orders = session.orders.map((order) => orderById(order, context)).join('; ');
  throw usageError(downloadMessages[context.language].orderNeeded(orders));
}

/** A download that a person carries out. */
class TerminalDownload {
  readonly #client: ControlClient;
  readonly #options: DownloadOptions;
  readonly #source: CardWorkSource;
  readonly #context: CommandContext;
  #isMeant: (record: DownloadRecord) => boolean = () => false;
  #begun = false;

  constructor(client: ControlClient, options: DownloadOptions, source: CardWorkSource, context: CommandContext) {
    this.#client = client;
    this.#options = options;
    this.#source = source;
    this.#context = context;
  }

  async run(): Promise<Downloaded> {
    try {
      const { downloads } = await this.#client.request('download.list', {});
      const plan = await this.#plan(downloads);
      if (plan.kind === 'new') return await this.#start();
      this.#isMeant = ({ id }) => id === plan.record.id;
      return plan.kind === 'resume' ? await this.#resume(plan.record) : await this.#discard(plan.record);
    } catch (error) {
      throw await downloadFailure(this.#client, error, this.#isMeant, this.#begun);
    }
  }

  async #plan(downloads: readonly DownloadRecord[]): Promise<DownloadPlan> {
    const { resume, discard, order } = this.#options;
    const isSettled =
      downloads.length === 0 || this.#source.yes || [resume, discard, order].some((one) => one !== undefined);
    if (isSettled) return settleUnfinished(downloads, this.#options, this.#context);
    return await this.#inDialog((dialog) => chooseUnfinished(downloads, dialog, this.#context));
  }

  async #start(): Promise<Downloaded> {
    const words = downloadMessages[this.#context.language];
    writeMarked(this.#context, [marked(words.intro)]);
    const session = await signInOnTerminal(this.#client, this.#options.issuer, this.#context);
    if (session.orders.length === 0) return { nothing: session };
    return await this.#inDialog(async (dialog) => {
      dialog.sayMarked([marked(words.signedIn(session.issuer.name[this.#context.language], session.holder))]);
      const { orders } = session;
      const orderId = settleOrder(orders, this.#options.order) ?? (await askOrder(orders, dialog, this.#context));
      this.#isMeant = ({ order }) => order.id === orderId;
      return await this.#ask(startOf(session, orderId, this.#options), dialog);
    });
  }

  async #resume(record: DownloadRecord): Promise<Downloaded> {
    const { id: downloadId, issuer } = record;
    const session = needsIssuer(record) ? await signInOnTerminal(this.#client, issuer, this.#context) : undefined;
    return await this.#inDialog((dialog) =>
      this.#ask({ work: 'resume', downloadId, session: session?.session }, dialog),
    );
  }

  async #discard({ id: downloadId }: DownloadRecord): Promise<Downloaded> {
    const { evenIssued } = this.#options;
    return await this.#inDialog((dialog) => this.#ask({ work: 'discard', downloadId, evenIssued }, dialog));
  }

  async #ask(request: CardWorkRequest, dialog: LineDialog): Promise<DoneCardWork> {
    const { usePinPad, yes } = this.#source;
    return await askCardWork(this.#client, request, dialog, this.#context, {
      usePinPad,
      yes,
      onRun: () => void (this.#begun = true),
    });
  }

  async #inDialog<T>(work: (dialog: LineDialog) => Promise<T>): Promise<T> {
    const dialog = await openLineDialog(this.#context.ports, this.#client);
    try {
      return await work(dialog);
    } finally {
      dialog.close();
    }
  }
}
