import { fileStore } from '../virtual-card/file-store.js';
import { memoryStore } from '../virtual-card/memory-store.js';
import type { PivCardState, PivCardStore } from './piv-card-state.js';
import { pivStateCodec } from './piv-state-codec.js';

/** A PIV card's state in memory. */
export function memoryPivStore(initial: PivCardState): PivCardStore {
  return memoryStore(pivStateCodec, initial);
}

/** A PIV card's state in a file. */
export function filePivStore(path: string): PivCardStore {
  return fileStore(pivStateCodec, path);
}
