import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { runScripted, scriptedClient } from '../../support/scripted-cli.js';

const sv = ['--lang', 'sv'];

describe('a mistake on the command line', () => {
  it.each([
    [['nonsense'], 'kommandot ”nonsense” finns inte', 'there is no command "nonsense"'],
    [['statsu'], 'kommandot ”statsu” finns inte (menade du status?)', 'no command "statsu" (did you mean status?)'],
    [['status', '--nope'], 'flaggan ”--nope” finns inte', 'there is no option "--nope"'],
    [['rp', 'add'], 'uppgiften ”file” saknas', '"file" is missing'],
    [['daemon', 'start', '--port'], 'flaggan ”--port <number>” saknar sitt värde', 'lacks its value'],
    [['daemon', 'start', '--port', 'x'], 'det ska vara ett heltal från 0 till 65535', 'must be a whole number'],
    [['rp', 'list', 'more'], 'för många uppgifter', 'too many arguments'],
    [['rp', 'nonsense'], 'kommandot ”nonsense” finns inte', 'there is no command "nonsense"'],
    [['sandbox', 'fault', 'c', 'burn'], 'välj bland none, remove-before', 'choose from none, remove-before'],
    [['sandbox', 'fault', 'c', 'status', '90'], 'fyra hexadecimala siffror', 'four hexadecimal digits'],
    [['sandbox', 'fault', 'c', 'delay'], 'ett heltal från 0 till 60000', 'a whole number from 0 to 60000'],
    [['prompt'], 'kommandot behöver en terminal, eller --pin-stdin', 'the command needs a terminal'],
    [['--lang', 'fi', 'status'], 'välj bland sv, en', 'choose from sv, en'],
    [['status', '--instance'], 'flaggan ”--instance <name>” saknar sitt värde', 'lacks its value'],
  ])('%j is explained in the language asked for', async (argv, swedish, english) => {
    const inSwedish = await runScripted(argv, { env: { LANG: 'sv_SE.UTF-8' } });
    expect(inSwedish.error).toContain(swedish);
    expect(inSwedish).toMatchObject({ code: 2, out: '' });
    const inEnglish = await runScripted(argv, { env: { LANG: 'C' } });
    expect(inEnglish.error).toContain(english);
    expect(inEnglish.code).toBe(2);
  });

  it('is one JSON document with --json, wherever that stands', async () => {
    for (const argv of [
      ['--json', 'nonsense'],
      ['nonsense', '--json'],
      ['rp', '--json'],
      ['rp', 'add', '--json'],
      ['prompt', '--json'],
    ]) {
      const { code, out, error } = await runScripted(argv);
      expect(code).toBe(2);
      expect(error).toBe('');
      expect(JSON.parse(out)).toMatchObject({
        error: { code: 'ERR_USAGE', nextStep: 'Type "kort help" to see all commands.' },
      });
    }
  });

  it('never lets a word of commander through in Swedish', async () => {
    for (const argv of [
      ['nonsense'],
      ['status', '--nope'],
      ['rp', 'add'],
      ['rp', 'list', 'x'],
      ['daemon', 'start', '--port'],
    ]) {
      const { error } = await runScripted([...argv, ...sv]);
      expect(error).not.toMatch(/error:|unknown|missing|argument|expected|option\b|did you/i);
    }
  });
});

describe('help', () => {
  const paths = [
    [],
    ['status'],
    ['daemon'],
    ['daemon', 'start'],
    ['rp'],
    ['rp', 'check'],
    ['prompt'],
    ['sandbox'],
    ['sandbox', 'fault'],
    ['sandbox', 'demo'],
  ];

  it.each(paths.map((path) => path.join(' ')))('of "kort %s" is wholly Swedish with --lang sv', async (path) => {
    const { code, out } = await runScripted([...path.split(' ').filter(Boolean), '--help', ...sv]);
    expect(code).toBe(0);
    expect(out).toContain('Så här skriver du: kort');
    expect(out).toContain('visa hjälp');
    expect(out).not.toMatch(/Usage|Options:|Commands:|Arguments:|\[options\]|\[command\]|display/);
  });

  it('is reached by the help command too, and is JSON with --json', async () => {
    expect((await runScripted(['help', 'rp'])).out).toBe((await runScripted(['rp', '--help'])).out);
    expect(JSON.parse((await runScripted(['--help', '--json'])).out)).toHaveProperty('help');
  });

  it('goes to standard error with status 2 when a command is missing', async () => {
    const { code, out, error } = await runScripted([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toContain('Usage: kort [options] [command]');
  });
});

describe('--version', () => {
  it('prints the version, or a document with it', async () => {
    expect(await runScripted(['--version'])).toEqual({ code: 0, out: '1.2.3\n', error: '' });
    expect((await runScripted(['--version', '--json'])).out).toBe('{"version":"1.2.3"}\n');
  });
});

describe('a failure', () => {
  const refusing = (code: 'ERR_PIN_BLOCKED' | 'ERR_CARD_ABSENT' | 'ERR_IPC_DAEMON_UNREACHABLE' | 'ERR_INTERNAL') => ({
    connect: () => Promise.reject(new MiddlewareError(code, 'planted', { fields: { reader: 'R\u001b[2J1' } })),
  });

  it.each([
    ['ERR_INTERNAL', 1],
    ['ERR_CARD_ABSENT', 3],
    ['ERR_PIN_BLOCKED', 4],
    ['ERR_IPC_DAEMON_UNREACHABLE', 7],
  ] as const)('%s ends with %i', async (code, status) => {
    expect((await runScripted(['status'], refusing(code))).code).toBe(status);
  });

  it('has a sentence, a next step and its code, free of control characters', async () => {
    const { error, out } = await runScripted(['status', ...sv], refusing('ERR_CARD_ABSENT'));
    expect(out).toBe('');
    expect(error).toBe(
      'Fel: Det sitter inget kort i läsaren R[2J1.\nGör så här: Sätt i kortet och försök igen.\n(ERR_CARD_ABSENT)\n',
    );
  });

  it('that is a fault of ours is ERR_INTERNAL, not a stack on the screen', async () => {
    const { code, out } = await runScripted(['status', '--json'], {
      connect: () => Promise.reject(new TypeError('x is not a function')),
    });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'ERR_INTERNAL' } });
    expect(out).not.toContain('at ');
  });
});

describe('--instance', () => {
  const asked = async (argv: readonly string[]): Promise<string | undefined> => {
    let instance: string | undefined;
    const client = scriptedClient({ 'sandbox.list': { readers: [], cards: [] }, 'rp.list': { relyingParties: [] } });
    await runScripted(argv, { connect: (name) => Promise.resolve(((instance = name), client)) });
    return instance;
  };

  it('is "default" for ordinary commands and "sandbox" for those of the sandbox', async () => {
    expect(await asked(['rp', 'list'])).toBe('default');
    expect(await asked(['sandbox', 'list'])).toBe('sandbox');
  });

  it('is taken before and after the command, with and without =', async () => {
    for (const argv of [['--instance', 'ward-7'], ['--instance=ward-7']]) {
      expect(await asked([...argv, 'rp', 'list'])).toBe('ward-7');
      expect(await asked(['sandbox', 'list', ...argv])).toBe('ward-7');
    }
  });
});

describe('kort daemon and kort sandbox start', () => {
  it('pass on what they were told', async () => {
    const started: unknown[] = [];
    const startDaemon = (options: unknown): Promise<number> => Promise.resolve(started.push(options) + 100);
    await runScripted(['daemon', 'start', '--port', '0'], { startDaemon });
    const { out } = await runScripted(['sandbox', 'start', '--vpcd-port', '35963', '--hardware-only', '--json'], {
      startDaemon,
    });
    expect(started).toEqual([
      { instance: 'default', port: 0 },
      { instance: 'sandbox', sandbox: true, vpcdPort: 35963, hardwareOnly: true },
    ]);
    expect(JSON.parse(out)).toEqual({ instance: 'sandbox', pid: 102 });
  });

  it('stop asks, and waits until the daemon is gone', async () => {
    const gone: string[] = [];
    const client = scriptedClient({ 'daemon.stop': {} });
    const { code } = await runScripted(['sandbox', 'stop'], {
      connect: () => Promise.resolve(client),
      daemonGone: (instance) => Promise.resolve(void gone.push(instance)),
    });
    expect({ code, gone, calls: client.calls }).toEqual({
      code: 0,
      gone: ['sandbox'],
      calls: [{ method: 'daemon.stop', params: {} }],
    });
  });
});

describe('kort rp', () => {
  const details = {
    clientId: 'urn:example:clinic',
    displayName: { sv: 'Exempelkliniken', en: 'Example Clinic' },
    origins: ['https://login.clinic.example'],
    launchers: ['page'],
    source: 'user',
    acrValues: ['http://id.sambi.se/loa/loa3'],
    issuers: [],
    purposes: ['auth'],
    keys: [{ kid: '1', alg: 'ES256' }],
  };

  it('add sends the file as it is', async () => {
    const client = scriptedClient({ 'rp.add': details });
    const { out } = await runScripted(['rp', 'add', 'clinic.json', ...sv], {
      connect: () => Promise.resolve(client),
      readJsonFile: (path) => Promise.resolve({ from: path }),
    });
    expect(client.calls).toEqual([{ method: 'rp.add', params: { entry: { from: 'clinic.json' } } }]);
    expect(out).toBe('urn:example:clinic är registrerad.\n');
  });

  it('check takes a file or a client_id, and ends with 2 when anything is wrong', async () => {
    const client = scriptedClient({ 'rp.check': { findings: [{ check: 'keys', ok: false, detail: 'kid missing' }] } });
    const ports = { connect: () => Promise.resolve(client), readJsonFile: () => Promise.resolve({}) };
    const { code, out } = await runScripted(['rp', 'check', 'clinic.json'], ports);
    await runScripted(['rp', 'check', 'urn:example:clinic'], ports);
    expect(code).toBe(2);
    expect(out).toBe('!!  keys: kid missing\n');
    expect(client.calls.map(({ params }) => params)).toEqual([{ entry: {} }, { clientId: 'urn:example:clinic' }]);
  });

  it('show answers in JSON what the daemon said', async () => {
    const connect = () => Promise.resolve(scriptedClient({ 'rp.show': details }));
    expect(JSON.parse((await runScripted(['rp', 'show', 'x', '--json'], { connect })).out)).toEqual(details);
    expect((await runScripted(['rp', 'show', 'x', ...sv], { connect })).out).toContain(
      'Utfärdare      alla som litas på här',
    );
  });
});

describe('kort sandbox fault', () => {
  it.each([
    [['remove-after', '--command', '3'], { kind: 'remove', when: 'after', command: 3 }],
    [['remove-before'], { kind: 'remove', when: 'before', command: 1 }],
    [['delay', '250'], { kind: 'delay', milliseconds: 250 }],
    [['silence'], { kind: 'silence', command: 1 }],
    [['status', '6f00'], { kind: 'status', statusWord: 0x6f00, command: 1 }],
    [['real-card'], { kind: 'real-card' }],
    [['none'], { kind: 'none' }],
  ])('%j', async (words, fault) => {
    const client = scriptedClient({ 'sandbox.fault': {} });
    const { code } = await runScripted(['sandbox', 'fault', 'tolvan', ...words], {
      connect: () => Promise.resolve(client),
    });
    expect(code).toBe(0);
    expect(client.calls).toEqual([{ method: 'sandbox.fault', params: { card: 'tolvan', fault } }]);
  });
});
