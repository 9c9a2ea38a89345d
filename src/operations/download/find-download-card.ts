import { MiddlewareError } from '../../core/errors.js';
import { fromHex } from '../../core/bytes.js';
import type { DownloadRecord } from '../../model/download.js';
import type { OpenedCard } from '../../tokens/token.js';
import { settledEntries } from '../settled-entries.js';
import { findWritingCard, type WritingCard, type WritingCardDependencies } from '../writing-card.js';

/** Tokens of cards without a serial number are called by the time of their last change: each change gives a new id. */
const changingId = /^card:pkcs15(?:-|$)/;

/**
 * The card of a download that was begun earlier. One without a serial number has another id by now: then it is the only
 * card of that kind and label, and must prove by {@link requireKeyOf} to be the same.
 *
 * @throws {MiddlewareError} as {@link findWritingCard}.
 */
export async function findDownloadCard(
  dependencies: WritingCardDependencies,
  { token, cardLabel }: DownloadRecord,
  signal: AbortSignal,
): Promise<WritingCard> {
  const infos = (await settledEntries(dependencies.tokens, signal)).flatMap((entry) => entry.token?.info ?? []);
  const isIn = infos.some(({ id }) => id === token);
  const [same, another] =
    isIn || !changingId.test(token) ? [] : infos.filter(({ id, label }) => changingId.test(id) && label === cardLabel);
  return await findWritingCard(dependencies, another === undefined && same ? same.id : token, signal);
}

/**
 * Nothing more is done to a card whose id proves nothing, unless it has the key of the download.
 *
 * @throws {MiddlewareError} ERR_DOWNLOAD_CARD with `reason` `other`.
 */
export async function requireKeyOf(card: OpenedCard, { token, step, keyId }: DownloadRecord): Promise<void> {
  if (step === 'planned' || !changingId.test(token)) return;
  if ((await card.findKey(fromHex(keyId))) !== undefined) return;
  throw new MiddlewareError('ERR_DOWNLOAD_CARD', 'Another card', { fields: { reason: 'other' } });
}
