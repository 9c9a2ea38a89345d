// OpenSC's tools, as peers on the same cards.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs its tools over a PC/SC service; each run tells how long it took and how many commands, by `commands`. */
export function createOpenSc({ folder, env, pin, commands }) {
  const module = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']
    .map((library) => join(library, 'opensc-pkcs11.so'))
    .find(existsSync);
  if (module === undefined) throw new Error('OpenSC is needed for this comparison: apt-get install opensc');
  const data = join(folder, 'data');
  writeFileSync(data, 'kort');

  const run = async (tool, args) => {
    const before = await commands();
    const begun = performance.now();
    const { status, stderr } = spawnSync(tool, args, { env, encoding: 'utf8' });
    const ms = performance.now() - begun;
    if (status !== 0) throw new Error(`${tool}: ${stderr}`);
    return { ms, commands: (await commands()) - before };
  };

  return {
    /** By both tools that list; of each figure the better one. */
    async list() {
      const tree = await run('pkcs15-tool', ['-D']);
      const objects = await run('pkcs11-tool', ['--module', module, '-O']);
      return { ms: Math.min(tree.ms, objects.ms), commands: Math.min(tree.commands, objects.commands) };
    },
    sign: () =>
      run('pkcs11-tool', [
        ...['--module', module, '--login', '--pin', pin, '--sign', '--mechanism', 'SHA256-RSA-PKCS'],
        ...['--input-file', data, '--output-file', `${data}.sig`],
      ]),
  };
}
