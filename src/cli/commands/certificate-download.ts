import type { ControlClient } from '../../client/client.js';
import type { IssuerSession } from '../../control-contract/certificates.js';
import type { Secret } from '../../core/secret.js';
import { downloadMessages } from '../../messages/download.js';
import type { CardWorkRequest } from '../../model/card-work.js';
import type { DownloadRecord } from '../../model/download.js';
import {
  askDownload,
  needsIssuer,
  settleOrder,
  startOf,
  type Downloaded,
  type DownloadPlan,
} from '../../terminal/work/ask-download.js';
import { cardWorkFromLines } from '../certificate/card-work-from-lines.js';
import { settleUnfinished } from '../certificate/download-choice.js';
import { signInFromInput, signInOnTerminal } from '../certificate/issuer-sign-in.js';
import { orderById } from '../../terminal/texts/question-texts.js';
import { outcomeTexts } from '../../terminal/texts/outcome-texts.js';
import { writeMarked } from '../write-marked.js';
import { marked } from '../../terminal/layout/marked-text.js';
import { downloadFailure } from '../../terminal/work/work-failure.js';
import { withClient, writeJson, type Command, type CommandContext } from '../context.js';
import { openLineDialog } from '../pin/line-dialog.js';
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
        : downloadOnTerminal(client, options, source, context),
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

async function downloadOnTerminal(
  client: ControlClient,
  options: DownloadOptions,
  { usePinPad, yes }: CardWorkSource,
  context: CommandContext,
): Promise<Downloaded> {
  const isSettled = yes || [options.resume, options.discard, options.order].some((one) => one !== undefined);
  return await askDownload(
    {
      client,
      look: context,
      signIn: (issuer) => signInOnTerminal(client, issuer, context),
      introduce: (text) => writeMarked(context, [marked(text)]),
      inDialog: async (work) => {
        const dialog = await openLineDialog(context, client);
        try {
          return await work(dialog);
        } finally {
          dialog.close();
        }
      },
    },
    {
      ...options,
      usePinPad,
      yes,
      settle: (downloads) =>
        downloads.length === 0 || isSettled ? settleUnfinished(downloads, options, context) : undefined,
    },
  );
}
