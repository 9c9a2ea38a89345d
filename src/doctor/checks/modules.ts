import { isMiddlewareError, type MiddlewareError } from '../../core/errors.js';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import { statusOfDaemon } from '../ask-softly.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** A vendor's module that the daemon would load. */
export interface ModuleFacts {
  readonly name: string;
  readonly path: string;
  /** `configured`: somebody names it in modules.d. */
  readonly origin: 'configured' | 'usual-place';
}

/** The modules that would be loaded, and what is wrong with what is set about others. */
export interface ModulesFound<Module extends ModuleFacts> {
  readonly modules: readonly Module[];
  readonly problems: readonly MiddlewareError[];
}

/** What {@link modulesCheck} looks at. */
export interface ModulesPorts<Module extends ModuleFacts = ModuleFacts> {
  readonly daemon: DoctorDaemon;
  readonly find: (isSandbox: boolean) => ModulesFound<Module>;
  /** Whether the package is installed that modules are loaded with. */
  readonly hasLoader: () => boolean;
  /** What a library is built for; undefined for a file that is none. */
  readonly machineOf: (path: string) => Promise<string | undefined>;
  /** What libraries for this program are built for; undefined where that cannot be told. */
  readonly ownMachine: () => Promise<string | undefined>;
  readonly boundMs: number;
  /** Loads it into a process of its own, and ends that. @throws {MiddlewareError} */
  readonly load: (module: Module, signal: AbortSignal) => Promise<void>;
}

type Findings = readonly DoctorFinding<DoctorCode>[];

/** Whether the vendors' modules can be loaded. */
export function modulesCheck<Module extends ModuleFacts>(ports: ModulesPorts<Module>): DoctorCheck {
  return {
    name: 'modules',
    lane: 'cards',
    boundMs: ports.boundMs + 5000,
    run: async (signal) => {
      const isSandbox = (await statusOfDaemon(ports.daemon))?.sandbox === true;
      const { modules, problems } = ports.find(isSandbox);
      const refused = problems.map(problemFinding);
      if (!ports.hasLoader()) {
        const isWanted = modules.some(({ origin }) => origin === 'configured');
        return [...refused, doctorFinding(isWanted ? 'modules.loader-missing' : 'modules.none')];
      }
      const found = await Promise.all(modules.map(async (module) => await moduleFindings(module, ports, signal)));
      const all = [...refused, ...found.flat()];
      return all.length === 0 ? [doctorFinding('modules.none')] : all;
    },
  };
}

function problemFinding({ fields }: MiddlewareError): DoctorFinding<DoctorCode> {
  const { path, reason, field } = fields;
  if (reason === 'fileMissing') return doctorFinding('modules.missing', { path });
  if (reason === 'fileUntrusted') return doctorFinding('modules.untrusted', { path });
  return doctorFinding('modules.setting', { path, reason, field });
}

async function moduleFindings<Module extends ModuleFacts>(
  module: Module,
  { machineOf, ownMachine, load, boundMs }: ModulesPorts<Module>,
  signal: AbortSignal,
): Promise<Findings> {
  const which = { module: module.name, path: module.path };
  const needed = await ownMachine();
  const machine = needed === undefined ? undefined : await machineOf(module.path);
  if (needed !== undefined && machine === undefined) return [doctorFinding('modules.no-library', which)];
  if (machine !== needed) return [doctorFinding('modules.architecture', { ...which, found: machine, needed })];
  try {
    await load(module, signal);
    return [doctorFinding('modules.here', which)];
  } catch (error) {
    if (isMiddlewareError(error, 'ERR_MODULE_CRASHED')) return [doctorFinding('modules.crash', which)];
    if (isMiddlewareError(error, 'ERR_MODULE_TIMEOUT')) {
      return [doctorFinding('modules.silent', { ...which, seconds: Math.round(boundMs / 1000) })];
    }
    return [doctorFinding('modules.unusable', { ...which, detail: isMiddlewareError(error) ? error.code : undefined })];
  }
}
