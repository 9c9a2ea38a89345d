import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWholeTree } from '../../src/cli/whole-tree.js';
import { runnablePaths } from '../support/command-tree.js';
import { PrivateHome } from '../support/daemon.js';
import { secretPin } from '../support/json-commands.js';
import { JsonProgram, type JsonFailure } from '../support/json-program.js';
import { JsonStage } from '../support/json-stage.js';
import { publishedAnswer } from '../support/published-json.js';

/* Failures with --json: one document on standard output, nothing beside it, and the exit status of docs/exit-codes.md. */
let stage: JsonStage;
let paths: readonly string[];

beforeAll(async () => {
  [stage, paths] = await Promise.all([JsonStage.open(), buildWholeTree('en').then(runnablePaths)]);
});
afterAll(() => stage.close());

/** A few processes at a time. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const hand = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([hand(), hand(), hand()]);
}

/** What the parser asks for; commands that are not named here take nothing. */
const given: Readonly<Record<string, readonly string[]>> = {
  prompt: ['--pin-stdin'],
  'pin change': ['--pin-stdin'],
  'pin verify': ['--pin-stdin'],
  unlock: ['--puk', '--pin-stdin'],
  'certificate show': ['abcd'],
  'certificate export': ['abcd'],
  'certificate prefer': ['abcd'],
  'certificate why': ['--for', 'urn:x'],
  'certificate remove': ['abcd', '--pin-stdin', '--yes'],
  'certificate restore': ['abcd', '--pin-stdin'],
  'certificate download': ['--pin-stdin', '--yes'],
  'expiry snooze': ['abcd'],
  'expiry note': ['2031-05'],
  'expiry forget': ['nothing', '--yes'],
  'rp show': ['urn:x'],
  'rp remove': ['urn:x', '--yes'],
  'rp check': ['urn:x'],
  open: [`kort://start?client_id=urn:x&ref=${'a'.repeat(32)}`],
  'phrase set': ['--stdin'],
  'sandbox insert': ['tolvan'],
  'sandbox remove': ['tolvan'],
  'sandbox fault': ['tolvan', 'none'],
  'sandbox press': ['ok'],
  'sandbox remove-reader': ['Sandbox Reader 2'],
  'sandbox revoke': ['tolvan'],
  'sandbox unrevoke': ['tolvan'],
  'sandbox order': ['tolvan'],
};

/** What is done without a daemon, or begins one. */
const needsNone = [
  ...['ui', 'completion', 'doctor', 'daemon start', 'sandbox start', 'sandbox demo', 'rp add'],
  ...['setting list', 'setting get', 'setting set', 'setting unset'],
  ...['link register', 'link unregister', 'link status'],
  ...['history list', 'history verify', 'history export'],
];

describe('a failure with --json', { timeout: 120_000 }, () => {
  it('of a wrong option is as published, ends with 2 and names the command', async () => {
    await eachOf(needsNone, async (path) => {
      const { code, error } = await stage.kort.failing([...path.split(' '), '--nonsense']);
      expect([path, code, error.code, error.fields['command']]).toEqual([path, 2, 'ERR_USAGE', path]);
    });
  });

  it('of every command that needs the daemon, or the sandbox, is as published and ends with 7 without it', async () => {
    await eachOf(
      paths.filter((path) => !needsNone.includes(path)),
      async (path) => {
        const line = [...path.split(' '), ...(given[path] ?? []), '--instance', 'absent'];
        const { code, error } = await stage.kort.failing(line, `${secretPin}\n${secretPin}\n`);
        const absent = path.startsWith('sandbox ') ? 'ERR_SANDBOX_NOT_RUNNING' : 'ERR_IPC_DAEMON_UNREACHABLE';
        expect([path, code, error.code]).toEqual([path, 7, absent]);
      },
    );
  });

  it.each([
    [2, 'ERR_USAGE', ['nonsense']],
    [2, 'ERR_USAGE', ['pin', 'nonsense']],
    [2, 'ERR_USAGE', ['pin']],
    [2, 'ERR_USAGE', ['certificate', 'show']],
    [2, 'ERR_USAGE', ['--lang', 'xx', 'status']],
    [2, 'ERR_USAGE', ['completion', 'nonsense']],
    [2, 'ERR_USAGE', ['ui']],
    [2, 'ERR_USAGE', ['prompt']],
    [2, 'ERR_USAGE', ['pin', 'verify']],
    [2, 'ERR_USAGE', ['phrase', 'set']],
    [2, 'ERR_USAGE', ['certificate', 'remove', 'abcd', '--pin-stdin']],
    [2, 'ERR_USAGE', ['rp', 'remove', 'urn:kort:sandbox:issuer']],
    [2, 'ERR_CONFIG_NOT_FOUND', ['rp', 'show', 'urn:x']],
    [2, 'ERR_CONFIG_NOT_FOUND', ['certificate', 'why', '--for', 'urn:x']],
    [5, 'ERR_CONFIG_BUILT_IN', ['rp', 'remove', 'urn:kort:sandbox:issuer', '--yes']],
    [2, 'ERR_OOB_LINK', ['open', 'https://test.example/']],
    [2, 'ERR_SANDBOX_UNKNOWN', ['sandbox', 'insert', 'nobody']],
    [2, 'ERR_SANDBOX_INSTANCE', ['daemon', 'start', '--instance', 'sandbox']],
    [5, 'ERR_SANDBOX_RUNNING', ['sandbox', 'start']],
    [2, 'ERR_EXPIRY_NOT_FOUND', ['expiry', 'snooze', 'abcd']],
    [3, 'ERR_CERT_NOT_FOUND', ['certificate', 'show', 'ffff']],
    [3, 'ERR_TOKEN_NOT_FOUND', ['expiry', 'forget', 'nothing', '--yes']],
    [3, 'ERR_PCSC_READER_GONE', ['trace', '--reader', 'nowhere']],
  ])('ends with %i and is %s: %j', async (code, name, words) => {
    const failure = await stage.kort.failing(words);
    expect([failure.code, failure.error.code]).toEqual([code, name]);
  });

  it('of an entry that is none names the file', async () => {
    const path = stage.file('empty.json');
    writeFileSync(path, '{}');
    const { code, error } = await stage.kort.failing(['rp', 'add', path]);
    expect([code, error.code, error.fields['path']]).toEqual([2, 'ERR_CONFIG_INVALID', path]);
  });

  it('of a link whose service does not answer ends with 6, in one document', async () => {
    await stage.kort.documented({ path: 'rp add', args: [stage.writeEntry()] });
    stage.party.onRequest = () => ({ status: 500 });
    await stage.kort.documented({ path: 'open', args: [stage.link()], ends: [6] });
  });

  it('of codes that the card refuses tells what is left of them, and none of the codes', async () => {
    const wrong = `${secretPin}\n`;
    const lines: readonly (readonly [readonly string[], string, string, number?])[] = [
      [['unlock', '--puk', '--pin-stdin'], `${secretPin.slice(0, 8)}\n123456\n`, 'ERR_PUK_WRONG', 4],
      [['pin', 'change', '--pin-stdin'], '123456\n1\n', 'ERR_PIN_MALFORMED'],
      [['pin', 'verify', '--pin-stdin'], wrong, 'ERR_PIN_WRONG', 4],
      [['certificate', 'remove', stage.fingerprint(), '--pin-stdin', '--yes'], wrong, 'ERR_PIN_WRONG', 3],
    ];
    for (const [words, input, name, attemptsRemaining] of lines) {
      const { code, documents, stderr } = await stage.kort.run(words, input);
      for (const document of documents) publishedAnswer('failure')(document);
      expect([code, documents]).toMatchObject([4, [{ error: { code: name } }]]);
      const [{ error }] = documents as [{ error: JsonFailure }];
      expect(error.fields['attemptsRemaining']).toBe(attemptsRemaining);
      expect(stderr).not.toContain('ERR_');
    }
    expect(stage.kort.transcript.filter(({ text }) => text.includes(secretPin.slice(0, 8)))).toEqual([]);
  });

  it('of what needs a card ends with 3 where none is', async () => {
    await stage.kort.documented({ path: 'sandbox remove', args: ['tolvan'] });
    await stage.onceRead();
    for (const words of [
      ['pin', 'verify', '--pin-stdin'],
      ['unlock', '--puk', '--pin-stdin'],
      ['certificate', 'show', stage.fingerprint()],
    ]) {
      const { code, error } = await stage.kort.failing(words, '123456\n123456\n');
      expect([words, code, error.code]).toEqual([
        words,
        3,
        expect.stringMatching(/^ERR_(CARD_ABSENT|CERT_NOT_FOUND)$/),
      ]);
    }
  });

  it('of a history that was changed ends with 12', async () => {
    const folder = join(stage.home.folder, 'state', 'kort', 'sandbox');
    const path = (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as readonly string[])
      .map((name) => join(folder, name))
      .find((name) => name.endsWith('.jsonl'));
    const text = readFileSync(path ?? '', 'utf8');
    writeFileSync(path ?? '', text.replace('inserted', 'inserteD'));
    const { code, error } = await stage.kort.failing(['history', 'verify']);
    expect([code, error.code]).toEqual([12, 'ERR_HISTORY_DAMAGED']);
    writeFileSync(path ?? '', text);
  });
});

describe('a stream with --json', () => {
  it('ends with a failure as its last line, and with 7, when the daemon goes', async () => {
    const home = new PrivateHome({ PCSCLITE_CSOCK_NAME: '/nonexistent' });
    try {
      const kort = new JsonProgram(home, 'gone');
      await kort.documented({ path: 'daemon start', args: ['--port', '0'] });
      const streams = [kort.follow('watch'), kort.follow('trace'), kort.follow('status', ['--watch'], '--watch')];
      for (const { lines } of streams) await expect.poll(lines).not.toEqual([]);
      await kort.documented({ path: 'daemon stop' });
      for (const stream of streams)
        expect(await stream.failed()).toMatchObject({ code: 7, error: { code: 'ERR_IPC_DAEMON_UNREACHABLE' } });
    } finally {
      home.remove();
    }
  });
});
