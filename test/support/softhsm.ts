import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SelfSigned } from './self-signed-certificate.js';
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
  /** Imports a private key as a pair, and its certificate. */
  store(token: string, pin: string, id: string, held: SelfSigned): void;
  /** Tokens as they are now, in a folder of their own. */
  copy(): SoftHsm;
  remove(): void;
}

const library = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so'].find((path) =>
  existsSync(path),
);

export function createSoftHsm(template?: string): SoftHsm {
  if (library === undefined) throw new Error('SoftHSM is needed for this test: apt-get install softhsm2');
  const folder = mkdtempSync(join(tmpdir(), 'kort-softhsm-'));
  if (template === undefined) mkdirSync(join(folder, 'tokens'), { mode: 0o700 });
  else cpSync(join(template, 'tokens'), join(folder, 'tokens'), { recursive: true });
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
    store(token, pin, id, { privateKey, der }) {
      const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.der')];
      writeFileSync(key, privateKey.export({ format: 'pem', type: 'pkcs8' }));
      writeFileSync(certificate, der);
      run('softhsm2-util', ['--import', key, '--token', token, '--label', `TEST ${id}`, '--id', id, '--pin', pin]);
      const object = ['--write-object', certificate, '--type', 'cert', '--id', id, '--label', `TEST ${id}`];
      run('pkcs11-tool', ['--module', library, '--token-label', token, '--login', '--pin', pin, ...object]);
    },
    copy: () => createSoftHsm(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
