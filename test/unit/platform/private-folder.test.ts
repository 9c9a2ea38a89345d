import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PathSources } from '../../../src/platform/path-sources.js';
import { instancePaths } from '../../../src/platform/paths.js';
import {
  checkPrivateFolder,
  ensureInstanceFolders,
  ensurePrivateFolder,
} from '../../../src/platform/private-folder.js';

let base: string;
beforeEach(() => void (base = mkdtempSync(join(tmpdir(), 'kort-folder-'))));
afterEach(() => rmSync(base, { recursive: true, force: true }));

const unsafe = expect.objectContaining({ code: 'ERR_CONFIG_FOLDER_UNSAFE' }) as Error;
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('ensurePrivateFolder()', () => {
  it('makes a folder that only its owner can use, whatever the umask', () => {
    const before = process.umask(0);
    try {
      ensurePrivateFolder(join(base, 'a', 'b'));
    } finally {
      process.umask(before);
    }
    expect(modeOf(join(base, 'a', 'b'))).toBe(0o700);
  });

  it.each([0o750, 0o705, 0o777, 0o710])('refuses one of mode %o', (mode) => {
    const path = join(base, 'open');
    mkdirSync(path);
    chmodSync(path, mode);
    expect(() => ensurePrivateFolder(path)).toThrow(unsafe);
  });

  it('refuses a link, even to a private folder, and a file', () => {
    const target = join(base, 'target');
    mkdirSync(target, { mode: 0o700 });
    symlinkSync(target, join(base, 'link'));
    expect(() => checkPrivateFolder(join(base, 'link'))).toThrow(unsafe);
    expect(() => ensurePrivateFolder(join(base, 'link'))).toThrow(unsafe);
    writeFileSync(join(base, 'file'), '', { mode: 0o600 });
    expect(() => checkPrivateFolder(join(base, 'file'))).toThrow(unsafe);
  });

  it('names a file that lies where a folder is needed', () => {
    const file = join(base, 'file');
    writeFileSync(file, '', { mode: 0o600 });
    const blocked = expect.objectContaining({
      code: 'ERR_CONFIG_INVALID',
      fields: { path: join(file, 'kort'), reason: 'folderBlocked' },
    }) as Error;
    expect(() => ensurePrivateFolder(join(file, 'kort'))).toThrow(blocked);
    expect(() => checkPrivateFolder(join(file, 'kort'))).toThrow(blocked);
  });

  it('refuses a folder of another user', { skip: process.getuid?.() !== 0 }, () => {
    const path = join(base, 'foreign');
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, 65534, 65534);
    expect(() => checkPrivateFolder(path)).toThrow(unsafe);
  });

  it('checkPrivateFolder() tells a folder that is not there', () => {
    expect(checkPrivateFolder(join(base, 'nothing'))).toBe(false);
  });
});

describe('ensureInstanceFolders()', () => {
  const sources = (): PathSources => ({ env: {}, home: base, uid: 1, isOwnFolder: () => false });

  it('makes all folders of a named instance, and those around it', () => {
    const paths = instancePaths('ward', sources());
    ensureInstanceFolders(paths);
    for (const folder of [paths.runtime, paths.state, paths.config]) expect(modeOf(folder)).toBe(0o700);
  });

  it('refuses when the folder that the instances share is open to others', () => {
    const { config } = instancePaths('default', sources());
    mkdirSync(config, { recursive: true });
    chmodSync(config, 0o755);
    expect(() => ensureInstanceFolders(instancePaths('ward', sources()))).toThrow(unsafe);
  });
});
