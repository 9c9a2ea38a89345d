import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { coexistenceKinds, runCoexistence, type CoexistenceReport } from '../support/coexistence.js';
import { runProcess } from '../support/run-process.js';

/* The short form of `scripts/soak coexistence`: OpenSC signs on the card all the time while logins run. */
const kinds = Object.entries(coexistenceKinds);
const support = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url));

describe.each(kinds)('logins beside OpenSC on %s', (_, kind) => {
  it('succeed, and so does each signature of pkcs11-tool', async () => {
    const report = await runCoexistence({
      kind,
      place: 'virtual',
      use: 'tools',
      logins: kind.family === 'idprime' ? 6 : 2,
    });
    expect(report.wrong).toEqual([]);
    expect(report.signatures).toBeGreaterThanOrEqual(3);
  });

  it('succeed beside a session that stays logged in, and watching it takes nothing from it', async () => {
    // That nobody logged the session out before the first login, the count of its VERIFY commands tells. After a login
    // OpenSC verifies its PIN again, and the program on top does not notice.
    const report = await runCoexistence({ kind, place: 'virtual', use: 'session', logins: 2, quietSeconds: 3 });
    expect(report.wrong).toEqual([]);
    expect(report.signatures).toBeGreaterThanOrEqual(2);
  });
});

it('logins beside OpenSC succeed over a real pcscd too', async () => {
  const inside = ['--import', support('typescript-loader.mjs'), support('coexistence-inside.ts')];
  const result = await runProcess(
    support('../../scripts/isolated-pcscd'),
    ['--', process.execPath, ...inside, '940', 'tools', '3'],
    { env: { UV_THREADPOOL_SIZE: '24' } },
  );
  expect(result.code, result.stderr).toBe(0);
  const report = JSON.parse(result.stdout) as CoexistenceReport;
  expect(report).toMatchObject({ logins: 3, wrong: [] });
  expect(report.signatures).toBeGreaterThanOrEqual(3);
});
