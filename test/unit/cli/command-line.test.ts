import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { runScripted, scriptedClient } from '../../support/scripted-cli.js';

const sv = ['--lang', 'sv'];

describe('a mistake on the command line', () => {
  it.each([
    [['nonsense'], 'kommandot ”nonsense” finns inte', 'there is no command "nonsense"'],
    [['statsu'], 'kommandot ”statsu” finns inte (menade du status?)', 'no command "statsu" (did you mean status?)'],
    [['status', '--nope'], 'flaggan ”--nope” finns inte', 'there is no option "--nope"'],
    [['rp', 'add'], 'uppgiften ”fil” saknas', '"file" is missing'],
    [['sandbox', 'order', 'c', '--kind', 'x'], 'välj bland extra, renewal', 'choose from extra, renewal'],
    [['sandbox', 'issuer', '--fault', 'x'], 'välj bland none, down', 'choose from none, down'],
    [['sandbox', 'insert'], 'uppgiften ”kort” saknas', '"card" is missing'],
    [['sandbox', 'add-reader', ''], '”namn” får inte vara tomt', '"name" must not be empty'],
    [['sandbox', 'add-reader', 'a\u001bb'], 'styrtecken får inte förekomma', 'control characters are not allowed'],
    [['sandbox', 'fault', 'c', 'silence', '3'], 'silence tar inget värde, men ”3” angavs', 'silence takes no value'],
    [['sandbox', 'fault', 'c', 'none', 'extra'], 'none tar inget värde', 'none takes no value'],
    [['sandbox', 'fault', 'c', 'status'], 'status behöver ett värde', 'status needs a value'],
    [['sandbox', 'fault', 'c', 'status-after'], 'status-after behöver ett värde', 'status-after needs a value'],
    [['sandbox', 'fault', 'c', 'short'], 'short behöver ett värde', 'short needs a value'],
    [['sandbox', 'fault', 'c', 'short', '2'], 'ett heltal från 0 till 1', 'a whole number from 0 to 1'],
    [['sandbox', 'fault', 'c', 'reset', '2'], 'reset tar inget värde', 'reset takes no value'],
    [['sandbox', 'fault', 'c', 'delay', '5', '--command', '2'], '--command har ingen betydelse', 'means nothing'],
    [['daemon', 'start', '--port'], 'flaggan ”--port <tal>” saknar sitt värde', 'needs a value'],
    [['daemon', 'start', '--port', 'x'], 'det ska vara ett heltal från 0 till 65535', 'must be a whole number'],
    [['rp', 'list', 'more'], 'för många uppgifter', 'too many arguments'],
    [['history', 'lst'], 'kommandot ”lst” finns inte (menade du list?)', '"lst" (did you mean list?)'],
    [['history', '--limit', '5', 'verfy'], '”verfy” finns inte (menade du verify?)', '(did you mean verify?)'],
    [['expiry', 'snoze'], '”snoze” finns inte (menade du snooze?)', '"snoze" (did you mean snooze?)'],
    [['expiry', '--within', '30', 'frget', 'card'], '”frget” finns inte (menade du forget?)', 'did you mean forget?'],
    [['expiry', 'nonsense'], 'kommandot ”nonsense” finns inte.', 'there is no command "nonsense".'],
    [['history', 'list', 'more'], 'för många uppgifter', 'too many arguments'],
    [['status', 'wach'], 'för många uppgifter (menade du --watch?)', '(did you mean --watch?)'],
    [['unlock', 'puk'], 'för många uppgifter (menade du --puk?)', '(did you mean --puk?)'],
    [['certificate', 'show', 'zzzz'], 'minst de fyra första tecknen', 'at least its first four characters'],
    [['expiry', 'snooze', 'zz'], 'som ”kort expiry” visar dem', 'as "kort expiry" shows them'],
    [['rp', 'nonsense'], 'kommandot ”nonsense” finns inte', 'there is no command "nonsense"'],
    [['sandbox', 'fault', 'c', 'burn'], 'välj bland none, remove-before', 'choose from none, remove-before'],
    [['sandbox', 'fault', 'c', 'status', '90'], 'fyra hexadecimala siffror', 'four hexadecimal digits'],
    [['sandbox', 'fault', 'c', 'delay'], 'delay behöver ett värde, antalet millisekunder', 'delay needs a value'],
    [['sandbox', 'fault', 'c', 'delay', 'x'], 'ett heltal från 0 till 60000', 'a whole number from 0 to 60000'],
    [['prompt'], 'kommandot behöver en terminal, eller --pin-stdin', 'the command needs a terminal'],
    [['--lang', 'fi', 'status'], 'välj bland sv, en', 'choose from sv, en'],
    [['status', '--instance'], 'flaggan ”--instance <namn>” saknar sitt värde', 'needs a value'],
  ])('%j is explained in the language asked for', async (argv, swedish, english) => {
    const inSwedish = await runScripted(argv, { env: { LANG: 'sv_SE.UTF-8' } });
    expect(inSwedish.error).toContain(swedish);
    expect(inSwedish).toMatchObject({ code: 2, out: '' });
    const inEnglish = await runScripted(argv, { env: { LANG: 'C' } });
    expect(inEnglish.error).toContain(english);
    expect(inEnglish.code).toBe(2);
  });

  it('repeats no word that is one too many, which may be a code', async () => {
    const { out, error } = await runScripted(['pin', 'change', '835196']);
    expect(error).toContain('too many arguments.');
    expect(out + error).not.toContain('835196');
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
        error: {
          code: 'ERR_USAGE',
          nextStep: expect.stringMatching(/^Type "kort help[^"]*" to see what can be written\.$/),
        },
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
    ['sandbox', 'insert'],
    ['sandbox', 'fault'],
    ['sandbox', 'demo'],
  ];

  it.each(paths.map((path) => path.join(' ')))('of "kort %s" is wholly Swedish with --lang sv', async (path) => {
    const { code, out } = await runScripted([...path.split(' ').filter(Boolean), '--help', ...sv]);
    expect(code).toBe(0);
    expect(out).toContain('Så här skriver du: kort');
    expect(out).toContain('visa hjälp');
    expect(out).not.toMatch(/Usage|Options:|Commands:|Arguments:|\[options\]|\[command\]|display/);
    expect(out).not.toMatch(/[<[](?:card|reader|name|number|file|fault|value)\b/);
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
    const sandboxCodes = () => Promise.resolve({ pin: '1', signaturePin: '3', puk: '2' });
    await runScripted(argv, { sandboxCodes, connect: (name) => Promise.resolve(((instance = name), client)) });
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

function statusClient(loopback: object, sandbox = false) {
  const status = { version: '1', pid: 1, instance: 'sandbox', sandbox, startedAt: '', surfaces: 0, openOrders: 0 };
  return scriptedClient({ 'daemon.status': { ...status, loopback } });
}

describe('next steps', () => {
  const absent = {
    connect: () => Promise.reject(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'planted')),
  };

  it.each([
    [['status'], '"kort daemon start"'],
    [['--instance', 'default', 'status'], '"kort daemon start"'],
    [['--instance', 'ward', 'status'], '"kort daemon start --instance ward"'],
    [['rp', 'list', '--instance', 'ward'], '"kort daemon start --instance ward"'],
    [['sandbox', 'list'], '"kort sandbox start"'],
    [['sandbox', 'stop'], '"kort sandbox start"'],
    [['--instance', 'sandbox', 'status'], '"kort sandbox start"'],
    [['--instance', 'ward', 'sandbox', 'list'], '"kort sandbox start --instance ward"'],
  ])('of %j without a daemon start the one that was meant', async (argv, command) => {
    const { code, error } = await runScripted(argv, absent);
    expect(code).toBe(7);
    expect(error).toContain(command);
  });

  it('of a program fault name the log where there is one', async () => {
    const fault = { connect: () => Promise.reject(new TypeError('planted')) };
    const logPath = (instance: string) => Promise.resolve(`/logs/${instance}.log`);
    const { error } = await runScripted(['--instance', 'ward', 'rp', 'list'], { ...fault, logPath });
    expect(error).toContain('together with the log /logs/ward.log.');
    expect((await runScripted(['rp', 'list'], fault)).error).toContain('together with the log.');
  });
});

describe('kort status', () => {
  it('says what a sandbox of hardware only is, and ends with 0', async () => {
    const client = {
      ...statusClient({ port: 0, listening: false }, true),
      request: (method: string) =>
        method === 'status.get'
          ? Promise.reject(new MiddlewareError('ERR_IPC_METHOD_NOT_FOUND', 'planted'))
          : statusClient({ port: 0, listening: false }, true).request('daemon.status', {}),
    } as ReturnType<typeof scriptedClient>;
    const connect = () => Promise.resolve(client);
    const { code, out } = await runScripted(['--instance', 'sandbox', 'status'], { connect });
    expect(code).toBe(0);
    expect(out).toContain('Only virtual readers and cards run here, no logins: see "kort sandbox list"');
    const inJson = await runScripted(['--instance', 'sandbox', 'status', '--json'], { connect });
    expect(JSON.parse(inJson.out)).toMatchObject({ hardwareOnly: true, readers: [] });
  });
});

describe('kort sandbox demo', () => {
  const codes = { sandboxCodes: () => Promise.resolve({ pin: '123456', signaturePin: '654321', puk: '12345678' }) };
  const failing = (hintCode: string) => ({
    ...codes,
    runDemo: () => Promise.reject(new MiddlewareError('ERR_SANDBOX_LOGIN', 'planted', { fields: { hintCode } })),
  });

  it.each([
    ['userCancel', 5, 'Du avbröt inloggningen.'],
    ['pinBlocked', 4, 'PIN-koden är låst.'],
    ['cardRemoved', 3, 'Kortet togs ut.'],
    ['startFailed', 1, 'fel i programmet'],
  ])('that fails with %s ends with %i and says what that means', async (hint, status, sentence) => {
    const { code, error } = await runScripted(['sandbox', 'demo', '--lang', 'sv'], failing(hint));
    expect(code).toBe(status);
    expect(error).toContain(sentence);
    expect(error).not.toContain(hint);
  });

  it('on a terminal has the PIN written in the prompt itself', async () => {
    const asked: unknown[] = [];
    const runDemo = (options: unknown) => {
      asked.push(options);
      return Promise.reject(new MiddlewareError('ERR_ABORTED', 'enough'));
    };
    await runScripted(['sandbox', 'demo', '--lang', 'sv'], { ...codes, runDemo, hasTerminal: () => true });
    await runScripted(['sandbox', 'demo', '--pin-stdin'], { ...codes, runDemo, hasTerminal: () => true });
    expect(asked).toEqual([
      { pin: 'terminal', language: 'sv', bindingMessage: 'Sandlåda: kortets PIN-kod är 123456.' },
      { pin: 'stdin', language: 'en', bindingMessage: undefined },
    ]);
  });
});

describe('kort daemon and kort sandbox start', () => {
  it('pass on what they were told', async () => {
    const started: unknown[] = [];
    const startDaemon = (options: unknown): Promise<number> => Promise.resolve(started.push(options) + 100);
    const connect = () => Promise.resolve(statusClient({ port: 14941, listening: true }));
    await runScripted(['daemon', 'start', '--port', '0'], { startDaemon, connect });
    const { out } = await runScripted(['sandbox', 'start', '--vpcd-port', '35963', '--hardware-only', '--json'], {
      startDaemon,
      connect,
    });
    expect(started).toEqual([
      { instance: 'default', port: 0 },
      { instance: 'sandbox', sandbox: true, vpcdPort: 35963, hardwareOnly: true },
    ]);
    expect(JSON.parse(out)).toEqual({ instance: 'sandbox', pid: 102, port: 14941, listening: true });
  });

  it('warn at once when the port is taken, by whom, and that it is taken over when it is free', async () => {
    const loopback = { port: 14999, listening: false, problemCode: 'ERR_OOB_PORT_TAKEN', owner: 'python3 (4711)' };
    const ports = { startDaemon: () => Promise.resolve(1), connect: () => Promise.resolve(statusClient(loopback)) };
    const { code, out, error } = await runScripted(['--instance', 'ward', 'daemon', 'start'], ports);
    expect(code).toBe(0);
    expect(out).toBe('kortd is running (instance ward, process 1).\n');
    expect(error).toContain('Warning: Port 14999 of this computer is taken by python3 (4711)');
    expect(error).toContain('Close the other program, and kortd takes the port over as soon as it is free.');
    const inJson = await runScripted(['daemon', 'start', '--json'], ports);
    expect(JSON.parse(inJson.out)).toEqual({ instance: 'default', pid: 1, ...loopback });
    expect(inJson.error).toBe('');
  });

  it('refuse to put an ordinary daemon where the sandbox belongs', async () => {
    const { code, error } = await runScripted(['--instance', 'sandbox', 'daemon', 'start']);
    expect(code).toBe(2);
    expect(error).toContain('"kort sandbox start"');
  });

  it.each([
    [['sandbox', 'start'], true, 'ERR_SANDBOX_RUNNING', '"kort sandbox stop"'],
    [['sandbox', 'start', '--instance', 'ward'], true, 'ERR_SANDBOX_RUNNING', '"kort sandbox stop --instance ward"'],
    [['daemon', 'start'], false, 'ERR_IPC_DAEMON_RUNNING', '"kort daemon stop"'],
    [['sandbox', 'start', '--instance', 'w'], false, 'ERR_IPC_DAEMON_RUNNING', '"kort daemon stop --instance w"'],
  ])('%j on a running one says how to stop it (sandbox: %s)', async (argv, sandbox, code, next) => {
    const running = {
      startDaemon: () => Promise.reject(new MiddlewareError('ERR_IPC_DAEMON_RUNNING', 'planted')),
      connect: () => Promise.resolve(statusClient({ port: 1, listening: true }, sandbox)),
    };
    const { code: status, error } = await runScripted(argv, running);
    expect(status).toBe(5);
    expect(error).toContain(next);
    expect(error).toContain(`(${code})`);
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
    endpoints: { pins: [] },
    unbound: false,
    pinForEachDocument: false,
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

  it('check looks at the network when it is told to, at the pages that are named', async () => {
    const finding = { check: 'pages', ok: false, field: 'https://a.example/login', reason: 'pageReferrer' } as const;
    const client = scriptedClient({ 'rp.check': { findings: [finding] } });
    const ports = { connect: () => Promise.resolve(client) };
    const { code, out } = await runScripted(['rp', 'check', 'a', '--live', ...sv], ports);
    await runScripted(['rp', 'check', 'a', '--page', 'https://a.example/1', '--page', 'https://a.example/2'], ports);
    expect(code).toBe(2);
    expect(out).toContain('inloggningssidor: https://a.example/login hindrar webbläsaren');
    expect(client.calls.map(({ params }) => params)).toEqual([
      { clientId: 'a', live: { pages: [] } },
      { clientId: 'a', live: { pages: ['https://a.example/1', 'https://a.example/2'] } },
    ]);
  });

  it('check takes what looks like a path for a file', async () => {
    const read: string[] = [];
    const readJsonFile = (path: string) => {
      read.push(path);
      return Promise.reject(
        new MiddlewareError('ERR_CONFIG_INVALID', 'planted', { fields: { path, reason: 'fileIsFolder' } }),
      );
    };
    for (const path of ['.', '..', './clinic', '/etc', '../a', 'x.json']) {
      const { code, error } = await runScripted(['rp', 'check', path], { readJsonFile });
      expect({ code, error }).toEqual({
        code: 2,
        error: expect.stringContaining(`cannot be used: ${path} (it is a folder).`) as string,
      });
    }
    expect(read).toHaveLength(6);
  });

  it('check and add name the field in the language asked for, and add the file too', async () => {
    const where = { field: 'jwks.keys.0.d', reason: 'keyPrivate' };
    const client = scriptedClient({
      'rp.check': { findings: [{ check: 'keys', ok: false, detail: 'Unrecognized key: "d"', ...where }] },
      'rp.add': new MiddlewareError('ERR_CONFIG_INVALID', 'planted', {
        fields: { path: 'jwks.keys.0', detail: 'Unrecognized key: "d"', ...where },
      }),
    });
    const ports = { connect: () => Promise.resolve(client), readJsonFile: () => Promise.resolve({}) };
    const checked = await runScripted(['rp', 'check', 'c.json', ...sv], ports);
    expect(checked.out).toContain('nycklar: VARNING: jwks.keys.0.d är en PRIVAT nyckel');
    const added = await runScripted(['rp', 'add', 'c.json', ...sv], ports);
    expect(added.error).toContain('c.json (VARNING: jwks.keys.0.d är en PRIVAT nyckel');
    expect(checked.out + added.error).not.toContain('Unrecognized');
  });

  it('show answers in JSON what the daemon said', async () => {
    const connect = () => Promise.resolve(scriptedClient({ 'rp.show': details }));
    expect(JSON.parse((await runScripted(['rp', 'show', 'x', '--json'], { connect })).out)).toEqual(details);
    expect((await runScripted(['rp', 'show', 'x', ...sv], { connect })).out).toContain(
      'Utfärdare      alla som litas på här',
    );
  });

  it('show tells the addresses that are called and whom to believe there, where there are any', async () => {
    const endpoints = {
      request: 'https://login.clinic.example/request',
      response: 'https://login.clinic.example/response',
      keys: 'https://login.clinic.example/jwks',
      pins: ['AAAA', 'BBBB'],
    };
    const party = { ...details, keys: [], endpoints, unbound: true };
    const show = async (answer: typeof details | typeof party): Promise<string> =>
      (
        await runScripted(['rp', 'show', 'x', ...sv], {
          connect: () => Promise.resolve(scriptedClient({ 'rp.show': answer })),
        })
      ).out;
    const words = ['hämtas från', 'lämnas till', 'jwks', 'AAAA BBBB', 'skrivs av användaren   ja'];
    const [full, plain] = [await show(party), await show(details)];
    for (const word of words) expect(full.replaceAll(/ {2,}/g, '   ')).toContain(word);
    for (const word of words) expect(plain).not.toContain(word.slice(0, 12));
    expect(full).not.toContain('Kort ur');
  });
});

describe('kort sandbox list', () => {
  it('shows armed faults, and the PIN and PUK of new cards', async () => {
    const readers = [
      { name: 'A', card: 'tolvan', faults: [{ kind: 'remove', when: 'after', command: 3 }, { kind: 'real-card' }] },
      { name: 'B\u001b[2J' },
    ];
    const ports = {
      connect: () => Promise.resolve(scriptedClient({ 'sandbox.list': { readers, cards: [] } })),
      sandboxCodes: () => Promise.resolve({ pin: '123456', signaturePin: '654321', puk: '12345678' }),
    };
    const { out } = await runScripted(['sandbox', 'list'], ports);
    expect(out).toContain('A: tolvan (faults set: remove-after --command 3, real-card)');
    expect(out).toContain('B[2J: empty\n');
    expect(out).toContain('New cards have PIN 123456 and PUK 12345678, and PIN 654321 for signatures');
    const inJson = await runScripted(['sandbox', 'list', '--json'], ports);
    expect(JSON.parse(inJson.out)).toMatchObject({ pin: '123456', signaturePin: '654321', puk: '12345678' });
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
