import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { PathFacts, SystemFacts } from '../../model/machine.js';
import { statusOfDaemon } from '../ask-softly.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';
import { remoteProduct } from '../remote-desktop.js';

/** What {@link sessionCheck} looks at. */
export interface SessionPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined where users have no numbers (Windows). */
  readonly uid: number | undefined;
  /** Where sockets go. */
  readonly runtime: string;
  readonly daemon: DoctorDaemon;
  readonly system: () => Promise<SystemFacts>;
  /** Names of the processes above ours, the nearest first. */
  readonly ancestors: () => Promise<readonly string[]>;
  readonly lookAt: (path: string) => Promise<PathFacts | undefined>;
  /** Whether systemd runs here, and has a manager for this user. */
  readonly userManager: () => Promise<'running' | 'absent' | 'unused'>;
}

/** In what kind of session we are, and what of it comes in the way. */
export function sessionCheck(ports: SessionPorts): DoctorCheck {
  return {
    name: 'session',
    run: async () => {
      const [kind, runtime, status, manager] = await Promise.all([
        kindFindings(ports),
        ports.uid === undefined ? [] : runtimeFindings(ports, ports.uid),
        statusOfDaemon(ports.daemon),
        ports.userManager(),
      ]);
      // A sandbox has no card that belongs to anybody.
      const isRoot = ports.uid === 0 && status?.sandbox !== true;
      return [
        ...runtime,
        ...localeFindings(ports.env),
        ...(isRoot ? [doctorFinding('session.root')] : []),
        ...(manager === 'absent' ? [doctorFinding('session.no-user-manager')] : []),
        ...kind,
      ];
    },
  };
}

async function kindFindings({ env, system, ancestors }: SessionPorts): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const [{ container, isWsl }, above] = await Promise.all([system(), ancestors()]);
  const product = remoteProduct({ env, ancestors: above });
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  const place = [
    ...(container === undefined ? [] : [doctorFinding('session.container', { product: container })]),
    ...(isWsl ? [doctorFinding('session.wsl')] : []),
  ];
  if (product !== undefined) return [doctorFinding('session.remote', { product }), ...place];
  if (isSet('SSH_CONNECTION') || above.some((name) => name.startsWith('sshd')))
    return [doctorFinding('session.ssh'), ...place];
  if (place.length > 0) return place;
  const hasDesktop = isSet('DISPLAY') || isSet('WAYLAND_DISPLAY') || isSet('SESSIONNAME');
  return [doctorFinding(hasDesktop ? 'session.desktop' : 'session.console')];
}

async function runtimeFindings(
  { env, runtime, lookAt }: SessionPorts,
  uid: number,
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const path = env['XDG_RUNTIME_DIR'];
  if (path === undefined || path === '') return [doctorFinding('session.runtime-unset', { path: runtime })];
  const found = await lookAt(path);
  if (found?.kind !== 'folder') return [doctorFinding('session.runtime-missing', { path })];
  if (found.uid !== uid) return [doctorFinding('session.runtime-foreign', { path, owner: found.owner })];
  if ((found.mode & 0o077) === 0) return [];
  return [doctorFinding('session.runtime-open', { path, mode: found.mode.toString(8) })];
}

/** Nothing, `C` and `POSIX` say nothing of what the terminal shows. */
function localeFindings(env: SessionPorts['env']): readonly DoctorFinding<DoctorCode>[] {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => (value ?? '') !== '');
  if (locale === undefined || /^(C|POSIX)$|utf-?8/i.test(locale)) return [];
  return [doctorFinding('session.locale', { locale })];
}
