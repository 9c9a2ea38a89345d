import { join } from 'node:path';
import type { BaseFolders, PathSources } from './path-sources.js';

/** Not tried. */
export function windowsBases({ env, home }: PathSources): BaseFolders {
  const local = join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'kort');
  const roaming = join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'kort');
  return {
    runtime: join(local, 'run'),
    state: local,
    config: roaming,
    system: join(env['ProgramData'] ?? 'C:\\ProgramData', 'kort'),
  };
}
