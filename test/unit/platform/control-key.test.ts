import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createControlKey, readControlKey } from '../../../src/platform/control-key.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kort-key-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('createControlKey() leaves a key that only its owner can read, and nothing else', () => {
  const key = createControlKey(folder);
  expect(Buffer.from(readControlKey(folder) ?? []).equals(key)).toBe(true);
  expect(key).toHaveLength(32);
  expect(readdirSync(folder)).toEqual(['control.key']);
  expect(statSync(join(folder, 'control.key')).mode & 0o777).toBe(0o600);
});

it('createControlKey() makes another key each time', () => {
  const first = createControlKey(folder);
  expect(Buffer.from(createControlKey(folder)).equals(first)).toBe(false);
});

it('readControlKey() tells when no daemon has started', () => {
  expect(readControlKey(folder)).toBeUndefined();
});
