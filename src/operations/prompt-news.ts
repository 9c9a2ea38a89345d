import type { RevocationKnowledge } from '../model/revocation.js';
import type { TokenEntry, TokenRegistry } from '../tokens/token-registry.js';
import { warningOf } from './candidate-revocation.js';

/** Calls when something changed that an open prompt shows of cards; the function returned stops that. */
export function watchPromptNews(
  tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>,
  revocation: RevocationKnowledge,
  onNews: () => void,
): () => void {
  const seenNow = (): string => `${cardsIn(tokens.entries)}\n${warningsOf(tokens.entries, revocation)}`;
  let seen = seenNow();
  const look = (): void => {
    const now = seenNow();
    if (now !== seen) onNews();
    seen = now;
  };
  const stops = [tokens.subscribe(look), revocation.subscribe(look)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Which cards are in and readable, as one comparable value: other news of the registry does not concern a prompt. */
function cardsIn(entries: readonly TokenEntry[]): string {
  return entries.map(({ reader, state, token }) => `${reader}|${state}|${token?.info.id ?? ''}`).join('\n');
}

/** Of whose certificates the user is warned, as one comparable value: that one turned out to be good concerns no prompt. */
function warningsOf(entries: readonly TokenEntry[], revocation: RevocationKnowledge): string {
  return entries
    .flatMap(({ certificates = [] }) => certificates)
    .map(({ certificate: { fingerprint } }) => `${fingerprint} ${warningOf(revocation.of(fingerprint)) ?? ''}`)
    .join('\n');
}
