import { readerKind } from '../transport/reader-kind.js';
import type { TokenEntry } from './token-entry.js';

/**
 * The entries with every card in them once: the contact face of a card comes before its contactless one. Of two equal
 * ones that stays which was there before, so that nothing moves under a user's hands; then the first counts. The others
 * say where the card is. Cards are the same when their serial numbers say so, never because of the readers they are in.
 *
 * @param entries - as the readers have them.
 * @param before - what this function made of them last time; its entries are used again where they still hold.
 */
export function mergeSameCards(entries: readonly TokenEntry[], before: readonly TokenEntry[]): readonly TokenEntry[] {
  const wasShown = ({ reader, token }: TokenEntry): boolean =>
    before.some((old) => old.reader === reader && old.token?.info.id === token?.info.id);
  const rank = (entry: TokenEntry): number =>
    (readerKind(entry.reader) === 'contactless' ? 2 : 0) + (wasShown(entry) ? 0 : 1);
  const shown = new Map<string, TokenEntry>();
  for (const entry of entries) {
    const id = entry.token?.info.id;
    if (id === undefined) continue;
    const rival = shown.get(id);
    if (rival === undefined || rank(entry) < rank(rival)) shown.set(id, entry);
  }
  return entries.map((entry) => {
    const first = shown.get(entry.token?.info.id ?? '');
    return first === undefined || first === entry ? entry : sameCard(entry.reader, first.reader, before);
  });
}

function sameCard(reader: string, sameAs: string, before: readonly TokenEntry[]): TokenEntry {
  const old = before.find((entry) => entry.reader === reader && entry.sameAs === sameAs);
  return old ?? { reader, state: 'same-card', sameAs };
}
