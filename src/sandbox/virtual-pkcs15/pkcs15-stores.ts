import { fileStore } from '../virtual-card/file-store.js';
import { memoryStore } from '../virtual-card/memory-store.js';
import type { Pkcs15CardState, Pkcs15CardStore } from './pkcs15-card-state.js';
import { decodePkcs15State, encodePkcs15State } from './pkcs15-state-codec.js';

const codec = { encode: encodePkcs15State, decode: decodePkcs15State };

/** A PKCS #15 card's state in memory. */
export function memoryPkcs15Store(initial: Pkcs15CardState): Pkcs15CardStore {
  return memoryStore(codec, initial);
}

/** A PKCS #15 card's state in a file. */
export function filePkcs15Store(path: string): Pkcs15CardStore {
  return fileStore(codec, path);
}
