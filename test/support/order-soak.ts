import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultLevelTable, trustPolicyFrom } from '../../src/pki/level-table.js';
import { PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import { loginAsPage, OrderPerson } from './order-person.js';
import { registerLoadParties, runOrderLoad, type LoadParty, type LoadReport } from './order-load.js';

export interface OrderSoakOptions {
  readonly seconds: number;
  readonly ordersPerSecond: number;
  readonly logins: number;
  readonly say: (line: string) => void;
}

/** What came of orders far beyond what people make; what is wrong with it is in `wrong`, which should be empty. */
export interface OrderSoakReport {
  /** With limits so high that every order reaches the check of its signature. */
  readonly raised: LoadReport;
  /** With the shipped limits, while one person logs in. */
  readonly shipped: LoadReport;
  /** How each of that person's logins ended. */
  readonly logins: readonly string[];
  readonly declined: number;
  readonly wrong: readonly string[];
}

const parties = 50;
const unlimited = ['--starts-per-minute', '1000000', '--polls-per-minute', '1000000'];

/** Both loads, each on a daemon of its own with the sandbox's cards. */
export async function runOrderSoak(options: OrderSoakOptions): Promise<OrderSoakReport> {
  const raised = await withDaemon(unlimited, async (daemon, port) => {
    const askers = await registerLoadParties(daemon, parties);
    // A surface that nobody sits at: orders wait, and newer ones take their place.
    await daemon.client.request('prompt.attach', { kind: 'terminal' });
    return await runOrderLoad({ ...options, daemon, port, parties: askers });
  });
  const rest = await withDaemon([], async (daemon, port, home) => {
    const [person, ...askers] = await registerLoadParties(daemon, parties + 1);
    if (person === undefined) throw new Error('nobody to log in');
    return await besideALogin({ ...options, daemon, port, home, askers, person });
  });
  return { raised, ...rest, wrong: [...wrongWithRaised(raised), ...wrongWithShipped(rest, options)] };
}

interface Beside extends OrderSoakOptions {
  readonly daemon: RunningDaemon;
  readonly port: number;
  readonly home: PrivateHome;
  readonly askers: readonly LoadParty[];
  readonly person: LoadParty;
}

async function besideALogin(stage: Beside): Promise<Omit<OrderSoakReport, 'raised' | 'wrong'>> {
  const { daemon, port, home, askers, person, seconds, logins } = stage;
  const surface = await OrderPerson.attach(daemon.client, person.displayName, '123456');
  const ca = `${home.folder}/state/kort/sandbox/sandbox/ca.pem`;
  const trust = trustPolicyFrom(derOf(readFileSync(ca, 'utf8')), defaultLevelTable);
  const load = runOrderLoad({ ...stage, parties: askers });
  const ended: string[] = [];
  const begun = performance.now();
  for (let login = 0; login < logins; login += 1) {
    const wait = begun + (login * seconds * 1000) / logins - performance.now();
    if (wait > 0) await delay(wait);
    ended.push(await loginAsPage(port, person, trust));
  }
  return { shipped: await load, logins: ended, declined: surface.declined };
}

function wrongWithRaised({ statuses, rssMiB, p99, noiseP99 }: LoadReport): readonly string[] {
  const warm = rssMiB.slice(Math.floor(rssMiB.length / 3));
  const grown = (warm.at(-1) ?? 0) - (warm[0] ?? 0);
  return [
    ...Object.keys(statuses).flatMap((status) => (['200', '409'].includes(status) ? [] : [`answers with ${status}`])),
    // A heap that has just been made grows until it is worth cleaning; what is kept does not.
    ...(grown > 96 ? [`memory grew by ${grown} MiB`] : []),
    // Judged by the long run alone, on a machine that does nothing else.
    ...(rssMiB.length >= 60 && p99 > 25 ? [`p99 is ${p99} ms beside a noise of ${noiseP99} ms`] : []),
  ];
}

function wrongWithShipped(
  { shipped, logins }: Pick<OrderSoakReport, 'shipped' | 'logins'>,
  { seconds, ordersPerSecond }: OrderSoakOptions,
): readonly string[] {
  const { taken } = shipped;
  const asked = (seconds * ordersPerSecond) / parties;
  const unfair = Math.min(...taken) < Math.min(30, asked) / 2 || Math.max(...taken) > 60;
  return [
    ...Object.keys(shipped.statuses).flatMap((status) =>
      ['200', '409', '429'].includes(status) ? [] : [`answers with ${status}`],
    ),
    ...(unfair ? [`orders taken by relying party: ${taken.join(' ')}`] : []),
    ...logins.flatMap((ended, index) => (ended === 'complete' ? [] : [`login ${index + 1} ended with ${ended}`])),
  ];
}

function derOf(pem: string): readonly Uint8Array[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => Buffer.from(block.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64'));
}

async function withDaemon<T>(
  args: readonly string[],
  work: (daemon: RunningDaemon, port: number, home: PrivateHome) => Promise<T>,
): Promise<T> {
  const home = new PrivateHome();
  try {
    const daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0', ...args]);
    try {
      const { loopback } = await daemon.client.request('daemon.status', {});
      return await work(daemon, loopback.port, home);
    } finally {
      await daemon.stop();
    }
  } finally {
    home.remove();
  }
}
