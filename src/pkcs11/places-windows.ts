import { join } from 'node:path';
import type { ModulePlace } from './places.js';

/** Not tried. */
export function windowsPlaces(env: NodeJS.ProcessEnv): readonly ModulePlace[] {
  const system = join(env['SystemRoot'] ?? 'C:\\Windows', 'System32');
  const programs = env['ProgramFiles'] ?? 'C:\\Program Files';
  return [
    { name: 'SafeNet Authentication Client', path: join(system, 'eTPKCS11.dll') },
    { name: 'Net iD', path: join(programs, 'Net iD', 'iidp11.dll') },
    { name: 'OpenSC', path: join(programs, 'OpenSC Project', 'OpenSC', 'pkcs11', 'opensc-pkcs11.dll') },
  ];
}
