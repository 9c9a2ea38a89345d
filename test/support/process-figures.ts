import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { pidInProc } from './own-proc.js';

/** What a process holds at one moment. */
export interface ProcessFigures {
  readonly rssMiB: number;
  readonly files: number;
  readonly threads: number;
}

/** Reads the figures of a child process from /proc, which may be that of another PID namespace. */
export function processFigures(pid: number): ProcessFigures {
  const folder = `/proc/${procNameOf(pid)}`;
  const status = readFileSync(`${folder}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    rssMiB: Math.round((field('VmRSS') / 1024) * 10) / 10,
    files: readdirSync(`${folder}/fd`).length,
    threads: field('Threads'),
  };
}

const names = new Map<number, string>();

/** A /proc of an outer PID namespace tells the numbers of a process in all namespaces, its own last. */
function procNameOf(pid: number): string {
  if (pidInProc === String(process.pid)) return String(pid);
  const known = names.get(pid);
  if (known !== undefined) return known;
  const ours = namespaceOf('self');
  const found = readdirSync('/proc').find(
    (name) => /^\d+$/.test(name) && innermostNumber(name) === pid && namespaceOf(name) === ours,
  );
  if (found === undefined) throw new Error(`process ${pid} is not in /proc`);
  names.set(pid, found);
  return found;
}

function namespaceOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/${name}/ns/pid`);
  } catch {
    return undefined;
  }
}

function innermostNumber(name: string): number | undefined {
  try {
    const line = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
    return Number(line?.split(/\s+/).at(-1));
  } catch {
    return undefined;
  }
}
