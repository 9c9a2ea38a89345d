import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import typescript from 'typescript';
import { describe, expect, it } from 'vitest';

const path = 'docs/threat-model.md';
const text = readFileSync(path, 'utf8');

interface Link {
  readonly words: string;
  readonly file: string;
}

/** Every link of the document to a file of the repository. */
const links: readonly Link[] = [...text.matchAll(/\[([^\]]+)\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => ({
  words: (match[1] ?? '').replaceAll(/[`\\]/g, ''),
  file: join(dirname(path), match[2] ?? ''),
}));
const tests = links.filter(({ file }) => file.endsWith('.test.ts'));

const known = new Map<string, readonly string[]>();

/** Everything that stands in quotes in a test file: names of tests and suites, and those that tables hold. */
function wordsOf(file: string): readonly string[] {
  const words = known.get(file) ?? readWords(file);
  known.set(file, words);
  return words;
}

function readWords(file: string): readonly string[] {
  const words: string[] = [];
  const visit = (node: typescript.Node): void => {
    if (typescript.isStringLiteralLike(node)) words.push(node.text);
    typescript.forEachChild(node, visit);
  };
  visit(typescript.createSourceFile(file, readFileSync(file, 'utf8'), typescript.ScriptTarget.Latest));
  return words;
}

/** The rows of the table: number, threat, answer, attack. */
const rows = [...text.matchAll(/^\| +(\d+) +\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map((match) => ({
  number: Number(match[1]),
  attacks: match[4] ?? '',
}));

describe(path, () => {
  it('has a row for each threat, none twice', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
  });

  it.each(rows)('row $number names a test that attacks the answer, or says that it is not there', ({ attacks }) => {
    expect(attacks).toMatch(/\.test\.ts\)|^ *Not there yet/);
  });

  it.each(links.map(({ file }) => file))('names %s, which exists', (file) => {
    expect(existsSync(file)).toBe(true);
  });

  it.each(tests.map(({ words, file }) => [words, file] as const))('names the test "%s" of %s', (words, file) => {
    expect(wordsOf(file).filter((word) => word.includes(words))).not.toEqual([]);
  });
});
