import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Where process numbers mean the same: one start of the computer, and one PID namespace in it. */
interface ProcessWorld {
  readonly boot: string;
  readonly namespace: string;
}

/**
 * Names a process so that no other one ever has that name. Its number alone is given again, and after a restart soon:
 * where the system tells, the clock tick in which it began (proc_pid_stat(5)), the start of the computer
 * (proc_sys_kernel(5)) and the PID namespace (pid_namespaces(7)) follow it.
 */
export function nameOfThisProcess(proc = '/proc'): string {
  const world = worldOf(proc);
  const began = world && lifeOf(process.pid, proc)?.began;
  return world === undefined || began === undefined
    ? String(process.pid)
    : [process.pid, began, world.boot, world.namespace].join(' ');
}

/**
 * Whether the process of that name still runs, by no clock: one that is stopped does, also over a suspend. Unknown where
 * the system does not tell whether the number is another process's by now. A name that a power cut tore has ended.
 */
export function stateOfProcess(name: string, proc = '/proc'): 'runs' | 'ended' | 'unknown' {
  const [digits, began, boot, namespace] = name.split(' ');
  const pid = Number(digits);
  if (!Number.isInteger(pid) || pid <= 0) return 'ended';
  const world = began === undefined ? undefined : worldOf(proc);
  if (world !== undefined && world.boot !== boot) return 'ended';
  if (world !== undefined && world.namespace !== namespace) return 'unknown';
  const life = world && lifeOf(pid, proc);
  if (life !== undefined) return life.began === began && !life.isOver ? 'runs' : 'ended';
  return isTaken(pid) ? 'unknown' : 'ended';
}

/** Undefined also where /proc is of another PID namespace than ours. */
function worldOf(proc: string): ProcessWorld | undefined {
  try {
    if (readlinkSync(join(proc, 'self')) !== String(process.pid)) return undefined;
    const boot = readFileSync(join(proc, 'sys/kernel/random/boot_id'), 'latin1').trim();
    return { boot, namespace: readlinkSync(join(proc, 'self/ns/pid')) };
  } catch {
    return undefined;
  }
}

/** A killed process that nobody has waited for yet is over, though its number is still taken. */
function lifeOf(pid: number, proc: string): { readonly began: string; readonly isOver: boolean } | undefined {
  try {
    const stat = readFileSync(join(proc, String(pid), 'stat'), 'latin1');
    // The program's name before it may hold anything, parentheses too. State is field 3, start field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', began] = [fields[0], fields[19]];
    return began === undefined ? undefined : { began, isOver: 'ZX'.includes(state) };
  } catch {
    return undefined;
  }
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
