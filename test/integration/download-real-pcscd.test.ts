import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

const from = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

it('a download works over the real pcscd and vpcd too, and OpenSC signs with what came', async () => {
  const inside = [process.execPath, '--import', from('../support/typescript-loader.mjs')];
  const program = from('../support/download-inside.ts');
  const cards = ['tolvan', 'tolvan-500', 'tolvan-piv', 'tolvan-pkcs15'];
  const all = ['--', ...inside, program, ...cards];
  const result = await runProcess(from('../../scripts/isolated-pcscd'), all, { timeoutMs: 170_000 });
  if (result.code !== 0) throw new Error(result.stderr);
  expect(JSON.parse(result.stdout)).toEqual(
    cards.map((card) => ({ card, stored: 'Tolvan Tolvansson', problem: null })),
  );
}, 180_000);
