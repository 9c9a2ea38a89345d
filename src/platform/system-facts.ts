import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { release, type as systemType, version } from 'node:os';
import { delimiter, join } from 'node:path';
import type { SystemFacts } from '../model/machine.js';
import { realPath } from './path-facts.js';
import { runProgram } from './run-program.js';

/** The system that we run on; Windows and macOS (not tried) call themselves as Node does. */
export async function readSystemFacts(
  root = '/',
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SystemFacts> {
  const osRelease = await readFile(join(root, 'etc/os-release'), 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1];
  const kernel = await readFile(join(root, 'proc/version'), 'utf8').catch(() => '');
  return {
    name: name ?? `${systemType()} ${version()}`,
    kernel: release(),
    container: containerOf(root, env),
    isWsl: /microsoft/i.test(kernel) || (env['WSL_DISTRO_NAME'] ?? '') !== '',
  };
}

/** What container managers leave inside for programs to know (systemd's container interface; Podman, Docker). */
function containerOf(root: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if ((env['container'] ?? '') !== '') return env['container'];
  if (existsSync(join(root, 'run/.containerenv'))) return 'Podman';
  if (existsSync(join(root, '.dockerenv'))) return 'Docker';
  return existsSync(join(root, 'run/systemd/container')) ? 'systemd' : undefined;
}

/** Whether systemd runs here and has a manager for this user (sd_booted(3), user@.service(5)). */
export function readUserManager(uid: number | undefined, root = '/'): 'running' | 'absent' | 'unused' {
  if (uid === undefined || !existsSync(join(root, 'run/systemd/system'))) return 'unused';
  return existsSync(join(root, `run/user/${uid}/systemd`)) ? 'running' : 'absent';
}

/** The files behind a program's name in the folders of PATH, links followed, each once. */
export async function programsOnPath(name: string, path = process.env['PATH'] ?? ''): Promise<readonly string[]> {
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  const candidates = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((file) => join(folder, file)));
  const found = await Promise.all(candidates.map(async (file) => await realPath(file)));
  return [...new Set(found.filter((file) => file !== undefined))];
}

/** What pcscd says of its version; undefined where there is none to ask. */
export async function pcscdVersion(program: string | undefined): Promise<string | undefined> {
  if (program === undefined) return undefined;
  const { output } = await runProgram(program, ['--version']);
  return /version (\d+(?:\.\d+)+)/.exec(output)?.[1];
}
