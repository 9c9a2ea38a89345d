import { MiddlewareError } from '../../core/errors.js';
import { downloadMessages } from '../../messages/download.js';
import { pinMessages } from '../../messages/pin.js';
import type { CertificateOrder } from '../../model/certificate-order.js';
import type { DownloadRecord } from '../../model/download.js';
import type { CommandContext } from '../context.js';
import type { LineDialog } from '../pin/line-dialog.js';
import { localTime } from '../../terminal/texts/pin-lines.js';
import { choose, mostChoices } from '../pin/terminal-questions.js';
import { usageError } from '../usage-error.js';
import { marked } from '../../terminal/layout/marked-text.js';
import { orderTexts } from '../../terminal/texts/question-texts.js';

/** What a download command does about downloads that are not finished. */
export type DownloadPlan =
  { readonly kind: 'new' } | { readonly kind: 'resume' | 'discard'; readonly record: DownloadRecord };

/** What the command line says of unfinished downloads; an empty id means the only one. */
export interface UnfinishedOptions {
  readonly resume?: string | undefined;
  readonly discard?: string | undefined;
  readonly order?: string | undefined;
}

/**
 * What is done where nobody is asked: what the command line says, otherwise the oldest unfinished one is gone on with.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function settleUnfinished(
  downloads: readonly DownloadRecord[],
  { resume, discard, order }: UnfinishedOptions,
  context: CommandContext,
): DownloadPlan {
  if (resume !== undefined) return { kind: 'resume', record: named(downloads, resume, context) };
  if (discard !== undefined) return { kind: 'discard', record: named(downloads, discard, context) };
  const record = order === undefined ? downloads[0] : downloads.find((one) => one.order.id === order);
  return record === undefined ? { kind: 'new' } : { kind: 'resume', record };
}

function named(downloads: readonly DownloadRecord[], id: string, { language }: CommandContext): DownloadRecord {
  const words = downloadMessages[language];
  const fitting = downloads.filter((one) => one.id.startsWith(id));
  const [found] = fitting;
  if (found === undefined) throw usageError(words.unfinishedNone);
  if (fitting.length > 1) throw usageError(words.unfinishedNeeded(fitting.map((one) => one.id).join(', ')));
  return found;
}

/** Asks what shall be done about unfinished downloads. */
export async function chooseUnfinished(
  downloads: readonly DownloadRecord[],
  dialog: LineDialog,
  { language }: CommandContext,
): Promise<DownloadPlan> {
  const words = downloadMessages[language];
  // With the new one, and each to be given up, no more can be named with one key.
  const offered = downloads.slice(0, Math.floor((mostChoices - 1) / 2));
  const plans: readonly { readonly plan: DownloadPlan; readonly line: string }[] = [
    ...offered.map((record) => ({
      plan: { kind: 'resume', record } as const,
      line: `${words.continueIt(record.order.holder, record.cardLabel)}: ${words.step[record.step]} (${words.unfinishedSince(localTime(record.startedAt))})`,
    })),
    { plan: { kind: 'new' }, line: words.startNew },
    ...offered.map((record) => ({
      plan: { kind: 'discard', record } as const,
      line: words.giveUp(record.order.holder),
    })),
  ];
  const index = await choose(
    plans.map(({ line }) => line),
    words.chooseUnfinished,
    dialog,
    pinMessages[language],
  );
  return plans[index]?.plan ?? { kind: 'new' };
}

/**
 * Id of the order that the command line means, or of the only one; undefined where that is not clear.
 *
 * @throws {MiddlewareError} ERR_DOWNLOAD_ORDER when the one that it names does not wait.
 */
export function settleOrder(orders: readonly CertificateOrder[], wanted: string | undefined): string | undefined {
  if (wanted === undefined) return orders.length === 1 ? orders[0]?.id : undefined;
  if (orders.some(({ id }) => id === wanted)) return wanted;
  throw new MiddlewareError('ERR_DOWNLOAD_ORDER', 'No such order waits');
}

/** Asks which order is meant. */
export async function askOrder(
  orders: readonly CertificateOrder[],
  dialog: LineDialog,
  context: CommandContext,
): Promise<string> {
  const words = downloadMessages[context.language];
  const offered = orders.slice(0, mostChoices);
  dialog.sayMarked([
    marked(words.waiting),
    ...offered.flatMap((order, index) => orderTexts(order, `${index + 1}  `, context)),
    marked(words.chooseOrder),
  ]);
  const number = await dialog.askNumber(pinMessages[context.language].chooseHint, offered.length);
  return offered[number - 1]?.id ?? '';
}
