import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Sentences between quotation marks, without anything filled in, and names as programs have them. */
const literal = /'([^'\\\n]{1,200})'|"([^"\\\n]{1,200})"|`([^`\\$]{1,200})`/g;
const identifier = /\b[a-z][A-Za-z_]{1,40}\b/g;

/** What a sandbox and the catalogues hold are people and examples. */
const left: readonly string[] = ['sandbox', 'messages', 'cli', 'tui', 'terminal'];

/** The words of this program: every sentence and name in its own files, and the names of those. What a log says beyond them is somebody's. */
export function readOwnWords(): ReadonlySet<string> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const words = new Set<string>();
  for (const file of filesBelow(root, left)) {
    words.add(`src/${relative(root, file).replaceAll(sep, '/')}`);
    const text = readFileSync(file, 'utf8');
    for (const [quoted] of text.matchAll(literal)) words.add(quoted.slice(1, -1));
    for (const [name] of text.matchAll(identifier)) words.add(name);
  }
  return words;
}

function filesBelow(folder: string, without: readonly string[]): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return without.includes(entry.name) ? [] : filesBelow(path, []);
    return /(?<!\.d)\.[cm]?[jt]s$/.test(entry.name) ? [path] : [];
  });
}
