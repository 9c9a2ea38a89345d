import { readFileSync } from 'node:fs';
import prettier from 'prettier';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../../src/core/errors.js';
import { eventSchemas, methodSchemas } from '../../../src/control-contract/schemas.js';
import { buildWholeTree } from '../../../src/cli/whole-tree.js';
import { contractSources, generatedDocuments, type GeneratedFile } from '../../../src/reference/documents.js';
import { jsonOutputs } from '../../../src/reference/json-outputs.js';
import { runnablePaths } from '../../support/command-tree.js';

let files: readonly GeneratedFile[];

beforeAll(async () => {
  files = await generatedDocuments(contractSources.map((path) => readFileSync(path, 'utf8')));
});

const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? '';

describe('generated documents', () => {
  it.each(['docs/json.md', 'docs/json-schemas.json', 'docs/errors.md', 'docs/control-protocol.md'])(
    '%s is as the program makes it now: otherwise run `npm run build && npm run docs`',
    async (path) => {
      const options = await prettier.resolveConfig(path);
      const made = await prettier.format(textOf(path), { ...options, filepath: path });
      // Compared before it is expected: nobody reads a difference of thousands of lines.
      expect(readFileSync(path, 'utf8') === made, path).toBe(true);
    },
  );

  it('name every command, error, method and event', async () => {
    for (const path of runnablePaths(await buildWholeTree('en'))) {
      expect(textOf('docs/json.md')).toContain(`### kort ${path}\n`);
    }
    for (const code of errorCodes) expect(textOf('docs/errors.md')).toContain(`## ${code}\n`);
    for (const name of [...Object.keys(methodSchemas), ...Object.keys(eventSchemas)]) {
      expect(textOf('docs/control-protocol.md')).toContain(`### ${name}\n`);
    }
  });

  it('tell what is known of methods, not only their forms', () => {
    expect(textOf('docs/control-protocol.md')).toContain('`reader` may also be the name of the card that is in it.');
  });
});

describe('jsonOutputs', () => {
  it('has a schema, or the reason for none, of every command, and of nothing else', async () => {
    expect(Object.keys(jsonOutputs).sort()).toEqual([...runnablePaths(await buildWholeTree('en'))].sort());
  });
});
