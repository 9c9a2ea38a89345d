import { downloadMessages } from '../../messages/download.js';
import type { DownloadRecord } from '../../model/download.js';
import type { DownloadPlan } from '../../terminal/work/ask-download.js';
import type { CommandContext } from '../context.js';
import { usageError } from '../usage-error.js';

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
