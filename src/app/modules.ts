import { join } from 'node:path';
import type { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { History } from '../model/history.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import { parseCertificate } from '../pki/certificate.js';
import { findModules } from '../pkcs11/find-modules.js';
import type { FoundModule } from '../pkcs11/found-module.js';
import { builtHostProgram } from '../pkcs11/module-process.js';
import type { InstancePaths } from '../platform/paths.js';
import { createPkcs11Source, type Pkcs11Source } from '../tokens/pkcs11-source.js';
import type { DaemonOptions } from './daemon-options.js';

/** What {@link openModules} needs. */
export interface ModulesContext {
  readonly paths: InstancePaths;
  readonly options: DaemonOptions;
  readonly history: History;
  readonly memory: RetryCounterMemory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The vendors' modules that this instance may load, each in a process of its own. */
export function openModules({ paths, options, ...rest }: ModulesContext): Pkcs11Source {
  const modules = findModulesOf(paths, options.sandbox, ({ code, fields }) =>
    rest.logger.error({ code, ...fields }, 'Module is not used'),
  );
  return createPkcs11Source({ ...rest, modules, program: builtHostProgram, parseCertificate });
}

/**
 * Modules that an instance may load. A sandbox takes only those of its own folder: what the system's modules see are the
 * system's readers, which have no place among virtual ones.
 *
 * @param onProblem - told of each that is named and cannot be used.
 */
export function findModulesOf(
  paths: InstancePaths,
  isSandbox: boolean,
  onProblem: (problem: MiddlewareError) => void,
): readonly FoundModule[] {
  const own = join(paths.config, 'modules.d');
  return findModules({
    folders: isSandbox ? [own] : [join(paths.system, 'modules.d'), own],
    ...(isSandbox ? { places: [] } : {}),
    onProblem,
  });
}
