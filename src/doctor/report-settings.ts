import { knownWord, shownPath, type Vocabulary } from './report-words.js';

/** A file among the settings, as it lies there. */
export interface SettingsFile {
  /** Below the folder of its owner. */
  readonly name: string;
  readonly owner: 'system' | 'user' | 'state';
  readonly bytes: number;
  /** As in `ls -l`, octal; undefined where the system has none. */
  readonly mode: string | undefined;
  /** What stands in it, of JSON files. */
  readonly json?: unknown;
}

/** Which files there are, and of what shape: names that people gave and every value are left out. */
export function shownSettings(files: readonly SettingsFile[], words: Vocabulary) {
  return files.map(({ name, owner, bytes, mode, json }) => ({
    ...{ owner, name: shownPath(name, words), bytes, mode },
    ...(json === undefined ? {} : { shape: shapeOf(json, words) }),
  }));
}

function shapeOf(value: unknown, words: Vocabulary, depth = 0): unknown {
  if (Array.isArray(value))
    return [`${value.length} ×`, ...value.slice(0, 1).map((one) => shapeOf(one, words, depth + 1))];
  if (typeof value !== 'object' || value === null) return typeof value;
  if (depth > 4) return 'object';
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [knownWord(name, words), shapeOf(inner, words, depth + 1)]),
  );
}
