import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder.js';

/**
 * Replaces a file (0600) in one step; when this resolves it survives a power cut, which before that leaves the file as it
 * was or as it shall be. A draft that could not be finished is removed. Two at a time for one path are not for this.
 */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}
