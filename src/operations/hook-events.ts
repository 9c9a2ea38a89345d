import type { TokenRegistry } from '../tokens/token-registry.js';
import { createCardEventSource } from './card-events.js';

/** What local programs are told: a card came, or is gone. */
export interface HookEvent {
  readonly name: 'on-insert' | 'on-remove';
  readonly reader: string;
  /** Undefined for a card that could not be read. */
  readonly token: string | undefined;
}

/**
 * Tells of each card once when it has been read, or could not be, and once when it is gone; not of one that lies in
 * another reader, or by its other face, still. Returns how to stop.
 */
export function followHookEvents(
  tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>,
  tell: (event: HookEvent) => void,
): () => void {
  const source = createCardEventSource([]);
  /** Cards that came and have not been told of. */
  const arriving = new Set<string>();
  /** Which card was told of, by reader. */
  const told = new Map<string, string | undefined>();

  const arrived = (reader: string, token: string | undefined): void => {
    const isMoved = token !== undefined && [...told].some(([other, id]) => id === token && other !== reader);
    if (isMoved) {
      for (const [other, id] of told) if (id === token) told.delete(other);
    } else if (arriving.has(reader)) tell({ name: 'on-insert', reader, token });
    // A card that was told of and merely failed meanwhile is the one that it was.
    else if (token === undefined || !told.has(reader)) return;
    arriving.delete(reader);
    told.set(reader, token);
  };
  const departed = (reader: string): void => {
    arriving.delete(reader);
    if (!told.has(reader)) return;
    const token = told.get(reader);
    const stays = token !== undefined && tokens.entries.some((entry) => entry.token?.info.id === token);
    if (stays) return;
    told.delete(reader);
    tell({ name: 'on-remove', reader, token });
  };

  const follow = (): void => {
    for (const event of source.follow(tokens.entries)) {
      if (event.kind === 'card-inserted') arriving.add(event.reader);
      else if (event.kind === 'card-ready') arrived(event.reader, event.card.id);
      else if (event.kind === 'card-failed') arrived(event.reader, undefined);
      else if (event.kind === 'card-same') arriving.delete(event.reader);
      else if (event.kind === 'card-removed') departed(event.reader);
    }
  };
  follow();
  return tokens.subscribe(follow);
}
