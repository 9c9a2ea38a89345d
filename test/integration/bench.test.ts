import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runProcess } from '../support/run-process.js';

interface Row {
  readonly what: string;
  readonly ours: unknown;
  readonly ok: boolean;
}

const cards = ['940', 'MD 840', 'PIV', 'PKCS#15 MyEID', 'PKCS#15 IsoApplet'];
const ofOneCard = (card: string): string[] => [
  `${card}: commands at first sight`,
  `${card}: commands until a known card is ready`,
  `${card}: commands from PIN entry to signature`,
  ...(card === 'PIV' || card === 'PKCS#15 IsoApplet'
    ? [`${card}: commands at first sight, extended length`, `${card}: commands to signature, extended length`]
    : []),
];
const againstOpenSc = (card: string): string[] => [
  `${card}: commands to list a card that is in, against OpenSC`,
  `${card}: commands to list a known card put in, against OpenSC`,
  `${card}: commands of a whole login, against pkcs11-tool --sign`,
];

it('the bench measures every figure that the product promises, and the budgets of commands hold', async () => {
  const bench = resolve('scripts/bench/bench.mjs');
  const { code, stdout, stderr } = await runProcess(process.execPath, [bench, '--short', '--json'], {
    timeoutMs: 120_000,
  });
  expect(code, stderr).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: Row[] };
  expect(rows.map(({ what }) => what)).toEqual([
    'resident memory of an idle daemon',
    '`kort status` cold, against `node -e 0`',
    '`kort --help`, against `node -e 0`',
    ...cards.flatMap(ofOneCard),
    ...cards.flatMap(againstOpenSc),
    'a download but for card and issuer',
    'event-loop delay, p99.9',
    'event-loop delay, longest',
    'first frame of `kort ui`',
    'readers and cards in `kort ui`',
    'key to screen, p95, cards flapping',
  ]);
  const budgets = rows.filter(({ what }) => what.includes('commands'));
  expect(budgets.filter(({ ok }) => !ok)).toEqual([]);
}, 150_000);

it('the bench of verifying checks against a long list in no time to speak of', async () => {
  const bench = resolve('scripts/bench/verify.mjs');
  const { code, stdout, stderr } = await runProcess(process.execPath, [bench, '--short', '--json'], {
    timeoutMs: 120_000,
  });
  expect(code, stderr).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: Row[] };
  // The budget is hundreds of times what a check takes.
  expect(rows.find(({ what }) => what === 'check against a loaded list of 100,000 entries')).toMatchObject({
    ok: true,
  });
  expect(rows.filter(({ what }) => what.startsWith('logins verified a second'))).toHaveLength(2);
}, 150_000);
