import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyPort } from '../../../src/app/history-port.js';
import type { HistoryQuery } from '../../../src/model/history.js';
import { openFileHistory } from '../../../src/history/file-history.js';
import { historyEvents } from '../../support/history-events.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { runScripted, scriptedClient, type CliResult } from '../../support/scripted-cli.js';

/** Where the history of the ordinary instance is, for this program. */
let folder: string;
let path: string;
const stateHome = process.env['XDG_STATE_HOME'];
const run = (...argv: string[]): Promise<CliResult> =>
  runScripted(['history', ...argv], { history: () => Promise.resolve(historyPort) });

let hour = 0;
const clock = { now: () => new Date(2026, 10, 22, hour).getTime(), monotonic: () => 0 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-history-'));
  process.env['XDG_STATE_HOME'] = join(folder, 'state');
  const { instancePaths } = await import('../../../src/platform/paths.js');
  const { ensureInstanceFolders } = await import('../../../src/platform/private-folder.js');
  const paths = instancePaths('default');
  ensureInstanceFolders(paths);
  path = join(paths.state, 'history.jsonl');
  const history = await openFileHistory(path, { clock, logger: recordingLogger() });
  for (const event of [
    { kind: 'inserted', reader: '=A1,"x"', token: 'card:1' } as const,
    { ...historyEvents.login, outcome: 'complete' as const },
    historyEvents.signature,
    historyEvents.download,
  ]) {
    hour += 1;
    await history.append(event);
  }
  await history.close();
});
afterAll(async () => {
  if (stateHome === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = stateHome;
  await rm(folder, { recursive: true });
});

const times = ({ out }: CliResult): string[] =>
  [...out.matchAll(/^2026-11-22 (\d\d:\d\d) /gm)].map(([, time]) => time!);

describe('kort history', () => {
  it('shows what happened, the newest last, without a daemon', async () => {
    const { code, out, error } = await run();
    expect([code, error]).toEqual([0, '']);
    expect(out.split('\n')[0]).toBe('2026-11-22 01:00  Card no. 1 was inserted (=A1,"x")');
    expect(times({ code, out, error })).toEqual(['01:00', '02:00', '03:00', '04:00']);
  });

  it('names services and issuers where a daemon knows them, and them alone', async () => {
    const displayName = { sv: 'TEST Kliniken\u001b', en: 'TEST Clinic\u001b' };
    const ports = {
      history: () => Promise.resolve(historyPort),
      connect: () =>
        Promise.resolve(
          scriptedClient({
            'rp.list': { relyingParties: [{ clientId: 'urn:test:rp', displayName }] },
          }),
        ),
    };
    const { out } = await runScripted(['history', '--lang', 'sv'], ports);
    expect(out).toContain('Legitimering hos TEST Kliniken · ');
    expect(out).not.toContain('urn:test:rp');
    const english = (await runScripted(['history'], ports)).out;
    expect(english).toContain('Login to TEST Clinic · ');
    expect((await run()).out).toContain('Login to urn:test:rp · ');
    const entries = (await runScripted(['history', '--json'], ports)).out;
    expect(entries).toContain('"relyingParty":"urn:test:rp"');
    expect(entries).not.toContain('TEST Clinic');
  });

  it.each<[string[], string[]]>([
    [['--failed'], ['03:00']],
    [
      ['--kind', 'login', '--kind', 'download'],
      ['02:00', '04:00'],
    ],
    [
      ['--since', '2026-11-22 02:00', '--until', '2026-11-22 04:00'],
      ['02:00', '03:00'],
    ],
    [['--until', '2026-11-22'], []],
    [['--rp', 'urn:test:issuer'], ['04:00']],
    [
      ['--card', '1'],
      ['01:00', '02:00', '03:00', '04:00'],
    ],
    [['--card', '2'], []],
    [['--since', '1d', '--limit', '1'], clock.now() > Date.now() - 86_400_000 ? ['04:00'] : []],
  ])('list %j shows those entries', async (flags, shown) => {
    const result = await run('list', ...flags);
    expect(result.code).toBe(0);
    expect(times(result)).toEqual(shown);
  });

  it('says that there are more, and writes JSON entries one a line', async () => {
    expect((await run('--limit', '2')).out).toMatch(/^The newest 2 are shown\. There are more/);
    const { out } = await run('list', '--json', '--limit', '2');
    const entries = out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    expect(entries).toEqual([3, 4]);
    expect(out.trimEnd().split('\n')).toEqual((await readFile(path, 'utf8')).trimEnd().split('\n').slice(2));
  });

  it.each([
    ['--since', 'yesterday'],
    ['--until', '2026-02-30'],
    ['--kind', 'logins'],
    ['--limit', '0'],
  ])('refuses %s %s with what it takes', async (flag, value) => {
    const { code, error } = await run('list', flag, value);
    expect(code).toBe(2);
    expect(error).toContain(value);
  });
});

describe('kort history export', () => {
  it('writes the very lines of the history, for its owner only, and asks before it overwrites', async () => {
    const file = join(folder, 'all.jsonl');
    expect(await run('export', file)).toMatchObject({ code: 0, out: `4 entries were written to ${file}.\n` });
    expect(await readFile(file)).toEqual(await readFile(path));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await writeFile(file, 'mine');
    expect(await run('export', file)).toMatchObject({ code: 2 });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await run('export', file, '--yes', '--failed', '--json')).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ file, entries: 1 })}\n`,
    });
  });

  it('writes tables that no spreadsheet program calculates', async () => {
    const { code, out } = await run('export', '-', '--csv');
    expect(code).toBe(0);
    const [names, inserted, login] = out.split('\r\n');
    expect(names).toBe(
      'sequence,time,kind,token,certificate,relyingParty,level,outcome,hintCode,attemptsRemaining,text',
    );
    expect(inserted).toMatch(/^1,2026-11-2\dT[^,]*,inserted,card:1,,,,,,,"Card no. 1 was inserted \(=A1,""x""\)"$/);
    expect(login).toContain(',login,card:1,00,urn:test:rp,3,complete,');
    const { historyTable } = await import('../../../src/cli/history-table.js');
    const entry = { sequence: 1, time: '', previous: '', event: { ...historyEvents.login, relyingParty: '=cmd()' } };
    expect(historyTable([entry], 'en')).toContain(`,'=cmd(),`);
  });
});

describe('kort history verify', () => {
  it('gives the head to be written down, and takes it back later', async () => {
    const { code, out } = await run('verify');
    expect(code).toBe(0);
    const head = /Head: (\d+:[0-9a-f]{64})/.exec(out)![1]!;
    expect(head.startsWith('4:')).toBe(true);
    const history = await openFileHistory(path, { clock, logger: recordingLogger() });
    await history.append({ kind: 'inserted', reader: 'later' });
    await history.close();
    expect(await run('verify', '--head', head)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Entry 4, which you wrote down, is still there') as string,
    });
    expect(JSON.parse((await run('verify', '--json', '--head', head)).out)).toMatchObject({
      intact: true,
      entries: 5,
      first: 1,
      sequence: 5,
      written: 'kept',
    });
    for (const other of [head.replace('4:', '3:'), head.replace('4:', '9:'), `4:${'0'.repeat(64)}`]) {
      const result = await run('verify', '--head', other);
      expect(result).toMatchObject({ code: 12, out: '' });
      expect(result.error).toContain('whose head you wrote down is not there');
    }
    expect((await run('verify', '--head', 'abc')).code).toBe(2);
  });

  it('ends with 12, and names what does not fit, when something was changed', async () => {
    const whole = await readFile(path);
    await writeFile(path, whole.toString().replace('urn:test:rp', 'urn:test:xx'));
    const { code, error } = await run('verify');
    expect(code).toBe(12);
    expect(error).toContain('the previous line was changed (history.jsonl, line 3)');
    const json = JSON.parse((await run('verify', '--json')).out) as object;
    expect(json).toMatchObject({
      error: { code: 'ERR_HISTORY_DAMAGED', fields: { file: 'history.jsonl', line: 3, reason: 'hash' } },
    });
    await writeFile(path, whole);
    await appendFile(path, 'half a li');
    expect((await run('verify')).code).toBe(0);
  });
});

describe('kort history without a history', () => {
  it('says that there is none', async () => {
    const list = (instance: string, query: HistoryQuery) => historyPort.list(`${instance}-none`, query);
    const verify: typeof historyPort.verify = (instance, head) => historyPort.verify(`${instance}-none`, head);
    const none = { history: () => Promise.resolve({ ...historyPort, list, verify }) };
    expect(await runScripted(['history'], none)).toEqual({
      code: 0,
      out: 'The history is empty.\n',
      error: '',
    });
    expect(await runScripted(['history', 'verify'], none)).toEqual({
      code: 0,
      out: 'The history is empty.\n',
      error: '',
    });
  });
});
