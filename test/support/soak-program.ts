/*
 * The long forms of the storm and of co-existence: scripts/soak starts it. Prints progress, a summary, and ends with 1
 * when anything was wrong.
 */
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

const [form] = process.argv.slice(2);
const forms: Readonly<Record<string, () => Promise<readonly string[]>>> = { storm };
const chosen = forms[form ?? ''];
if (chosen === undefined) throw new Error(`Usage: soak ${Object.keys(forms).join('|')}`);
const wrong = await chosen();
for (const line of wrong) say(`WRONG ${line}`);
say(wrong.length === 0 ? 'nothing wrong' : `${wrong.length} wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
