/*
 * Runs inside scripts/isolated-pcscd: one login by the built daemon over the real pcscd, printed as one line of JSON.
 * Arguments: folder of the test, path of the sandbox CA's state, PIN of the test card, level.
 */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/core/ports.js';
import { importSandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { PrivateHome } from './daemon.js';
import { startLoginBench } from './login-bench.js';

const [caPath = '', pin = '', level = '3'] = process.argv.slice(2);
const home = new PrivateHome();
const ca = importSandboxCa(JSON.parse(readFileSync(caPath, 'utf8')), { clock: systemClock });
const bench = await startLoginBench({ home, instance: 'inside', ca, pin });
try {
  await bench.statusUntil(({ readers }) => readers.some(({ token }) => token !== undefined), 20_000);
  const { login } = await bench.login(level === '3' ? 3 : 2);
  const { entries } = await bench.daemon.client.request('history.recent', { limit: 1 });
  const { service, readers } = await bench.daemon.client.request('status.get', {});
  const seen = readers.map(({ name, token }) => ({ name, token: token?.id }));
  process.stdout.write(
    `${JSON.stringify({ subject: login.subject, level: login.level, event: entries[0]?.event, service, seen })}\n`,
  );
} finally {
  const code = await bench.daemon.stop();
  home.remove();
  process.exitCode = code ?? 1;
}
