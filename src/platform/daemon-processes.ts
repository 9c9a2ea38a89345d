import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { DaemonProcess } from '../model/machine.js';
import { defaultInstance } from './instance.js';
import { instancePaths } from './paths.js';
import { readProcess, readProcesses } from './processes.js';

/** The daemons of this user that serve, or once served, a control socket; undefined where the system does not tell. */
export async function findDaemons(
  controlSocket: string,
  { proc = '/proc', uid = process.getuid?.() ?? -1 } = {},
): Promise<readonly DaemonProcess[] | undefined> {
  const processes = await readProcesses(proc);
  const ours = processes?.filter((process) => process.uid === uid);
  const found = await Promise.all((ours ?? []).map(async ({ pid }) => await readDaemon(pid, proc, uid, controlSocket)));
  return ours && found.filter((daemon) => daemon !== undefined);
}

async function readDaemon(
  pid: number,
  proc: string,
  uid: number,
  controlSocket: string,
): Promise<DaemonProcess | undefined> {
  const words = await zeroSeparated(join(proc, String(pid), 'cmdline'));
  const at = words.findIndex((word) => /^kortd(\.[cm]?js)?$/.test(basename(word)));
  const program = words[at];
  // Second, after Node's own program: what only mentions the name, as an editor does, is no daemon.
  if (program === undefined || !/^(node|kortd)/.test(basename(words[0] ?? ''))) return undefined;
  const args = words.slice(at + 1);
  const environment = await zeroSeparated(join(proc, String(pid), 'environ'));
  if (socketOf(args, environment, uid) !== controlSocket) return undefined;
  const launcher = await readProcess((await readProcess(pid, proc))?.parent ?? 0, proc);
  return { pid, program, programExists: existsSync(program), arguments: args, launcher: launcher?.name };
}

async function zeroSeparated(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\0').filter((word) => word !== '');
}

/** Where a process with these arguments and this environment has its socket; only our own folders are looked up in it. */
function socketOf(args: readonly string[], environment: readonly string[], uid: number): string | undefined {
  const named = args.indexOf('--instance');
  const inline = args.find((word) => word.startsWith('--instance='))?.slice('--instance='.length);
  const instance = inline ?? (named === -1 ? defaultInstance : args[named + 1]);
  const env = Object.fromEntries(
    environment.flatMap((entry) => {
      const [, name, value] = /^(XDG_RUNTIME_DIR|XDG_STATE_HOME|XDG_CONFIG_HOME|HOME)=(.*)$/s.exec(entry) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  try {
    const home = env['HOME'] ?? homedir();
    return instancePaths(instance ?? defaultInstance, { env, home, uid, isOwnFolder: existsSync }).controlSocket;
  } catch {
    return undefined;
  }
}
