import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const files = readdirSync(path('../isolated')).filter((name) => name.endsWith('.test.ts'));

// At once, each with a pcscd of its own: nearly all of their time pcscd takes to look for cards.
it.concurrent.each(files)(
  'the contract of readers and cards holds over a real pcscd with vpcd, also when it restarts: %s',
  async (file) => {
    const vitest = [
      ...[process.execPath, path('../../node_modules/vitest/vitest.mjs'), 'run', '--project', 'isolated'],
      `test/isolated/${file}`,
    ];
    const result = await runProcess(path('../../scripts/isolated-pcscd'), ['--readers', '4', '--', ...vitest], {
      env: { UV_THREADPOOL_SIZE: '24' },
      timeoutMs: 300_000,
    });
    expect(result.stdout + result.stderr).toMatch(/Tests.*\d+ passed/);
    expect(result.code, result.stdout + result.stderr).toBe(0);
  },
  310_000,
);
