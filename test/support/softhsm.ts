import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundModule } from '../../src/pkcs11/found-module.js';

/** SoftHSM tokens in a folder of their own. */
export interface SoftHsm {
  readonly folder: string;
  readonly module: FoundModule;
  readonly env: Readonly<Record<string, string>>;
  /** Makes a token; its serial number. */
  initToken(label: string, pin: string): void;
  /** pkcs11-tool over it, with its output. */
  pkcs11Tool(...args: readonly string[]): string;
  remove(): void;
}

const library = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so'].find((path) =>
  existsSync(path),
);

export function createSoftHsm(): SoftHsm {
  if (library === undefined) throw new Error('SoftHSM is needed for this test: apt-get install softhsm2');
  const folder = mkdtempSync(join(tmpdir(), 'kort-softhsm-'));
  mkdirSync(join(folder, 'tokens'), { mode: 0o700 });
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const env = { SOFTHSM2_CONF: conf };
  const run = (program: string, args: readonly string[]): string =>
    execFileSync(program, args, {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    folder,
    env,
    module: {
      name: 'SoftHSM',
      path: library,
      origin: 'configured',
      pinFormat: { characters: 'digits', minLength: 6, maxLength: 16 },
      ignorePinPad: false,
      slotEvents: true,
      environment: env,
    },
    initToken(label, pin) {
      run('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', '87654321', '--pin', pin]);
    },
    pkcs11Tool: (...args) => run('pkcs11-tool', ['--module', library, ...args]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
