/** What puts each terminal back that is in another mode than the one it was in. */
const open = new Set<() => void>();

/** From now on `restore` is called when the program ends at once; the function that is returned takes that back. */
export function noteTerminal(restore: () => void): () => void {
  open.add(restore);
  return () => void open.delete(restore);
}

/** Puts all of them back that are still there. */
export function restoreTerminals(): void {
  for (const restore of open) {
    try {
      restore();
    } catch {
      // One that has hung up has no mode any more, and must not keep the program.
    }
  }
  open.clear();
}
