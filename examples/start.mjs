/*
 * `npm start`: the sample identity provider and two applications, against the sandbox of kort. Everything that is
 * started here ends here, but for the sandbox daemon, which `kort sandbox stop` ends.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startApp } from './relying-app/app.mjs';
import { startIdp } from './sample-idp/idp.mjs';

const run = promisify(execFile);
const program = join(import.meta.dirname, '..', 'dist', 'bin', 'kort.js');
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
  launcher: process.argv[2] ?? '',
  clients,
  log: say,
});
const entryFile = join(folder, 'entry.json');
writeFileSync(entryFile, JSON.stringify(idp.entry, undefined, 2));
// An entry of an earlier run may be of another key.
await kort('rp', 'remove', idp.entry.client_id).catch(() => undefined);
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
