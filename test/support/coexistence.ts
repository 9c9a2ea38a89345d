import { spawn } from 'node:child_process';
import { verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/core/ports.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { createSandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { PrivateHome } from './daemon.js';
import { openScModule } from './judge-with-opensc.js';
import { startLoginBench, type LoginBench } from './login-bench.js';
import { LoginPace } from './login-pace.js';
import { runProcess } from './run-process.js';
import { watchedCard, type WatchedCard, type WatchedKind } from './watched-card.js';

/** How the other program uses the card: a new process for each signature, or one that stays logged in. */
export type ForeignUse = 'tools' | 'session';

/** Where the card is: behind a virtual PC/SC service of this process, or a pcscd (inside scripts/isolated-pcscd). */
export type CoexistencePlace = 'virtual' | 'pcscd';

export interface CoexistenceOptions {
  readonly kind: WatchedKind;
  readonly place: CoexistencePlace;
  readonly use: ForeignUse;
  readonly logins: number;
  /** How long the other program signs before the first login, watched by us; default 0. */
  readonly quietSeconds?: number;
}

/** What came of it; what is wrong with it is in `wrong`, which should be empty. */
export interface CoexistenceReport {
  readonly logins: number;
  /** Of the other program, all of them checked. */
  readonly signatures: number;
  /** VERIFY commands with a PIN that reached the card, ours and the other program's. */
  readonly verifies: number;
  /** Kinds of entries in our history, counted. */
  readonly history: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

export const coexistenceKinds = {
  '940': { family: 'idprime', model: '940' },
  piv: { family: 'piv', atrKind: 'yubikey' },
  isoapplet: { family: 'pkcs15', commandSet: 'isoapplet' },
  myeid: { family: 'pkcs15', commandSet: 'myeid' },
} as const satisfies Record<string, WatchedKind>;

const pin = '583017';
const program = fileURLToPath(new URL('./foreign-session-program.ts', import.meta.url));
const loader = fileURLToPath(new URL('./typescript-loader.mjs', import.meta.url));

/** Logins one after the other, while another program signs on the same card all the time. */
export async function runCoexistence(options: CoexistenceOptions): Promise<CoexistenceReport> {
  const home = new PrivateHome();
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const person = { ...testPeople.tolvan, keyType: 'rsa' } as const;
  const card = await watchedCard(ca, { name: 'shared', kind: options.kind, person, pin });
  const leave = await present(card, options.place, home);
  try {
    const bench = await startLoginBench({ home, instance: 'coexistence', ca, pin });
    try {
      await bench.statusUntil(({ readers }) => readers.some(({ token }) => token !== undefined), 20_000);
      return await logInBeside(bench, card, options, home);
    } finally {
      await bench.daemon.stop();
    }
  } finally {
    await leave();
    home.remove();
  }
}

/** Puts the card where the daemon and other programs find it; resolves with how to take it away. */
async function present(card: WatchedCard, place: CoexistencePlace, home: PrivateHome): Promise<() => Promise<void>> {
  const hardware = new VirtualHardware();
  const reader = hardware.addReader('Virtual PCD 0 00 00');
  hardware.addCard(card.name, card.card);
  if (place === 'virtual') {
    const socketPath = join(home.folder, 'pcscd.comm');
    home.env['PCSCLITE_CSOCK_NAME'] = socketPath;
    const service = await startVirtualPcscService({ socketPath, readers: hardware });
    hardware.insert(reader.name, card.name);
    return () => service.close();
  }
  const [port] = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);
  const connection = connectToVpcd(reader, { host: '127.0.0.1', port: port! });
  hardware.insert(reader.name, card.name);
  return () => {
    connection.close();
    return Promise.resolve();
  };
}

async function logInBeside(
  bench: LoginBench,
  card: WatchedCard,
  options: CoexistenceOptions,
  home: PrivateHome,
): Promise<CoexistenceReport> {
  const wrong: string[] = [];
  card.onVerify = ({ accepted }) => {
    if (!accepted) wrong.push('a VERIFY was refused');
  };
  const env = surroundings(home);
  const other = options.use === 'tools' ? signWithTools(card, home, env) : signInSession(card, home, env);
  await other.begun;
  await delay((options.quietSeconds ?? 0) * 1000);
  // A session that nobody logs out verifies its PIN once.
  if (options.use === 'session' && card.verifies.length !== 1) {
    wrong.push(`${card.verifies.length} VERIFY commands while we only watched`);
  }
  const pace = new LoginPace('bursts');
  let complete = 0;
  for (let n = 1; n <= options.logins; n += 1) {
    await pace.next();
    try {
      const { login } = await bench.login();
      if (login.subject === card.person.personId) complete += 1;
      else wrong.push(`login ${n} is ${login.subject}`);
    } catch (error) {
      wrong.push(`login ${n}: ${String(error)} ${JSON.stringify((error as { fields?: unknown }).fields)}`);
    }
  }
  const signatures = await other.end();
  wrong.push(...other.failures, ...badSignatures(card, signatures));
  if (card.attemptsRemaining() !== card.highestTries) wrong.push('the counter is not what it was');
  const history = await historyOf(bench);
  if ((history['pin-try'] ?? 0) !== options.logins)
    wrong.push(`${history['pin-try'] ?? 0} tries of ours in the history`);
  if (history['foreign-pin-try'] !== undefined) wrong.push('a foreign try in the history');
  if (history['foreign-use contents'] !== undefined) wrong.push('contents are said to have changed');
  return { logins: complete, signatures: signatures.length, verifies: card.verifies.length, history, wrong };
}

async function historyOf(bench: LoginBench): Promise<Record<string, number>> {
  const { entries } = await bench.daemon.client.request('history.recent', { limit: 1000 });
  const counts: Record<string, number> = {};
  for (const { event } of entries) {
    const name = event.kind === 'foreign-use' ? `${event.kind} ${event.what}` : event.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** A program that signs beside us. */
interface OtherProgram {
  /** Resolves when it has used the card for the first time. */
  readonly begun: Promise<unknown>;
  readonly failures: string[];
  /** Resolves with its signatures when it has ended. */
  end(): Promise<readonly Uint8Array[]>;
}

type Environment = Readonly<Record<string, string>>;

/** OpenSC keeps caches of card files in the home folder. */
const surroundings = (home: PrivateHome): Environment => ({
  HOME: home.folder,
  XDG_CACHE_HOME: home.folder,
  ...(home.env['PCSCLITE_CSOCK_NAME'] && { PCSCLITE_CSOCK_NAME: home.env['PCSCLITE_CSOCK_NAME'] }),
});

const foreignMessage = 'What another program signs.\n';

function signWithTools(card: WatchedCard, home: PrivateHome, env: Environment): OtherProgram {
  const failures: string[] = [];
  const signatures: Uint8Array[] = [];
  let ending = false;
  writeFileSync(join(home.folder, 'message'), foreignMessage);
  const login = ['--module', openScModule(), '--login', '--pin', card.pin];
  const files = ['--input-file', 'message', '--output-file', 'signature'];
  const signOnce = async (): Promise<void> => {
    const args = [...login, '--sign', '--mechanism', 'SHA256-RSA-PKCS', ...files];
    const { code, stdout, stderr } = await runProcess('pkcs11-tool', args, { env, cwd: home.folder });
    if (code !== 0) failures.push(`pkcs11-tool ended with ${String(code)}: ${stdout}${stderr}`);
    else signatures.push(readFileSync(join(home.folder, 'signature')));
  };
  const first = signOnce();
  const loop = first.then(async () => {
    while (!ending) await signOnce();
  });
  return {
    begun: first,
    failures,
    async end() {
      ending = true;
      await loop;
      return signatures;
    },
  };
}

function signInSession(card: WatchedCard, home: PrivateHome, env: Environment): OtherProgram {
  const failures: string[] = [];
  const signatures: Uint8Array[] = [];
  const args = ['--import', loader, program, openScModule(), card.pin, '700'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  home.processes.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  const begun = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { signature, failed } = JSON.parse(line) as { signature?: string; failed?: string };
      if (failed !== undefined) failures.push(failed);
      if (signature !== undefined) signatures.push(Buffer.from(signature, 'hex'));
      resolve();
    });
    void ended.then(() => reject(new Error(`The other program ended: ${said}`)));
  });
  return {
    begun,
    failures,
    async end() {
      child.stdin.end();
      const [code] = (await ended) as [number | null];
      home.processes.delete(child);
      if (code !== 0) failures.push(`The other program ended with ${String(code)}: ${said}`);
      return signatures;
    },
  };
}

function badSignatures(card: WatchedCard, signatures: readonly Uint8Array[]): readonly string[] {
  const { publicKey } = new X509Certificate(card.certificate);
  const bad = signatures.filter((signature) => !verify('sha256', Buffer.from(foreignMessage), publicKey, signature));
  return bad.map((signature) => `a signature of ${signature.length} bytes does not verify`);
}
