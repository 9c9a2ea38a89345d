import { join } from 'node:path';
import type { BaseFolders, PathSources } from './path-sources.js';

/** Not tried. */
export function macosBases({ home }: PathSources): BaseFolders {
  const support = join(home, 'Library', 'Application Support', 'kort');
  return {
    runtime: join(support, 'run'),
    state: support,
    config: join(support, 'config'),
    system: '/Library/Application Support/kort',
  };
}
