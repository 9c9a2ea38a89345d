import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import typescript from 'typescript';
import type { HostProgram } from '../../src/pkcs11/module-process.js';

const folders = ['core', 'model', 'pkcs11'];

/** The host program from the sources as they are, translated once: its processes start as fast as the built one's. */
export function hostProgramFromSource(): { readonly program: HostProgram; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'kort-host-'));
  for (const folder of folders) {
    const from = resolve('src', folder);
    for (const name of readdirSync(from)) translate(join(from, name), join(root, 'src', folder, name));
  }
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  return {
    program: { file: join(root, 'src/pkcs11/module-host.js'), nodeArguments: ['--max-old-space-size=64'] },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function translate(from: string, to: string): void {
  if (!from.endsWith('.ts')) return;
  const { outputText } = typescript.transpileModule(readFileSync(from, 'utf8'), {
    compilerOptions: {
      target: typescript.ScriptTarget.ES2023,
      module: typescript.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to.replace(/\.ts$/, '.js'), outputText);
}
