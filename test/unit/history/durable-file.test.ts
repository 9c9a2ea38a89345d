import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceDurably } from '../../../src/history/durable-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-durable-'));
  path = join(folder, 'state.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('replaceDurably()', () => {
  it('puts a file of the owner alone in the place of another, over a draft that was left behind', async () => {
    writeFileSync(path, 'before');
    writeFileSync(`${path}.new`, 'a longer draft of some other time', { mode: 0o600 });
    await replaceDurably(path, 'after');
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toStrictEqual(['state.json']);
  });

  it('leaves no draft behind when it cannot put it in place, and touches nothing else', async () => {
    mkdirSync(join(path, 'in the way'), { recursive: true });
    await expect(replaceDurably(path, 'after')).rejects.toThrow();
    expect(readdirSync(folder)).toStrictEqual(['state.json']);
    expect(readdirSync(path)).toStrictEqual(['in the way']);
  });
});
