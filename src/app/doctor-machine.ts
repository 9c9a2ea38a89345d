import { dirname } from 'node:path';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { DoctorCheck } from '../doctor/doctor-check.js';
import { cardsCheck } from '../doctor/checks/cards.js';
import { daemonCheck } from '../doctor/checks/daemon.js';
import { filesCheck } from '../doctor/checks/files.js';
import { otherProgramsCheck } from '../doctor/checks/other-programs.js';
import { pcscCheck } from '../doctor/checks/pcsc.js';
import { readersCheck } from '../doctor/checks/readers.js';
import { sessionCheck } from '../doctor/checks/session.js';
import { settingsCheck } from '../doctor/checks/settings.js';
import { versionsCheck } from '../doctor/checks/versions.js';
import type { InstalledProgram } from '../model/machine.js';
import { readP11KitModules } from '../pkcs11/p11-kit-modules.js';
import { builtHostProgram, type HostProgram } from '../pkcs11/module-process.js';
import { linuxPlaces } from '../pkcs11/places-linux.js';
import { createCardPrograms, pcscSocketPath } from '../platform/card-programs.js';
import { findDaemons } from '../platform/daemon-processes.js';
import { defaultInstance } from '../platform/instance.js';
import { readLogFacts } from '../platform/log-facts.js';
import { diskOfPath, lookAtPath, mayWriteTo, pathsBelow, realPath } from '../platform/path-facts.js';
import { socketIn } from '../platform/paths.js';
import { pcscdProgram, readServiceSetup } from '../platform/pcsc-service.js';
import { readAncestors, readProcesses } from '../platform/processes.js';
import { readBrowserModules } from '../platform/registered-modules.js';
import { pcscdVersion, programsOnPath, readSystemFacts, readUserManager } from '../platform/system-facts.js';
import { readUsbReaders } from '../platform/usb-readers.js';
import type { DoctorContext } from './doctor-context.js';
import { moduleCheck } from './doctor-modules.js';
import { lookAtPcscOnce } from './doctor-pcsc.js';
import { refusedSettings } from './doctor-settings.js';

/** Where the system tells about itself, and where our programs lie; tests lead it elsewhere. */
export interface MachinePlaces {
  readonly root: string;
  readonly proc: string;
  readonly sys: string;
  readonly home: string;
  /** The daemon that this program would start. */
  readonly kortd: string;
  /** What loads vendors' modules. */
  readonly moduleHost: HostProgram;
}

const ownPlaces = (): MachinePlaces => ({
  root: '/',
  proc: '/proc',
  sys: '/sys',
  home: homedir(),
  kortd: fileURLToPath(new URL('../../bin/kortd.cjs', import.meta.url)),
  moduleHost: builtHostProgram,
});

/** `engines` of package.json. */
const oldestNode = '20.19';

/** The checks about this machine. */
export function machineChecks(context: DoctorContext, places: Partial<MachinePlaces> = {}): readonly DoctorCheck[] {
  const { root, proc, sys, home, kortd, moduleHost } = { ...ownPlaces(), ...places };
  const { env, daemon, paths, clock, version } = context;
  const { platform } = process;
  const uid = process.getuid?.();
  const now = (): number => clock.now();
  const socket = pcscSocketPath({ ...env });
  const { look, silentAfterMs } = lookAtPcscOnce(socket);
  const system = async () => await readSystemFacts(root, env);
  const ancestors = async () => await readAncestors(process.pid, proc);
  const folders = [paths.runtime, paths.state, paths.config];
  const shared = paths.instance === defaultInstance ? [] : folders.map((folder) => dirname(folder));

  return [
    versionsCheck({
      ...{ kort: version, node: process.version, neededNode: oldestNode, daemon, system },
      pcscVersion: async () => await pcscdVersion(pcscdProgram(root)),
      installations: async () => await programsOnPath('kort', env['PATH']),
    }),
    sessionCheck({
      ...{ env, uid, runtime: paths.runtime, daemon, system, ancestors, lookAt: lookAtPath },
      userManager: () => Promise.resolve(readUserManager(uid, root)),
    }),
    daemonCheck({
      ...{ socket: paths.controlSocket, runtime: paths.runtime, log: paths.log, now, daemon, lookAt: lookAtPath },
      installed: kortd,
      processes: async () => await findDaemons(paths.controlSocket, { proc }),
      readLog: readLogFacts,
    }),
    filesCheck({
      ...{ system: platform, uid, folders, shared, lookAt: lookAtPath },
      below: async (folder) => await pathsBelow(folder),
      diskOf: diskOfPath,
      mayWrite: mayWriteTo,
    }),
    settingsCheck({ refused: refusedSettings(paths) }),
    pcscCheck({
      ...{ platform, socket, namedSocket: env['PCSCLITE_CSOCK_NAME'], silentAfterMs, daemon, look, lookAt: lookAtPath },
      setup: () => Promise.resolve(readServiceSetup(root)),
    }),
    readersCheck({
      ...{ env, daemon, look, system, ancestors },
      usbReaders: async () => await readUsbReaders(sys),
    }),
    cardsCheck({ daemon, look, now }),
    otherProgramsCheck({
      ...{ platform, uid, daemon, look },
      cardPrograms: async (isSandbox) =>
        await createCardPrograms(isSandbox ? socketIn(paths.runtime, 'pcscd.comm') : socket).current(),
      processes: async () => await readProcesses(proc),
      installed: async () => await installedModules(root),
      browserModules: async () => await readBrowserModules(home),
      p11KitModules: async () => await readP11KitModules(root),
    }),
    moduleCheck({ paths, daemon }, moduleHost),
  ];
}

/** Each file once, whatever names lead to it. */
async function installedModules(root: string): Promise<readonly InstalledProgram[]> {
  if (process.platform !== 'linux') return [];
  const found = new Map<string, InstalledProgram>();
  for (const { name, path } of linuxPlaces()) {
    const file = await realPath(root + path);
    if (file !== undefined && !found.has(file)) found.set(file, { name, path: file });
  }
  return [...found.values()];
}
