import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { AutomaticSurface } from './automatic-surface.js';
import { PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import { freePorts } from './free-ports.js';

const examples = resolve('examples');

/** The sample identity provider and its two applications, as processes, over a sandbox daemon with a willing user. */
export interface SampleIdp {
  readonly home: PrivateHome;
  readonly daemon: RunningDaemon;
  readonly surface: AutomaticSurface;
  /** Of the loopback endpoint. */
  readonly endpoint: string;
  readonly origin: string;
  /** The two applications. */
  readonly apps: readonly [string, string];
  /** What the identity provider has told whoever runs it. */
  log(): string;
  /** The card alone in the readers, known to the daemon. */
  useCard(card: string): Promise<void>;
  /** One more card in the readers, known to the daemon. */
  addCard(card: string): Promise<void>;
  /** Another identity provider of the same CAs, for one launcher, where no kort answers; its origin. */
  startWithoutKort(launcher: 'page' | 'redirect' | 'scheme'): Promise<string>;
  close(): Promise<void>;
}

export interface SampleIdpOptions {
  readonly launcher?: 'page' | 'redirect' | 'scheme';
  /** The identity provider's own idea of where kort is, if it shall be wrong. */
  readonly endpoint?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startSampleIdp({ launcher, endpoint, env }: SampleIdpOptions = {}): Promise<SampleIdp> {
  const home = new PrivateHome(env);
  const daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
  const surface = await AutomaticSurface.attach(daemon.client, sandboxPin);
  const { loopback } = await daemon.client.request('daemon.status', {});
  const { caFile, revocationUrl = '' } = await daemon.client.request('sandbox.list', {});
  const [port = 0, ...appPorts] = await freePorts(3);
  const origin = `http://localhost:${port}`;
  const clients = appPorts.map((appPort, index) => ({
    id: `app-${index + 1}`,
    secret: `sample-secret-${index + 1}`,
    name: ['Journal', 'Labb'][index],
    origin: `http://127.0.0.1:${appPort}`,
    defaultLevels: ['http://id.sambi.se/loa/loa3'],
  }));
  const said: string[] = [];
  const start = (program: string, name: string, config: object): Promise<string> => {
    const file = join(home.folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    return startExample(home, join(examples, program), file, said);
  };
  const ownEndpoint = `http://127.0.0.1:${loopback.port}`;
  const idpConfig = {
    port,
    endpoint: endpoint ?? ownEndpoint,
    caFile,
    keyFile: join(home.folder, 'request-key.pem'),
    testCards: true,
    revocationHosts: [new URL(revocationUrl).host],
    launcher: launcher ?? '',
    clients,
  };
  const { entry } = JSON.parse(await start('sample-idp/idp.mjs', 'idp', idpConfig)) as {
    entry: Record<string, unknown>;
  };
  await daemon.client.request('rp.add', { entry });
  await Promise.all(clients.map((app) => start('relying-app/app.mjs', app.id, { ...app, issuer: origin })));
  return {
    home,
    daemon,
    surface,
    endpoint: ownEndpoint,
    origin,
    apps: [clients[0]!.origin, clients[1]!.origin],
    log: () => said.join('\n'),
    async useCard(card) {
      const { readers } = await daemon.client.request('sandbox.list', {});
      for (const { name, card: inserted } of readers) {
        if (inserted !== undefined && inserted !== card)
          await daemon.client.request('sandbox.remove', { reader: name });
      }
      if (!readers.some(({ card: inserted }) => inserted === card))
        await daemon.client.request('sandbox.insert', { card });
      await knownCards(daemon, 1);
    },
    async addCard(card) {
      const { readers } = await daemon.client.request('sandbox.insert', { card });
      await knownCards(daemon, readers.filter(({ card: inserted }) => inserted !== undefined).length);
    },
    async startWithoutKort(only) {
      const [ownPort = 0, deadPort = 0] = await freePorts(2);
      const config = { ...idpConfig, port: ownPort, endpoint: `http://127.0.0.1:${deadPort}`, launcher: only };
      await start('sample-idp/idp.mjs', `idp-${only}`, config);
      return `http://localhost:${ownPort}`;
    },
    async close() {
      for (const child of home.processes) if (child !== daemon.process) child.kill('SIGTERM');
      await daemon.stop();
      home.remove();
    },
  };
}

/** Waits until the daemon knows so many cards, and no reader holds one that it does not know. */
async function knownCards({ client }: RunningDaemon, count: number): Promise<void> {
  for (;;) {
    const { readers } = await client.request('status.get', {});
    const known = readers.filter(({ token }) => token !== undefined);
    if (known.length === count && readers.every(({ card, token }) => card !== 'present' || token !== undefined)) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Resolves with the first line that the program prints; rejects if it ends before. */
async function startExample(home: PrivateHome, program: string, file: string, said: string[]): Promise<string> {
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  home.processes.add(child);
  child.once('exit', () => home.processes.delete(child));
  createInterface(child.stderr).on('line', (line) => void said.push(line));
  return await firstLine(child, said);
}

function firstLine(child: ChildProcess, said: readonly string[]): Promise<string> {
  return new Promise((resolveLine, reject) => {
    createInterface(child.stdout!).once('line', resolveLine);
    child.once('exit', (code) =>
      reject(new Error(`${child.spawnargs[1]} ended with ${code} (are the examples installed?)\n${said.join('\n')}`)),
    );
  });
}
