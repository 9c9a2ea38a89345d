import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { SystemFacts } from '../../model/machine.js';
import { statusOfDaemon } from '../ask-softly.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** What {@link versionsCheck} looks at. */
export interface VersionsPorts {
  /** Of the program that examines. */
  readonly kort: string;
  readonly node: string;
  /** The oldest that is supported. */
  readonly neededNode: string;
  readonly daemon: DoctorDaemon;
  readonly system: () => Promise<SystemFacts>;
  /** Of the PC/SC service; undefined where it cannot be asked. */
  readonly pcscVersion: () => Promise<string | undefined>;
  /** The files behind `kort` in the folders of PATH, each once. */
  readonly installations: () => Promise<readonly string[]>;
}

/** Which versions work together here. */
export function versionsCheck(ports: VersionsPorts): DoctorCheck {
  return {
    name: 'versions',
    run: async () => {
      const { kort, node, neededNode } = ports;
      const [system, pcsc, paths, status] = await Promise.all([
        ports.system(),
        ports.pcscVersion(),
        ports.installations(),
        statusOfDaemon(ports.daemon),
      ]);
      const { name, kernel } = system;
      return [
        ...(isOlder(node, neededNode)
          ? [doctorFinding('versions.node-old', { version: node, needed: neededNode })]
          : []),
        ...(status === undefined ? [] : daemonFindings(status.version, kort)),
        ...(paths.length < 2
          ? []
          : [doctorFinding('versions.several', { count: paths.length, paths: paths.join(', ') })]),
        doctorFinding('versions.here', { kort, node, system: name, kernel, pcsc }),
      ];
    },
  };
}

function daemonFindings(daemon: string, kort: string): readonly DoctorFinding<DoctorCode>[] {
  if (isOlder(daemon, kort)) return [doctorFinding('versions.daemon-older', { daemon, kort })];
  return isOlder(kort, daemon) ? [doctorFinding('versions.daemon-newer', { daemon, kort })] : [];
}

/** Whether the first of two versions comes before the second; what follows the numbers does not count. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [numbersOf(version), numbersOf(than)];
  const at = other.findIndex((number, index) => number !== (one[index] ?? 0));
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number);
}
