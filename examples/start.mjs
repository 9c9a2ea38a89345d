/*
 * `npm start`: the sample identity provider and two applications, against the sandbox of kort. Everything that is
 * started here ends here, but for the sandbox daemon, which `kort sandbox stop` ends.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const dist = join(import.meta.dirname, '..', 'dist');
const program = join(dist, 'bin', 'kort.js');
const folder = join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'kort-sample-idp');
const say = (text) => process.stdout.write(`${text}\n`);

/** Runs `kort --instance sandbox …` and reads the JSON that it prints. */
async function kort(...args) {
  const { stdout } = await run(process.execPath, [program, '--instance', 'sandbox', '--json', ...args]);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

const clients = ['Journal', 'Labb'].map((name, index) => ({
  id: `sample-app-${index + 1}`,
  secret: `sample-secret-${index + 1}`,
  name,
  origin: `http://127.0.0.1:${4001 + index}`,
  defaultLevels: ['http://id.sambi.se/loa/loa3'],
}));

/** What its reader can mend: one sentence says how, without a stack. */
class Problem extends Error {
  constructor(sentence, exitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

async function main() {
  const launcher = launcherAsked(process.argv.slice(2));
  const { startApp, startIdp } = await loadServers();
  for (const port of [4000, 4001, 4002]) await refuseTaken(port);

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((await kort('daemon', 'status').catch(() => undefined)) === undefined) await kort('sandbox', 'start');
  const { loopback } = await kort('daemon', 'status');
  const { caFile, revocationUrl } = await kort('sandbox', 'list');
  const idp = await startIdp({
    port: 4000,
    endpoint: `http://127.0.0.1:${loopback.port}`,
    caFile,
    keyFile: join(folder, 'request-key.pem'),
    testCards: true,
    revocationHosts: [new URL(revocationUrl).host],
    launcher,
    clients,
    log: say,
  });
  const entryFile = join(folder, 'entry.json');
  writeFileSync(entryFile, JSON.stringify(idp.entry, undefined, 2));
  // An entry of an earlier run may be of another key.
  await kort('rp', 'remove', idp.entry.client_id, '--yes').catch(() => undefined);
  await kort('rp', 'add', entryFile);
  for (const client of clients) await startApp({ ...client, issuer: 'http://localhost:4000' });

  say(`
  1  In another terminal, where you will type PINs (the sandbox cards' PIN is 123456):
       node ${program} --instance sandbox prompt
  2  In a browser on this computer: ${clients[0].origin}/ and ${clients[1].origin}/
  3  Sign documents: node ${program} sandbox insert tolvan-sign
     (its PIN for signatures is 654321), and http://localhost:4000/sign in the browser
  4  Pull the card (both applications sign out): node ${program} sandbox remove tolvan

  Ctrl-C ends the identity provider and the applications; node ${program} sandbox stop ends the sandbox.
`);
}

/** The launcher that alone is allowed; empty for all. */
function launcherAsked([name = '', ...more]) {
  if (more.length === 0 && ['', 'page', 'redirect', 'scheme'].includes(name)) return name;
  throw new Problem(
    'usage: npm start [-- page | redirect | scheme]   (the only launcher; none: all, in that order)',
    2,
  );
}

/** Not by `import` above: what they need may not be there yet. */
async function loadServers() {
  const built = [program, join(dist, 'src', 'verify', 'verify.js')];
  if (!built.every(existsSync))
    throw new Problem('kort has not been built yet: run ./scripts/prepare in the folder above this one.');
  try {
    return { ...(await import('./relying-app/app.mjs')), ...(await import('./sample-idp/idp.mjs')) };
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Problem(`A package is missing (${error.message}): run npm ci in ${import.meta.dirname}.`);
  }
}

/** Before anything is started that would have to be ended again. */
async function refuseTaken(port) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve)).catch(
    (error) => {
      if (error.code !== 'EADDRINUSE') throw error;
      throw new Problem(
        `Port ${port} is taken by another program, maybe by an earlier npm start: end that, then try again.`,
      );
    },
  );
  await new Promise((resolve) => server.close(resolve));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
