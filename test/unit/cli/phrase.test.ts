import { describe, expect, it } from 'vitest';
import type { CliPorts } from '../../../src/cli/ports.js';
import { runScripted, scriptedClient, type CliResult } from '../../support/scripted-cli.js';

const client = (phrase?: string) => scriptedClient({ 'phrase.set': {}, 'phrase.get': { phrase } });
const run = (
  argv: readonly string[],
  daemon: ReturnType<typeof client>,
  ports: Partial<CliPorts> = {},
): Promise<CliResult> => runScripted(['phrase', ...argv], { connect: () => Promise.resolve(daemon), ...ports });
const onTerminal = (line: string | undefined): Partial<CliPorts> => ({
  hasTerminal: () => true,
  readLine: (question) => Promise.resolve(question === undefined ? undefined : line),
});

describe('kort phrase set', () => {
  it('asks on the terminal, and sets what was typed in its shown form', async () => {
    const daemon = client();
    const { code, out } = await run(['set'], daemon, onTerminal('  Bla\u030a \t elefant\u202e '));
    expect([code, daemon.calls]).toEqual([0, [{ method: 'phrase.set', params: { phrase: 'Blå elefant' } }]]);
    expect(out).toContain('every real question shows: Blå elefant.');
  });

  it('reads a line of standard input only where it is told to', async () => {
    const daemon = client();
    const readLine = (question: string | undefined): Promise<string | undefined> =>
      Promise.resolve(question === undefined ? 'Blå elefant' : undefined);
    expect((await run(['set', '--stdin', '--json'], daemon, { readLine })).out).toBe('{"phrase":"Blå elefant"}\n');
    const refused = await run(['set'], client(), { readLine });
    expect(refused.code).toBe(2);
    expect(refused.error).toContain('--stdin');
  });

  it.each([
    ['nothing', undefined, 'empty'],
    ['nothing that can be seen', '\u200b \u202e', 'empty'],
    ['too much', 'x'.repeat(65), 'longer than 64'],
  ])('refuses %s', async (_what, line, why) => {
    const daemon = client();
    const { code, error } = await run(['set'], daemon, onTerminal(line));
    expect([code, daemon.calls]).toEqual([2, []]);
    expect(error).toContain(why);
  });

  it('takes no phrase as an argument', async () => {
    expect((await run(['set', 'elefant'], client())).code).toBe(2);
  });
});

describe('kort phrase show and remove', () => {
  it.each([
    ['Blå elefant', 'Your phrase: Blå elefant\n', '{"phrase":"Blå elefant"}\n'],
    [undefined, 'You have no phrase. Choose one with "kort phrase set".\n', '{"phrase":null}\n'],
  ])('shows %s', async (phrase, text, json) => {
    expect((await run(['show'], client(phrase))).out).toBe(text);
    expect((await run(['show', '--json'], client(phrase))).out).toBe(json);
  });

  it('removes it, in Swedish too', async () => {
    const daemon = client('Blå elefant');
    expect((await run(['remove', '--lang', 'sv'], daemon)).out).toBe('Frasen är borttagen.\n');
    expect(daemon.calls).toEqual([{ method: 'phrase.set', params: {} }]);
  });
});
