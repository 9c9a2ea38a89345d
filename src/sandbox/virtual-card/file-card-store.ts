import { cardStateCodec } from './card-state-codec.js';
import type { CardStore } from './card-state.js';
import { fileStore } from './file-store.js';

/** An IDPrime card's state in a file. */
export function fileCardStore(path: string): CardStore {
  return fileStore(cardStateCodec, path);
}
