import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile } from '../../../src/platform/whole-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-whole-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('writeWholeFile()', () => {
  it('makes folders and file with their permissions, and takes the place of what was there', () => {
    const path = join(folder, 'one', 'two', 'file');
    for (const text of ['first', 'then']) {
      writeWholeFile(path, text, { folder: 0o700, file: 0o600 });
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
    expect([mode(join(folder, 'one')), mode(path)]).toEqual([0o700, 0o600]);
    expect(readdirSync(join(folder, 'one', 'two'))).toEqual(['file']);
  });

  it('leaves no draft where a folder has the name', () => {
    mkdirSync(join(folder, 'taken'));
    expect(() => writeWholeFile(join(folder, 'taken'), 'text')).toThrow(expect.objectContaining({ code: 'EISDIR' }));
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('says that a file stands where a folder is needed', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeWholeFile(join(folder, 'file', 'more'), 'text')).toThrow(/EEXIST|ENOTDIR/);
  });
});
