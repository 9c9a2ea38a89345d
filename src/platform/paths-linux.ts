import { isAbsolute, join } from 'node:path';
import type { BaseFolders, PathSources } from './path-sources.js';

/** XDG Base Directory Specification 0.8; a relative path in a variable counts as unset. */
export function linuxBases({ env, home, uid, isOwnFolder }: PathSources): BaseFolders {
  const fromEnv = (name: string): string | undefined => {
    const value = env[name];
    return value !== undefined && isAbsolute(value) ? value : undefined;
  };
  const state = join(fromEnv('XDG_STATE_HOME') ?? join(home, '.local', 'state'), 'kort');
  // Programs that cron, sudo or ssh started may lack the variable although the folder is there.
  const usual = `/run/user/${uid}`;
  const base = fromEnv('XDG_RUNTIME_DIR') ?? (isOwnFolder(usual) ? usual : undefined);
  return {
    runtime: base === undefined ? join(state, 'run') : join(base, 'kort'),
    state,
    config: join(fromEnv('XDG_CONFIG_HOME') ?? join(home, '.config'), 'kort'),
    system: '/etc/kort',
  };
}
