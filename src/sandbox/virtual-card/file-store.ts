import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StateCodec, StateStore } from './card-store.js';

function replaceFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Keeps the state in one file, 0600, replaced in one step. It holds the private keys and PINs of a test card. */
export function fileStore<State>(codec: StateCodec<State>, path: string): StateStore<State> {
  return {
    load: () => {
      const bytes = readFileSync(path);
      try {
        return codec.decode(bytes);
      } finally {
        bytes.fill(0);
      }
    },
    save: (state) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const bytes = codec.encode(state);
      try {
        replaceFile(path, bytes);
      } finally {
        bytes.fill(0);
      }
    },
  };
}
