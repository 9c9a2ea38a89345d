import type { MiddlewareError } from '../core/errors.js';
import { modulesCheck } from '../doctor/checks/modules.js';
import type { DoctorCheck } from '../doctor/doctor-check.js';
import { isPkcs11Available } from '../pkcs11/availability.js';
import type { FoundModule } from '../pkcs11/found-module.js';
import type { HostProgram } from '../pkcs11/module-process.js';
import { tryModule } from '../pkcs11/try-module.js';
import { libraryMachine, ownMachine } from '../platform/library-machine.js';
import type { DoctorContext } from './doctor-context.js';
import { findModulesOf } from './modules.js';

const deadlineMs = 8000;

/** The check of the vendors' modules that the daemon of an instance would load. */
export function moduleCheck(
  { paths, daemon }: Pick<DoctorContext, 'paths' | 'daemon'>,
  program: HostProgram,
): DoctorCheck {
  return modulesCheck<FoundModule>({
    daemon,
    find: (isSandbox) => {
      const problems: MiddlewareError[] = [];
      const modules = findModulesOf(paths, isSandbox, (problem) => problems.push(problem));
      return { modules, problems };
    },
    hasLoader: isPkcs11Available,
    machineOf: libraryMachine,
    ownMachine,
    boundMs: deadlineMs,
    load: async (module, signal) => await tryModule(module, { program, deadlineMs, signal }),
  });
}
