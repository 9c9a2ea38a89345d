import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJsonFile } from '../../../src/platform/json-file.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kort-json-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(content: string): string {
  const path = join(folder, 'entry.json');
  writeFileSync(path, content);
  return path;
}

const refusal = (path: string, reason: string) => ({ code: 'ERR_CONFIG_INVALID', fields: { path, reason } });

describe('readJsonFile()', () => {
  it('reads what the file holds', async () => {
    expect(await readJsonFile(fileOf('{"a":1}'))).toEqual({ a: 1 });
  });

  it('says that a file is missing, a folder, no JSON, or too long', async () => {
    const missing = join(folder, 'missing.json');
    await expect(readJsonFile(missing)).rejects.toMatchObject(refusal(missing, 'fileMissing'));
    await expect(readJsonFile(folder)).rejects.toMatchObject(refusal(folder, 'fileIsFolder'));
    const text = fileOf('{');
    await expect(readJsonFile(text)).rejects.toMatchObject(refusal(text, 'fileNotJson'));
    const long = fileOf(`"${'x'.repeat(1 << 18)}"`);
    await expect(readJsonFile(long)).rejects.toMatchObject(refusal(long, 'fileTooLong'));
  });

  it('says that a file may not be read', async () => {
    const path = fileOf('{}');
    chmodSync(path, 0);
    // Root may read anything: as another user for this one call.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(readJsonFile(path)).rejects.toMatchObject(refusal(path, 'fileDenied'));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});
