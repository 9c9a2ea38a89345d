// Writes what is made from the program: the generated pages under docs, and with `--man FOLDER` the manual pages.
// Uses the built program: `npm run build` first.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const { values: flags } = parseArgs({ options: { man: { type: 'string' } } });

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (flags.man === undefined) {
  const { default: prettier } = await import('prettier');
  const { contractSources, generatedDocuments } = await import('../../dist/src/reference/documents.js');
  const sources = contractSources.map((path) => readFileSync(join(root, path), 'utf8'));
  for (const { path, text } of await generatedDocuments(sources)) {
    const options = await prettier.resolveConfig(join(root, path));
    write(join(root, path), await prettier.format(text, { ...options, filepath: path }));
  }
} else {
  const { manualPages } = await import('../../dist/src/reference/manual-pages.js');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const { path, text } of await manualPages(version)) write(join(flags.man, path), text);
}
