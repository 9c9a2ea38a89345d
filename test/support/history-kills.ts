import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listHistory } from '../../src/history/read-history.js';
import { verifyHistory } from '../../src/history/verify-history.js';
import { seededRandom } from './seeded-random.js';

/** How many appends are to be acknowledged, by how many programs at once. */
export interface HistoryKillsOptions {
  readonly appends: number;
  readonly writers: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

/** What came of it. */
export interface HistoryKillsReport {
  readonly acknowledged: number;
  readonly kills: number;
  /** Written, but killed before anybody was told. */
  readonly unacknowledged: number;
  readonly parts: number;
  readonly tornLines: number;
  readonly tornHeads: number;
  readonly wrong: readonly string[];
}

const loader = fileURLToPath(new URL('typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('history-writer-program.ts', import.meta.url));

/** Short, so that kills meet the finishing of parts too. */
const partBytes = 6_000;

/**
 * Programs append to one history and are killed at random moments, over and over: whatever one of them told of must be
 * there, in its order, in a history that is whole after every kill.
 */
export async function runHistoryKills({
  appends,
  writers,
  seed,
  say,
}: HistoryKillsOptions): Promise<HistoryKillsReport> {
  const folder = await mkdtemp(join(tmpdir(), 'kort-kills-'));
  const path = join(folder, 'history.jsonl');
  const random = seededRandom(seed);
  const told = new Set<string>();
  const wrong: string[] = [];
  let kills = 0;
  let rounds = 0;
  try {
    while (told.size < appends && wrong.length === 0) {
      rounds += 1;
      const names = Array.from({ length: writers }, (_, index) => `${rounds}.${index}`);
      const running = names.map((name) => startWriter(path, name, told));
      await Promise.all(
        running.map(async (writer) => {
          await writer.hasTold(Math.floor(random.between(1, 80)));
          await delay(random.between(0, 8));
          writer.kill();
        }),
      );
      kills += writers;
      await Promise.all(running.map(({ gone }) => gone));
      const verdict = await verifyHistory(path);
      if (!verdict.intact) wrong.push(`round ${rounds}: ${JSON.stringify(verdict)}`);
      if (rounds % 20 === 0) say?.(`${told.size} appends acknowledged, ${kills} kills`);
    }
    return { acknowledged: told.size, kills, ...(await judge(path, told, wrong)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function judge(path: string, told: ReadonlySet<string>, wrong: string[]) {
  const { entries } = await listHistory(path, { limit: Infinity });
  const written = entries.toReversed().flatMap(({ event }) => (event.kind === 'inserted' ? [event.reader] : []));
  const there = new Set(written);
  if (there.size !== written.length) wrong.push('an entry is there twice');
  for (const entry of told) if (!there.has(entry)) wrong.push(`lost: ${entry}`);
  const last = new Map<string, number>();
  for (const [name = '', number] of written.map((reader) => reader.split(' '))) {
    if (Number(number) !== (last.get(name) ?? -1) + 1) wrong.push(`out of order: ${name} ${number}`);
    last.set(name, Number(number));
  }
  const count = (kind: string): number => entries.filter(({ event }) => event.kind === kind).length;
  if (count('damaged-file') > 0) wrong.push('a history was set aside');
  return {
    unacknowledged: written.length - told.size,
    parts: count('part-sealed') + 1,
    tornLines: count('torn-line'),
    tornHeads: count('torn-head'),
    wrong,
  };
}

function startWriter(path: string, name: string, told: Set<string>) {
  const child = spawn(process.execPath, ['--import', loader, program, path, name, '1000000', String(partBytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let rest = '';
  let count = 0;
  const heard = new EventEmitter();
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) told.add(line);
    count += lines.length;
    heard.emit('told');
  });
  const hasTold = async (wanted: number): Promise<void> => {
    while (count < wanted) await once(heard, 'told');
  };
  // All that was told before the end has been read then.
  return { hasTold, gone: once(child, 'close'), kill: () => child.kill('SIGKILL') };
}
