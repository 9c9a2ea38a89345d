import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

interface Row {
  readonly what: string;
  readonly ours: unknown;
  readonly ok: boolean;
}

it('the bench measures every figure that the product promises, and the budgets of commands hold', async () => {
  const bench = resolve('scripts/bench/bench.mjs');
  const { code, stdout, stderr } = await runProcess(process.execPath, [bench, '--short', '--json'], {
    timeoutMs: 120_000,
  });
  expect(code, stderr).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: Row[] };
  expect(rows.map(({ what }) => what)).toEqual([
    'commands at first sight of a card, certificate reads included',
    'resident memory of an idle daemon',
    '`kort status` cold, against `node -e 0`',
    'commands from PIN entry to signature',
    'commands of a whole login, against pkcs11-tool --sign',
    'PIN entry to answer, against pkcs11-tool --sign',
    'event-loop delay, p99.9',
    'event-loop delay, longest',
  ]);
  const budgets = rows.filter(({ what }) => what.startsWith('commands'));
  expect(budgets.every(({ ok }) => ok)).toBe(true);
}, 150_000);
