import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pcscCheck, type PcscLook } from '../../src/doctor/checks/pcsc.js';
import type { DoctorCheck } from '../../src/doctor/doctor-check.js';
import { readServiceSetup } from '../../src/platform/pcsc-service.js';
import type { DoctorCheckName, DoctorFinding, DoctorReport } from '../../src/model/doctor.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { startIsolatedPcscd, type IsolatedPcscd } from '../support/isolated-pcscd.js';
import { runProcess, type RunProcess } from '../support/run-process.js';

/** A `kort doctor` with this environment; what comes before the program's name may change its world. */
interface Inside {
  readonly run?: RunProcess;
  readonly only?: readonly DoctorCheckName[];
  readonly instance?: string;
  readonly before?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

let home: PrivateHome;
let socket: string;
const servers: Server[] = [];
const sockets: Socket[] = [];
beforeEach(() => {
  home = new PrivateHome();
  socket = join(home.folder, 'pcscd.comm');
});
afterEach(async () => {
  for (const open of sockets.splice(0)) open.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  home.remove();
});

async function examine(inside: Inside): Promise<readonly DoctorFinding[]> {
  const { run = runProcess, only = ['pcsc'], instance = 'doctor-pcsc', before = [], env = {} } = inside;
  const checks = only.flatMap((name) => ['--check', name]);
  const kort = [process.execPath, kortProgram, 'doctor', '--json', '--instance', instance, ...checks];
  const [program = '', ...args] = [...before, ...kort];
  const own = Object.fromEntries(Object.entries(home.env).map(([name, value]) => [name, value ?? '']));
  const { stdout, stderr } = await run(program, args, { env: { ...own, ...env } });
  if (stdout === '') throw new Error(stderr);
  const { checks: results } = JSON.parse(stdout) as DoctorReport;
  return results.flatMap(({ findings }) => findings.map(({ code, severity, fields }) => ({ code, severity, fields })));
}

async function serve(onSocket: (socket: Socket) => void): Promise<void> {
  const server = createServer((accepted) => {
    sockets.push(accepted);
    accepted.on('error', () => undefined);
    onSocket(accepted);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
}

describe('the real pcscd', () => {
  let pcscd: IsolatedPcscd;
  beforeAll(async () => {
    pcscd = await startIsolatedPcscd();
  });
  afterAll(async () => await pcscd.stop());
  const inside = async (...only: readonly DoctorCheckName[]) => await examine({ run: pcscd.run, only });

  it('that runs answers with its readers, and nothing is wrong with it', async () => {
    const found = await inside('pcsc', 'readers', 'versions');
    expect(found.filter(({ severity, code }) => severity !== 'fact' && code !== 'pcsc.driver-missing')).toEqual([]);
    expect(found.map(({ code }) => code)).toEqual(expect.arrayContaining(['pcsc.here', 'readers.here']));
    expect(found).toContainEqual({ code: 'readers.here', severity: 'fact', fields: { reader: pcscd.readers[0] } });
  });

  it('that was stopped is not running', async () => {
    await pcscd.stopPcscd();
    await expect
      .poll(async () => (await inside('pcsc')).map(({ code }) => code))
      .toEqual([expect.stringMatching(/^pcsc\.(not-running|dead-socket)$/)]);
    expect(await inside('readers')).toEqual([{ code: 'readers.unknown', severity: 'fact', fields: {} }]);
    await pcscd.startPcscd();
  });
});

describe('a service that', () => {
  it('a variable looks for in the wrong place', async () => {
    expect(await examine({ env: { PCSCLITE_CSOCK_NAME: socket } })).toEqual([
      { code: 'pcsc.socket-name', severity: 'fault', fields: { path: socket } },
    ]);
  });

  it('hangs', async () => {
    await serve(() => undefined);
    expect(await examine({ env: { PCSCLITE_CSOCK_NAME: socket } })).toMatchObject([
      { code: 'pcsc.silent', fields: { socket, seconds: 3 } },
    ]);
  });

  it('turns its caller away, as pcscd does where polkit says no', async () => {
    await serve((accepted) => accepted.destroy());
    expect(await examine({ env: { PCSCLITE_CSOCK_NAME: socket } })).toMatchObject([
      { code: 'pcsc.refused', fields: { socket } },
    ]);
  });

  it('lets only others in', async () => {
    await serve(() => undefined);
    chmodSync(socket, 0);
    const env = { PCSCLITE_CSOCK_NAME: socket };
    // To root without capabilities a closed door is closed.
    const without = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all'];
    const before = process.getuid?.() === 0 ? ['setpriv', ...without, '--'] : [];
    expect(await examine({ env, before })).toMatchObject([{ code: 'pcsc.denied', fields: { socket } }]);
  });

  it.each([
    ['is not installed', {}, { code: 'pcsc.not-installed' }],
    [
      'was turned off for good',
      { 'usr/sbin/pcscd': '', 'etc/systemd/system/pcscd.socket': '-> /dev/null' },
      { code: 'pcsc.masked', fields: { unit: 'pcscd.socket' } },
    ],
    ['was not started', { 'usr/sbin/pcscd': '' }, { code: 'pcsc.not-running', fields: { socket: '/run/pcscd/TEST' } }],
  ])('%s', async (_what, files, finding) => {
    const root = rootWith(files);
    expect(
      await outcomeOf(checkOf(root, { socket: 'missing', service: { state: 'absent', readers: [] } })),
    ).toMatchObject([finding]);
  });

  it('answers, without a driver for USB readers', async () => {
    const root = rootWith({ 'usr/lib/pcsc/drivers/serial/x': '' });
    expect(
      await outcomeOf(checkOf(root, { socket: 'answers', service: { state: 'available', readers: [] } })),
    ).toMatchObject([
      { code: 'pcsc.driver-missing', fields: { folder: join(root, 'usr/lib/pcsc/drivers') } },
      { code: 'pcsc.here' },
    ]);
  });

  it('has no library', async () => {
    const library = '/usr/lib/x86_64-linux-gnu/libpcsclite.so.1';
    const before = inOwnMounts(`mount --bind /dev/null "$(readlink -f ${library})"`);
    expect(await examine({ before })).toEqual([{ code: 'pcsc.library-missing', severity: 'fault', fields: {} }]);
  });
});

describe('a disk that', () => {
  const state = (): string => {
    const path = join(home.folder, 'state', 'kort');
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const files = async (script: string): Promise<readonly DoctorFinding[]> => {
    const found = await examine({ instance: 'default', only: ['files'], before: inOwnMounts(script) });
    return found.filter(({ severity }) => severity === 'fault');
  };

  it('is full', async () => {
    const path = state();
    expect(await files(`mount -t tmpfs -o size=1m,mode=700 tmpfs '${path}'`)).toMatchObject([
      { code: 'files.full', fields: { path, megabytes: 1 } },
    ]);
  });

  it('can only be read', async () => {
    const path = state();
    expect(await files(`mount -t tmpfs -o ro,mode=700 tmpfs '${path}'`)).toMatchObject([
      { code: 'files.read-only', fields: { path } },
    ]);
  });
});

/** What comes before a program that shall see other mounts than everybody else. */
function inOwnMounts(script: string): readonly string[] {
  const namespaces = process.getuid?.() === 0 ? ['--propagation', 'private'] : ['--map-root-user'];
  return ['unshare', '--mount', ...namespaces, '--', 'sh', '-c', `${script} && exec "$@"`, 'sh'];
}

function checkOf(root: string, look: PcscLook): DoctorCheck {
  const socketPath = '/run/pcscd/TEST';
  return pcscCheck({
    ...{ platform: 'linux', socket: socketPath, namedSocket: undefined, silentAfterMs: 1000 },
    daemon: { ask: () => Promise.reject(new Error('no daemon')) },
    look: () => Promise.resolve(look),
    lookAt: () => Promise.resolve(undefined),
    setup: () => Promise.resolve(readServiceSetup(root)),
  });
}

const outcomeOf = async (check: DoctorCheck) => await check.run(new AbortController().signal);

/** A root folder with these files; `->` makes a link. */
function rootWith(files: Readonly<Record<string, string>>): string {
  const root = join(home.folder, 'root');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(root, name));
    else writeFileSync(join(root, name), text);
  }
  return root;
}
