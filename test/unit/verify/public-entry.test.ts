import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Everything outside the package that a module and those it imports load; types excluded. */
function externalsOf(entry: string): ReadonlySet<string> {
  const externals = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, , specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?!type )([^;]*?from )?'([^']+)'/gm,
    )) {
      if (specifier.startsWith('.')) visit(join(dirname(file), specifier.replace(/\.js$/, '.ts')));
      else externals.add(specifier);
    }
  };
  visit(resolve(import.meta.dirname, '../../../', entry));
  return externals;
}

describe('the public entry kort/verify', () => {
  it('loads jose, node:crypto and, for revocation, http alone: no native add-on, no file', () => {
    expect([...externalsOf('src/verify/verify.ts')].sort()).toEqual([
      'jose/jws/compact/sign',
      'node:crypto',
      'node:http',
    ]);
  });
});
