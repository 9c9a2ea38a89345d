import { basename } from 'node:path';
import { requireTrustedFile } from './trusted-file.js';

/** util-linux 2.33 and later, setpriv(1): `--pdeathsig` sets PR_SET_PDEATHSIG, see prctl(2). */
const defaultSetpriv = '/usr/bin/setpriv';

/**
 * The command by which a program is told to end when the process that started it has, killed or crashed included; where
 * the system cannot do that, the program itself.
 */
export function boundCommand(
  program: string,
  args: readonly string[],
  platform: NodeJS.Platform = process.platform,
  setpriv = defaultSetpriv,
): readonly [program: string, args: readonly string[]] {
  if (platform !== 'linux') return [program, args];
  try {
    const found = requireTrustedFile(setpriv);
    // BusyBox, to which its name leads on small systems, knows no such option.
    if (basename(found) !== 'setpriv') return [program, args];
    return [found, ['--pdeathsig', 'TERM', '--', program, ...args]];
  } catch {
    return [program, args];
  }
}
