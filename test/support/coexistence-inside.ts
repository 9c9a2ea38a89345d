/*
 * Runs inside scripts/isolated-pcscd: logins beside another program over that pcscd, reported as one line of JSON.
 * Arguments: kind of card, `tools` or `session`, number of logins and of seconds
 * before the first.
 */
import { coexistenceKinds, runCoexistence, type ForeignUse } from './coexistence.js';

const [kind = '', use = '', logins = '', quietSeconds = '0'] = process.argv.slice(2);
const report = await runCoexistence({
  kind: coexistenceKinds[kind as keyof typeof coexistenceKinds],
  place: process.env['KORT_VPCD_PORTS'] === undefined ? 'virtual' : 'pcscd',
  use: use as ForeignUse,
  logins: Number(logins),
  quietSeconds: Number(quietSeconds),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
