import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureInstanceFolders } from '../../src/platform/private-folder.js';
import type { InstancePaths } from '../../src/platform/paths.js';
import { PrivateHome } from '../support/daemon.js';
import { faultsFound, pathsIn } from '../support/machine-doctor.js';

const instance = 'doctor-files';
let home: PrivateHome;
let paths: InstancePaths;

beforeEach(() => {
  home = new PrivateHome();
  paths = pathsIn(home, instance);
  ensureInstanceFolders(paths);
});
afterEach(() => home.remove());

const write = (path: string, text: string): string => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

describe('the check of files', () => {
  const files = async () => await faultsFound({ home, instance, only: ['files'] });

  it('says nothing of folders as the daemon makes them', async () => {
    write(join(paths.state, 'history.jsonl'), '');
    expect(await files()).toEqual([]);
  });

  it('names a folder that others can use', async () => {
    chmodSync(paths.state, 0o755);
    expect(await files()).toEqual([
      { code: 'files.folder-open', severity: 'fault', fields: { path: paths.state, mode: '755' } },
    ]);
  });

  it('names a folder that is a link', async () => {
    renameSync(paths.config, `${paths.config}.real`);
    symlinkSync(`${paths.config}.real`, paths.config);
    expect(await files()).toMatchObject([{ code: 'files.folder-link', fields: { path: paths.config } }]);
  });

  it('names a file in the place of a folder', async () => {
    renameSync(paths.config, `${paths.config}.away`);
    write(paths.config, 'TEST');
    expect(await files()).toMatchObject([{ code: 'files.folder-blocked', fields: { path: paths.config } }]);
  });

  it('names a file that others can read', async () => {
    const path = write(join(paths.state, 'history.jsonl'), '');
    chmodSync(path, 0o644);
    expect(await files()).toEqual([{ code: 'files.file-open', severity: 'warning', fields: { path, mode: '644' } }]);
  });

  it('names a folder above that everybody can change, and no sticky one', async () => {
    chmodSync(home.folder, 0o777);
    expect(await files()).toMatchObject([{ code: 'files.parent-open', fields: { path: home.folder, mode: '777' } }]);
    chmodSync(home.folder, 0o1777);
    expect(await files()).toEqual([]);
  });

  // Only root can give files away, and only in that case another's files come to lie in a user's folder.
  it.runIf(process.getuid?.() === 0)('names files and folders of somebody else', async () => {
    const path = write(join(paths.state, 'history.jsonl'), '');
    chownSync(path, 1, 1);
    expect(await files()).toMatchObject([{ code: 'files.file-foreign', fields: { path, owner: 'daemon' } }]);
    chownSync(paths.state, 1, 1);
    expect(await files()).toMatchObject([{ code: 'files.folder-foreign', fields: { path: paths.state } }]);
  });
});

describe('the check of settings', () => {
  const settings = async () => await faultsFound({ home, instance, only: ['settings'] });

  it('says nothing where nothing is set, and of what can be used', async () => {
    expect(await settings()).toEqual([]);
    write(join(paths.config, 'choice.json'), '{"rules":[]}');
    write(join(paths.config, 'revocation.json'), '{"check":false}');
    expect(await settings()).toEqual([]);
  });

  it.each([
    ['relying-parties.d/clinic.json', '{"client_id":', 'settings.relying-party', 'fileNotJson'],
    ['relying-parties.d/clinic.json', '{"client_id":"urn:example:clinic"}', 'settings.relying-party', 'fieldMissing'],
    ['trust.d/issuer.pem', 'TEST', 'settings.trust', 'noCertificates'],
    ['choice.json', '{"rules":[{"prefer":{}}]}', 'settings.choice', 'ruleEmpty'],
    ['revocation.json', '{"chek":false}', 'settings.revocation', 'entryForm'],
    ['expiry.json', '[', 'settings.expiry', 'fileNotJson'],
    ['hooks.d/on-insert', '#!/bin/sh', 'settings.hook', 'programNotExecutable'],
    ['../settings.json', '{"language":"fi"}', 'settings.user', 'fieldForm'],
  ])('names %s with %j in it', async (name, text, code, reason) => {
    const path = write(join(paths.config, name), text);
    expect(await settings()).toMatchObject([{ code, severity: 'warning', fields: { path, reason } }]);
  });

  it("names a broken file of the administrator's, and goes on with the others", async () => {
    const path = write(join(paths.system, 'choice.json'), '{"rules":7}');
    const other = write(join(paths.config, 'trust.d', 'issuer.pem'), '');
    expect(await settings()).toMatchObject([
      { code: 'settings.trust', fields: { path: other } },
      { code: 'settings.choice', fields: { path, reason: 'fieldForm', field: 'rules' } },
    ]);
  });

  it('names a settings file that others can change', async () => {
    const path = write(join(paths.config, 'revocation.json'), '{}');
    chmodSync(path, 0o666);
    expect(await settings()).toMatchObject([
      { code: 'settings.revocation', fields: { path, reason: 'fileUntrusted' } },
    ]);
  });
});

describe('the checks of session and versions', () => {
  const session = async (env: NodeJS.ProcessEnv = {}, root = '/') =>
    (await faultsFound({ home, instance, only: ['session'], env, places: { root } })).filter(
      // Whoever runs the tests may be root.
      ({ code }) => code !== 'session.root',
    );
  const runtime = (): string => join(home.folder, 'run');

  it('says nothing of a session as it should be', async () => {
    expect(await session()).toEqual([]);
  });

  it('names a runtime folder that is not there, or open to others', async () => {
    const path = join(home.folder, 'gone');
    expect(await session({ XDG_RUNTIME_DIR: path })).toMatchObject([
      { code: 'session.runtime-missing', fields: { path } },
    ]);
    chmodSync(runtime(), 0o750);
    expect(await session()).toMatchObject([{ code: 'session.runtime-open', fields: { path: runtime(), mode: '750' } }]);
  });

  it.runIf(process.getuid?.() === 0)('names a runtime folder that su has left from somebody else', async () => {
    chownSync(runtime(), 1, 1);
    expect(await session()).toMatchObject([{ code: 'session.runtime-foreign', fields: { owner: 'daemon' } }]);
  });

  it('names a locale that has no UTF-8', async () => {
    expect(await session({ LANG: 'sv_SE.ISO-8859-1' })).toMatchObject([
      { code: 'session.locale', fields: { locale: 'sv_SE.ISO-8859-1' } },
    ]);
  });

  it('names several installations, and a Node that is too old only where it is', async () => {
    const folders = ['a', 'b', 'c'].map((name) => join(home.folder, name));
    const [a, b, c] = folders.map((folder) => join(folder, 'kort')) as [string, string, string];
    write(a, '');
    write(b, '');
    mkdirSync(dirname(c));
    symlinkSync(a, c);
    const found = await faultsFound({ home, instance, only: ['versions'], env: { PATH: folders.join(':') } });
    expect(found).toMatchObject([{ code: 'versions.several', fields: { count: 2, paths: `${a}, ${b}` } }]);
    expect(await faultsFound({ home, instance, only: ['versions'], env: { PATH: folders[0] } })).toEqual([]);
  });
});
