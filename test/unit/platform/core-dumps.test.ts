import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forbidCoreDumps } from '../../../src/platform/core-dumps.js';

describe('forbidCoreDumps()', () => {
  it('leaves a core no room, in this process and its children, for good', async () => {
    expect(forbidCoreDumps()).toBe(true);
    expect(readFileSync('/proc/self/limits', 'utf8')).toMatch(/^Max core file size\s+1\s+1\s/m);
    const child = spawn('/bin/sh', ['-c', 'cat /proc/self/limits'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    await once(child, 'close');
    expect(text).toMatch(/^Max core file size\s+1\s+1\s/m);
  });

  it('says so where there is no such limit', () => {
    expect(forbidCoreDumps('win32')).toBe(false);
  });
});

it('kortd forbids core files before it does anything else', () => {
  const source = readFileSync(fileURLToPath(new URL('../../../src/app/kortd.ts', import.meta.url)), 'utf8');
  expect(source.indexOf('forbidCoreDumps()')).toBeLessThan(source.indexOf('await startDaemon('));
});
