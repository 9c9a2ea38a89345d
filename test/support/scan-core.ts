import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { runWithOwnProc } from './own-proc.js';

const chunkBytes = 16 << 20;

/** Takes a core of a running process with gdb's gcore (it goes on afterwards) and tells which patterns are in it. */
export function scanCore(pid: number, prefix: string, patterns: Readonly<Record<string, Buffer>>): string[] {
  runWithOwnProc('gcore', ['-o', prefix, String(pid)]);
  const path = `${prefix}.${pid}`;
  try {
    return scanFile(path, patterns);
  } finally {
    rmSync(path);
  }
}

function scanFile(path: string, patterns: Readonly<Record<string, Buffer>>): string[] {
  const longest = Math.max(...Object.values(patterns).map(({ length }) => length));
  const found = new Set<string>();
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(chunkBytes + longest);
  try {
    let kept = 0;
    for (;;) {
      const read = readSync(file, chunk, kept, chunkBytes, null);
      if (read === 0) return [...found].toSorted();
      const filled = chunk.subarray(0, kept + read);
      for (const [name, pattern] of Object.entries(patterns)) if (filled.includes(pattern)) found.add(name);
      kept = Math.min(longest - 1, filled.length);
      filled.copy(chunk, 0, filled.length - kept);
    }
  } finally {
    closeSync(file);
  }
}
