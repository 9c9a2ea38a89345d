import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildWholeTree } from '../../src/cli/whole-tree.js';
import { jsonOutputs } from '../../src/reference/json-outputs.js';
import { runnablePaths } from '../support/command-tree.js';
import { jsonCommands, phrase, secretPin } from '../support/json-commands.js';
import type { JsonStream } from '../support/json-program.js';
import { firstCommand, JsonStage, lastCommand } from '../support/json-stage.js';
import { publishedAnswer, publishedForm } from '../support/published-json.js';

/*
 * Everything that the built program writes with --json, held against docs/json-schemas.json: one sandbox, each command
 * of the tree on it, and meanwhile the commands that go on until they are ended.
 */
let stage: JsonStage;
let following: Record<'watch' | 'trace' | 'status --watch', JsonStream>;

beforeAll(async () => {
  stage = await JsonStage.open();
  following = {
    watch: stage.kort.follow('watch'),
    trace: stage.kort.follow('trace'),
    'status --watch': stage.kort.follow('status', ['--watch'], '--watch'),
  };
  for (const { lines } of Object.values(following)) {
    await vi.waitFor(() => expect(lines()).not.toEqual([]), { timeout: 20_000, interval: 50 });
  }
});
afterAll(() => stage.close());

describe('--json', () => {
  it('of every command is tried here: whoever adds one adds it to the table', async () => {
    const tried = [firstCommand, ...jsonCommands, lastCommand].map(({ path }) => path);
    const without = (path: string): boolean => jsonOutputs[path]?.kind === 'none';
    const all = runnablePaths(await buildWholeTree('en')).filter((path) => !without(path));
    expect([...new Set([...tried, 'watch', 'trace'])].sort()).toEqual(all.toSorted());
  });

  it.each(jsonCommands.map((command) => [[command.path, command.with].filter(Boolean).join(' '), command] as const))(
    'of kort %s is as published',
    async (_name, command) => {
      const args = typeof command.args === 'function' ? await command.args(stage) : (command.args ?? []);
      await stage.kort.documented({ ...command, args });
      await stage.settled();
    },
  );

  it('of help and version is as published', async () => {
    const { documents: help } = await stage.kort.run(['help', 'pin', 'change']);
    publishedAnswer('help')(help[0]);
    const { documents: version } = await stage.kort.run(['--version']);
    publishedAnswer('version')(version[0]);
  });

  it('of kort watch is as published, whatever happens', async () => {
    const kinds = new Set(following.watch.lines().map((line) => (line as { event: string }).event));
    expect([...kinds].sort()).toEqual([
      'card-inserted',
      'card-ready',
      'card-removed',
      'contents-changed',
      'expiry-warning',
      'pin-counter',
      'reader-added',
      'reader-removed',
      'reader-skipped',
      'snapshot',
    ]);
    expect(await following.watch.end()).toBe(0);
  });

  it('of kort trace is as published, its header too, without a code', async () => {
    const lines = following.trace.lines().map((line) => (line as { line: string }).line);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.join('\n')).not.toContain(Buffer.from(secretPin).toString('hex'));
    expect(await following.trace.end()).toBe(0);
  });

  it('of kort status --watch is as published', async () => {
    expect(following['status --watch'].lines().length).toBeGreaterThan(10);
    expect(await following['status --watch'].end()).toBe(0);
  });

  it('of the history has the kinds that happened', async () => {
    const { documents } = await stage.kort.run(['history', 'list', '--limit', '1000']);
    const kinds = new Set(documents.map((entry) => (entry as { event: { kind: string } }).event.kind));
    for (const kind of ['inserted', 'removed', 'pin-try', 'login', 'download', 'certificate-removed']) {
      expect(kinds).toContain(kind);
    }
  });

  it('holds no PIN, and the phrase only where it is asked for', () => {
    const { transcript } = stage.kort;
    expect(transcript.filter(({ text }) => text.includes(secretPin))).toEqual([]);
    const withPhrase = transcript.filter(({ text }) => text.includes(phrase)).map(({ line }) => line);
    expect(withPhrase).toEqual(['phrase set --stdin', 'phrase show']);
  });
});

describe('published schemas', () => {
  it('as they are held here pass nothing undocumented, at any depth', () => {
    const { check } = publishedForm('watch');
    const event = { event: 'pin-counter', time: '2026-01-01T00:00:00.000Z', reader: 'R', token: 'card:1' };
    const pin = { reference: 1, role: 'signature', blocked: false };
    check({ ...event, pin });
    expect(() => check({ ...event, pin, more: 1 })).toThrow();
    expect(() => check({ ...event, pin: { ...pin, more: 1 } })).toThrow();
    expect(() => check({ ...event, pin: { ...pin, blocked: undefined } })).toThrow();
    expect(() => check({ ...event, pin, time: '2026-01-01T00:00:00+01:00' })).toThrow();
  });
});
