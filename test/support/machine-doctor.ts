import { statSync } from 'node:fs';
import { join } from 'node:path';
import { connectTo } from '../../src/app/connect-to.js';
import { openDoctorDaemon } from '../../src/app/doctor-daemon.js';
import { machineChecks, type MachinePlaces } from '../../src/app/doctor-machine.js';
import { systemClock } from '../../src/core/ports.js';
import { runChecks } from '../../src/doctor/run-checks.js';
import type { DoctorCheckName, DoctorFinding, DoctorReport } from '../../src/model/doctor.js';
import { instancePaths, type InstancePaths } from '../../src/platform/paths.js';
import { kortdProgram, type PrivateHome } from './daemon.js';

/** What {@link examineMachine} is told. */
export interface Examination {
  readonly home: PrivateHome;
  readonly instance: string;
  readonly only: readonly DoctorCheckName[];
  /** Instead of those of the home. */
  readonly env?: NodeJS.ProcessEnv;
  readonly places?: Partial<MachinePlaces>;
  readonly version?: string;
}

/** Folders of an instance in a private home. */
export function pathsIn({ folder, env }: PrivateHome, instance: string, more: NodeJS.ProcessEnv = {}): InstancePaths {
  const isOwnFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const paths = instancePaths(instance, {
    env: { ...env, ...more },
    home: folder,
    uid: process.getuid?.() ?? -1,
    isOwnFolder,
  });
  return { ...paths, system: join(folder, 'etc') };
}

/** Carries out checks about the machine as `kort doctor` does, in this process. */
export async function examineMachine(examination: Examination): Promise<DoctorReport> {
  const { home, instance, only, env = {}, places = {}, version = '0.0.0' } = examination;
  const paths = pathsIn(home, instance, env);
  const daemon = openDoctorDaemon(instance, async (name) => await connectTo(name, paths));
  try {
    const all = machineChecks(
      { instance, paths, env: { ...home.env, ...env }, clock: systemClock, daemon, version },
      { home: home.folder, kortd: kortdProgram, ...places },
    );
    return await runChecks({
      checks: all.filter(({ name }) => only.includes(name)),
      instance,
      clock: systemClock,
      onCheck: () => undefined,
      signal: new AbortController().signal,
    });
  } finally {
    daemon.close();
  }
}

/** All findings but mere facts. */
export async function faultsFound(examination: Examination): Promise<readonly DoctorFinding[]> {
  return findingsOf(await examineMachine(examination)).filter(({ severity }) => severity !== 'fact');
}

/** All findings of a report, in its order. */
export function findingsOf({ checks }: DoctorReport): readonly DoctorFinding[] {
  return checks.flatMap(({ findings }) => findings);
}
