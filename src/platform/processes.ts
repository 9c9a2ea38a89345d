import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessFacts } from '../model/machine.js';

/** Running processes in no order; undefined where the system does not tell without asking other programs. */
export async function readProcesses(
  proc = '/proc',
  platform: NodeJS.Platform = process.platform,
): Promise<readonly ProcessFacts[] | undefined> {
  if (platform !== 'linux' || !(await isOwnProc(proc))) return undefined;
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => await readProcess(Number(pid), proc)));
  return found.filter((process) => process !== undefined);
}

/** Names of the processes above this one, the nearest first; none where the system does not tell. */
export async function readAncestors(
  pid: number = process.pid,
  proc = '/proc',
  platform: NodeJS.Platform = process.platform,
): Promise<readonly string[]> {
  if (platform !== 'linux' || !(await isOwnProc(proc))) return [];
  const names: string[] = [];
  const maxDepth = 64;
  for (let at = await readProcess(pid, proc); at !== undefined && names.length < maxDepth;) {
    at = at.parent === 0 ? undefined : await readProcess(at.parent, proc);
    if (at !== undefined) names.push(at.name);
  }
  return names;
}

/** In some containers /proc is of another PID namespace: its numbers are those of other processes (pid_namespaces(7)). */
async function isOwnProc(proc: string): Promise<boolean> {
  const self = await readlink(join(proc, 'self')).catch(() => undefined);
  return self === undefined || self === String(process.pid);
}

/** One process, from `status` (proc_pid_status(5)), which everybody may read. */
export async function readProcess(pid: number, proc = '/proc'): Promise<ProcessFacts | undefined> {
  const text = await readFile(join(proc, String(pid), 'status'), 'utf8').catch(() => '');
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(text)?.[1];
  const [name, parent, uid] = [field('Name'), field('PPid'), field('Uid')?.split('\t')[0]];
  if (name === undefined || parent === undefined || uid === undefined) return undefined;
  return { pid, parent: Number(parent), uid: Number(uid), name: name.replaceAll(/\p{C}/gu, '') };
}
