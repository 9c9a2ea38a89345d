import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FoundModule } from '../../src/pkcs11/found-module.js';

/** The misbehaving module of native-fixtures, built for one test file. */
export interface FaultModule {
  readonly module: FoundModule;
  /** The same before another module. */
  before(module: FoundModule): FoundModule;
  /** Rules from now on, one a line. */
  rules(...lines: readonly string[]): void;
  /** How often a function was called since the last {@link forget}. */
  calls(name: string): number;
  forget(): void;
  remove(): void;
}

/** Builds it into a folder of its own; the caller removes it. */
export function buildFaultModule(): FaultModule {
  const folder = mkdtempSync(join(tmpdir(), 'kort-fault-'));
  const [path, file] = [join(folder, 'fault.so'), join(folder, 'rules')];
  const source = resolve('native-fixtures/fault-module/fault-module.c');
  const flags = ['-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-I/usr/include/p11-kit-1'];
  execFileSync('gcc', [...flags, '-o', path, source], { stdio: ['ignore', 'inherit', 'inherit'] });
  const log = `${file}.calls`;
  const module: FoundModule = {
    name: 'TEST fault',
    path,
    origin: 'configured',
    pinFormat: { characters: 'digits' },
    ignorePinPad: false,
    slotEvents: true,
    environment: { KORT_FAULT: file },
  };
  return {
    module,
    before: ({ path: behind, pinFormat, environment }) => ({
      ...module,
      pinFormat,
      environment: { ...environment, ...module.environment, KORT_FAULT_BEHIND: behind },
    }),
    rules(...lines) {
      writeFileSync(`${file}.new`, `${lines.join('\n')}\n`);
      renameSync(`${file}.new`, file);
    },
    calls: (name) =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line === name).length
        : 0,
    forget: () => rmSync(log, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
