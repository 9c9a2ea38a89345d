import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The version in package.json, wherever the built files lie below it. */
export function productVersion(): string {
  const require = createRequire(import.meta.url);
  for (const candidate of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(require.resolve(candidate), 'utf8')) as Record<string, string>;
      if (name === 'kort' && version !== undefined) return version;
    } catch {
      continue;
    }
  }
  return '0.0.0';
}
