/*
 * The long forms of the storm, of co-existence, of the load of orders, of the expiry radar's year and of the killed writers of a history: scripts/soak starts it. Prints progress, a summary, and ends with 1
 * when anything was wrong.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { coexistenceKinds, runCoexistence, type CoexistenceReport, type ForeignUse } from './coexistence.js';
import { runYear } from './expiry-year.js';
import { runHistoryKills } from './history-kills.js';
import { runOrderSoak } from './order-soak.js';
import { runStorm, trendOf, type StormReport } from './storm.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const option = (name: string): number | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};

async function storm(): Promise<readonly string[]> {
  const seconds = (option('minutes') ?? 10) * 60;
  const seed = option('seed') ?? Date.now() % 1_000_000;
  const report = await runStorm({ seconds, seed, say, sayEverySeconds: 30 });
  return summarize(report);
}

function summarize(report: StormReport): readonly string[] {
  const { samples, wrong, ...rest } = report;
  say(JSON.stringify(rest, undefined, 1));
  const warm = samples.slice(Math.floor(samples.length / 5));
  const grown: string[] = [];
  for (const [name, slack] of [
    ['rssMiB', 16],
    ['files', 8],
    ['threads', 4],
  ] as const) {
    const trend = trendOf(warm.map((figures) => figures[name]));
    say(`${name} after warm-up: ${JSON.stringify(trend)}`);
    if (trend.last > trend.first + slack) grown.push(`${name} grows`);
  }
  return [...wrong, ...grown];
}

type KindName = keyof typeof coexistenceKinds;
type Round = readonly [KindName, ForeignUse, number];

/** All logins beside OpenSC's tools on the 940, fewer on the others and beside a session that stays open. */
async function coexistence(): Promise<readonly string[]> {
  const logins = option('logins') ?? 100;
  const fewer = Math.ceil(logins / 4);
  const kinds = Object.keys(coexistenceKinds) as KindName[];
  const rounds: readonly Round[] = [
    ...kinds.map((kind): Round => [kind, 'tools', kind === '940' ? logins : fewer]),
    ...kinds.map((kind): Round => [kind, 'session', fewer]),
  ];
  const wrong: string[] = [];
  for (const [kind, use, count] of rounds) {
    const [virtual, pcscd] = await Promise.all([beside(kind, use, count), besideOverPcscd(kind, use, count)]);
    for (const [place, report] of [['virtual PC/SC service', virtual] as const, ['pcscd', pcscd] as const]) {
      say(`${kind}, ${use}, ${place}: ${JSON.stringify(report)}`);
      wrong.push(...report.wrong.map((what) => `${kind}, ${use}, ${place}: ${what}`));
      if (report.logins !== count) wrong.push(`${kind}, ${use}, ${place}: ${report.logins} of ${count} logins`);
    }
  }
  return wrong;
}

const QUIET_SECONDS = 10;

const beside = (kind: KindName, use: ForeignUse, logins: number): Promise<CoexistenceReport> =>
  runCoexistence({ kind: coexistenceKinds[kind], place: 'virtual', use, logins, quietSeconds: QUIET_SECONDS });

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function besideOverPcscd(kind: KindName, use: ForeignUse, logins: number): Promise<CoexistenceReport> {
  const inside = ['--import', path('typescript-loader.mjs'), path('coexistence-inside.ts')];
  const round = [kind, use, String(logins), String(QUIET_SECONDS)];
  const command = ['--', process.execPath, ...inside, ...round];
  const { stdout } = await promisify(execFile)(path('../../scripts/isolated-pcscd'), command);
  return JSON.parse(stdout) as CoexistenceReport;
}

async function orders(): Promise<readonly string[]> {
  const seconds = option('seconds') ?? 60;
  const ordersPerSecond = option('orders') ?? 200;
  const report = await runOrderSoak({ seconds, ordersPerSecond, logins: option('logins') ?? 10, say });
  for (const name of ['raised', 'shipped'] as const) {
    const { p50, p99, longest, noiseP99, statuses, rssMiB, calls } = report[name];
    const memory = `RSS ${rssMiB[0]} to ${rssMiB.at(-1)} MiB, at most ${Math.max(...rssMiB)}`;
    const spans = Object.entries({ p50, p99, longest, noiseP99 }).map(
      ([what, value]) => `${what} ${value.toFixed(1)} ms`,
    );
    say(`${name} limits: ${JSON.stringify(statuses)}, ${calls} calls, ${spans.join(', ')}, ${memory}`);
  }
  say(`orders taken by relying party, shipped limits: ${report.shipped.taken.join(' ')}`);
  say(`logins: ${report.logins.join(' ')}; prompts of others declined: ${report.declined}`);
  return report.wrong;
}

async function expiry(): Promise<readonly string[]> {
  // Where days of 23 and 25 hours come by.
  process.env['TZ'] = 'Europe/Stockholm';
  const seed = option('seed') ?? Date.now() % 1_000_000;
  const { wrong, ...figures } = await runYear({
    cards: option('cards') ?? 1_000,
    days: option('days') ?? 365,
    seed,
    say,
  });
  say(JSON.stringify({ seed, ...figures }, undefined, 1));
  return wrong;
}

async function history(): Promise<readonly string[]> {
  const seed = option('seed') ?? Date.now() % 1_000_000;
  const { wrong, ...figures } = await runHistoryKills({ appends: option('appends') ?? 10_000, writers: 2, seed, say });
  say(JSON.stringify({ seed, ...figures }, undefined, 1));
  return wrong;
}

const [form] = process.argv.slice(2);
const forms: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  storm,
  coexistence,
  orders,
  expiry,
  history,
};
const chosen = forms[form ?? ''];
if (chosen === undefined) throw new Error(`Usage: soak ${Object.keys(forms).join('|')}`);
const wrong = await chosen();
for (const line of wrong) say(`WRONG ${line}`);
say(wrong.length === 0 ? 'nothing wrong' : `${wrong.length} wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
