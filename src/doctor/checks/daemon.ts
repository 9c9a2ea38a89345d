import type { DaemonStatus } from '../../control-contract/status.js';
import { isMiddlewareError, type MiddlewareError } from '../../core/errors.js';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { DaemonProcess, LogFacts, PathFacts } from '../../model/machine.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** What {@link daemonCheck} looks at. */
export interface DaemonPorts {
  readonly socket: string;
  readonly runtime: string;
  readonly log: string;
  /** The kortd that this program would start. */
  readonly installed: string;
  readonly now: () => number;
  readonly daemon: DoctorDaemon;
  readonly lookAt: (path: string) => Promise<PathFacts | undefined>;
  /** Those of this user and instance; undefined where the system does not tell. */
  readonly processes: () => Promise<readonly DaemonProcess[] | undefined>;
  readonly readLog: (path: string) => Promise<LogFacts | undefined>;
}

const largeLogBytes = 64 << 20;
const dayMs = 86_400_000;

/** Whether the daemon runs and answers, and which one it is. */
export function daemonCheck(ports: DaemonPorts): DoctorCheck {
  return {
    name: 'daemon',
    run: async () => {
      const [answer, processes] = await Promise.all([ask(ports.daemon), ports.processes()]);
      const status = isMiddlewareError(answer) ? undefined : answer;
      const about = isMiddlewareError(answer)
        ? await absenceFindings(answer, ports, processes ?? [])
        : presenceFindings(answer, ports, processes);
      return [...about, ...severalFindings(answer, processes ?? []), ...(await logFindings(ports, status))];
    },
  };
}

async function ask(daemon: DoctorDaemon): Promise<DaemonStatus | MiddlewareError> {
  try {
    return await daemon.ask('daemon.status', {});
  } catch (error) {
    if (isMiddlewareError(error)) return error;
    throw error;
  }
}

function presenceFindings(
  { pid, version, startedAt }: DaemonStatus,
  { installed }: DaemonPorts,
  processes: readonly DaemonProcess[] | undefined,
): readonly DoctorFinding<DoctorCode>[] {
  const found = processes?.find((process) => process.pid === pid);
  const running = found?.program;
  const here = { pid, version, started: startedAt, program: running, launcher: found?.launcher };
  const isGone = found !== undefined && !found.programExists;
  const isOther = found !== undefined && !isGone && found.program !== installed;
  const isExperimental = found?.arguments.includes('--experimental-idprime-writing') === true;
  return [
    ...(isGone ? [doctorFinding('daemon.program-gone', { running })] : []),
    ...(isOther ? [doctorFinding('daemon.other-program', { running, installed })] : []),
    ...(isExperimental ? [doctorFinding('daemon.idprime-writing')] : []),
    doctorFinding('daemon.here', here),
  ];
}

async function absenceFindings(
  error: MiddlewareError,
  { socket, runtime, log, lookAt }: DaemonPorts,
  processes: readonly DaemonProcess[],
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  if (error.code === 'ERR_CONFIG_FOLDER_UNSAFE') {
    return [doctorFinding('daemon.denied', { path: String(error.fields['path'] ?? runtime) })];
  }
  if (error.code === 'ERR_IPC_UNAUTHORIZED') return [doctorFinding('daemon.denied', { path: socket })];
  if (error.code !== 'ERR_IPC_DAEMON_UNREACHABLE') return [doctorFinding('daemon.stranger', { socket })];
  const isSilent = error.fields['reason'] === 'silent';
  if (isSilent) return [doctorFinding('daemon.silent', { socket, pid: processes[0]?.pid })];
  const left = await lookAt(socket);
  if (left === undefined) return [doctorFinding('daemon.absent')];
  // Whoever put a file there that is no socket is no daemon that ended.
  if (left.kind !== 'socket') return [doctorFinding('daemon.stranger', { socket })];
  return [doctorFinding('daemon.crashed', { socket, log })];
}

/** Of a daemon that is silent, the one process is that daemon. */
function severalFindings(
  answer: DaemonStatus | MiddlewareError,
  processes: readonly DaemonProcess[],
): readonly DoctorFinding<DoctorCode>[] {
  const isSilent = isMiddlewareError(answer) && answer.fields['reason'] === 'silent';
  const served = isMiddlewareError(answer) ? (isSilent ? processes[0]?.pid : undefined) : answer.pid;
  const others = processes.filter(({ pid }) => pid !== served).map(({ pid }) => pid);
  return others.length === 0 ? [] : [doctorFinding('daemon.several', { pids: others.join(' ') })];
}

/** Errors count since the daemon was started, or of the last day where none runs. */
async function logFindings(
  { log: path, readLog, now }: DaemonPorts,
  status: DaemonStatus | undefined,
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const log = await readLog(path);
  if (log === undefined) return [];
  const since = status === undefined ? now() - dayMs : Date.parse(status.startedAt);
  const errors = log.errors.filter(({ time }) => time >= since);
  const last = errors.at(-1);
  return [
    ...(log.bytes <= largeLogBytes
      ? []
      : [doctorFinding('daemon.log-large', { path, megabytes: Math.round(log.bytes / 2 ** 20) })]),
    ...(last === undefined
      ? []
      : [
          doctorFinding('daemon.log-errors', {
            path,
            count: errors.length,
            last: last.message,
            time: new Date(last.time).toISOString(),
          }),
        ]),
  ];
}
