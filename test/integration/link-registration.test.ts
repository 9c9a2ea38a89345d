import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linuxLinkRegistration } from '../../src/platform/link-registration-linux.js';
import type { LinkRegistration } from '../../src/model/link-handler.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';

const ref = 'AbCdEfGhIjKlMnOpQrSt_-';
const link = `kort://start?client_id=urn%3Atest%3Aclinic&ref=${ref}`;

let home: string;
let env: Record<string, string>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kort-links-'));
  // No desktop, and a display that is never opened: without one xdg-open takes every address for one of the web.
  env = { PATH: process.env['PATH'] ?? '', HOME: home, DISPLAY: ':9999' };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A program that writes down what it was given, in a folder of this name. */
function recorder(folder: string): string {
  const path = join(home, folder, 'recorder.cjs');
  mkdirSync(join(home, folder));
  const record = `require('fs').writeFileSync(${JSON.stringify(join(home, 'given'))}, JSON.stringify(process.argv.slice(2)))`;
  writeFileSync(path, record);
  return path;
}

function registration(program: string, instance?: string): LinkRegistration {
  return linuxLinkRegistration({ command: [process.execPath, program], instance }, env);
}

/** Only the variables of this test: no desktop that happens to run here counts. */
function run(program: string, ...args: readonly string[]): Promise<ProcessResult> {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return runProcess('env', ['-i', ...settings, program, ...args], { cwd: home });
}

const given = (): unknown => JSON.parse(readFileSync(join(home, 'given'), 'utf8'));
const desktopFile = (name = 'kort-open'): string => join(home, '.local/share/applications', `${name}.desktop`);

describe('linuxLinkRegistration()', () => {
  it('makes xdg-open run this program with the link as one argument after --', async () => {
    const registered = registration(recorder('plain'));
    expect(await registered.status()).toBeUndefined();
    await registered.register();
    expect(await registered.status()).toEqual({
      name: 'kort-open.desktop',
      command: registered.command,
      ours: true,
    });
    expect(await run('xdg-open', link)).toMatchObject({ code: 0 });
    expect(given()).toEqual(['open', '--', link]);
  });

  it('hands on the name of an instance, whose registration is another', async () => {
    const program = recorder('plain');
    await registration(program).register();
    await registration(program, 'trial').register();
    await run('xdg-open', link);
    expect(given()).toEqual(['--instance', 'trial', 'open', '--', link]);
    expect(await registration(program).status()).toMatchObject({ name: 'kort-open-trial.desktop', ours: false });
  });

  it.each([
    ['commands of a shell', 'kort://start?client_id=a;touch%20x;$(touch${IFS}planted)`touch${IFS}planted`&ref=1'],
    ['quotation marks and a space', 'kort://start?client_id=a" --instance=evil "&ref=1'],
    ['options', 'kort:--instance=evil --json'],
    ['a line break', 'kort://start?client_id=a\n--json'],
  ])('never lets %s in a link become anything but one argument', async (_what, hostile) => {
    await registration(recorder('plain')).register();
    await run('xdg-open', hostile);
    expect(given()).toEqual(['open', '--', hostile]);
    expect(readdirSync(home)).not.toContain('planted');
  });

  it('writes a file that desktop-file-validate has nothing to say about, also with an odd path', async () => {
    for (const folder of ['plain', 'with space', 'a"b$c`d\\e%f']) {
      await registration(recorder(folder)).register();
      expect(await run('desktop-file-validate', desktopFile())).toMatchObject({ code: 0, stdout: '', stderr: '' });
    }
  });

  it('changes nothing the second time', async () => {
    const registered = registration(recorder('plain'));
    const state = (): readonly string[] =>
      [desktopFile(), join(home, '.config/mimeapps.list')].map((path) => readFileSync(path, 'utf8'));
    await registered.register();
    const before = state();
    await registered.register();
    expect(state()).toEqual(before);
  });

  it('tells of another program that took the links over, and what it runs', async () => {
    const registered = registration(recorder('plain'));
    await registered.register();
    const foreign = '[Desktop Entry]\nType=Application\nName=Fake\nExec=/bin/true %u\n';
    writeFileSync(desktopFile('fake'), foreign);
    await run('xdg-mime', 'default', 'fake.desktop', 'x-scheme-handler/kort');
    expect(await registered.status()).toEqual({ name: 'fake.desktop', command: '/bin/true %u', ours: false });
    await registered.register();
    expect(await registered.status()).toMatchObject({ ours: true });
  });

  it('does not take a file of our name for ours when it runs something else', async () => {
    const registered = registration(recorder('plain'));
    await registered.register();
    const text = readFileSync(desktopFile(), 'utf8');
    writeFileSync(desktopFile(), text.replace(/^Exec=.*$/m, 'Exec=/bin/true %u\n\n[Desktop Action x]\nExec=y'));
    expect(await registered.status()).toEqual({
      name: 'kort-open.desktop',
      command: '/bin/true %u',
      ours: false,
    });
  });

  it('knows the file that a package put into a folder of the system', async () => {
    const system = join(home, 'system');
    mkdirSync(join(system, 'applications'), { recursive: true });
    const packaged = '[Desktop Entry]\nType=Application\nName=kort\nExec=/usr/bin/kort open -- %u\n';
    writeFileSync(join(system, 'applications/kort-open.desktop'), packaged);
    writeFileSync(
      join(system, 'applications/mimeinfo.cache'),
      '[MIME Cache]\nx-scheme-handler/kort=kort-open.desktop;\n',
    );
    env['XDG_DATA_DIRS'] = system;
    expect(await registration(recorder('plain')).status()).toEqual({
      name: 'kort-open.desktop',
      command: '/usr/bin/kort open -- %u',
      ours: true,
    });
  });

  it('gives the links back, and leaves everything else in the list of defaults', async () => {
    const list = join(home, '.config/mimeapps.list');
    const others = '[Default Applications]\ntext/html=browser.desktop\nx-scheme-handler/kort2=other.desktop\n';
    mkdirSync(join(home, '.config'));
    writeFileSync(list, others);
    const registered = registration(recorder('plain'));
    await registered.register();
    await registered.unregister();
    expect(await registered.status()).toBeUndefined();
    expect([existsSync(desktopFile()), readFileSync(list, 'utf8')]).toEqual([false, others]);
    await registered.unregister();
  });

  it('leaves the registration of another program alone when it gives its own back', async () => {
    const registered = registration(recorder('plain'));
    await registered.register();
    writeFileSync(desktopFile('fake'), '[Desktop Entry]\nType=Application\nName=Fake\nExec=/bin/true %u\n');
    await run('xdg-mime', 'default', 'fake.desktop', 'x-scheme-handler/kort');
    await registered.unregister();
    expect(await registered.status()).toMatchObject({ name: 'fake.desktop' });
  });

  it('says which program is missing', async () => {
    const program = recorder('plain');
    env['PATH'] = home;
    await expect(registration(program).register()).rejects.toMatchObject({
      code: 'ERR_LINK_REGISTRATION',
      fields: { detail: 'xdg-mime' },
    });
  });

  it('refuses a path that no desktop file can hold', () => {
    expect(() => registration('/tmp/a\nExec=evil')).toThrow(
      expect.objectContaining({ code: 'ERR_LINK_REGISTRATION' }) as Error,
    );
  });
});
