import type { CardWorkOutcome } from '../../model/card-work.js';
import type { DownloadRecord } from '../../model/download.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import { wipeCodes } from '../../tokens/wipe-codes.js';
import type { CardLocks } from '../card-locks.js';
import type { CardWorkCodes, CardWorkUse } from '../card-work.js';
import type { WritingCard } from '../writing-card.js';
import type { HeldPin } from './held-pin.js';
import type { UnfinishedDownloads } from './unfinished-downloads.js';
import { withHeldPin } from './with-held-pin.js';

/** What is held while work on a download runs. */
interface Held {
  readonly codes: CardWorkCodes;
  readonly use: CardWorkUse;
  readonly card: WritingCard;
  readonly record: DownloadRecord;
}

/** One at a time on each card and for each order; whatever comes of it, the codes are wiped and the journal counted. */
export type HoldDownload = (held: Held, work: (held: HeldPin) => Promise<CardWorkOutcome>) => Promise<CardWorkOutcome>;

/** Work on downloads of these. */
export function holdDownloads(
  { locks, tokens }: { readonly locks: CardLocks; readonly tokens: Pick<TokenRegistry, 'findToken' | 'subscribe'> },
  pending: Pick<UnfinishedDownloads, 'list'>,
): HoldDownload {
  return async ({ codes, use, card, record: { issuer, order } }, work) => {
    const releases: (() => void)[] = [];
    try {
      releases.push(locks.hold(card.name.id), locks.hold(`order ${issuer} ${order.id}`));
      return await withHeldPin(codes, use, card, tokens, work);
    } catch (error) {
      wipeCodes(Object.values(codes));
      throw error;
    } finally {
      for (const release of releases) release();
      await pending.list().catch(() => undefined);
    }
  };
}
