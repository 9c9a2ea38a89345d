import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { runKort } from '../support/run-doctor.js';

const instance = 'doctor-report';
const report = 'kort-report.tar.gz';

/** What must not be in a report: nobody's, but of the shape of somebody's. */
const planted = {
  personalNumbers: ['191212121212', '19121212-1212', '121212-1212', '121212+1212', '197001612382', '700161-2382'],
  hsaIds: ['TSTNMT2321000156-10NG', 'SE2321000016-1003'],
  pins: ['4711', '135790'],
  puks: ['86421357'],
  names: ['Tolvan', 'Tolvansson', 'Elliot', 'Exempelsson'],
  serials: ['9752278020123456789'],
  tokens: ['eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxOTEyMTIxMjEyMTIifQ.c2lnbmF0dXI', 'AbCdEfGhIjKlMnOpQrSt_-'],
  codes: ['hemligt4711'],
} as const;
const everything = Object.values(planted).flat();
const person = 'Elliot Exempelsson 191212121212';

/** How each of them is written where it is planted. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => encodeURIComponent(text).replaceAll('1', '%31'),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text, 'utf16le').toString('base64'),
  (text) => Buffer.from(text).toString('hex'),
  (text) => Array.from(text).join('\0'),
  (text) => text.replaceAll('1', String.raw`\u0031`).replaceAll('T', String.raw`\u0054`),
];

/** Lines as the daemon writes them, as Node does when it dies, and as anybody might. */
function logLines(): string {
  const lines = everything.flatMap((secret) =>
    spellings.flatMap((spell) => {
      const text = spell(secret);
      return [
        JSON.stringify({ level: 30, time: 1_790_000_000_000, msg: text }),
        JSON.stringify({
          level: 40,
          time: 1_790_000_000_000,
          reader: text,
          pin: text,
          [text]: text,
          msg: 'Daemon is up',
        }),
        JSON.stringify({
          level: 50,
          time: 1_790_000_000_000,
          error: {
            type: text,
            message: text,
            stack: `Error: ${text}\n    at ${text} (/home/${text}/src/core/x.js:1:2)`,
          },
          msg: 'Call failed',
        }),
        `Error: ${text}`,
        `    at run (file:///home/${text}/dist/src/core/secret.js:12:3)`,
        `    at node_modules/${text}/x.js:1:2`,
        text,
      ];
    }),
  );
  const numbers = [191212121212, 4711, 86421357].map((value) =>
    JSON.stringify({
      level: 30,
      time: 1_790_000_000_000,
      value,
      port: value === 4711 ? 200 : value,
      pin: value,
      status: value === 4711 ? 200 : value,
      msg: 'Daemon is up',
    }),
  );
  return [...lines, ...numbers, `{"level":30,"msg":"half a ${person}`].join('\n');
}

describe('kort doctor --report', () => {
  const home = new PrivateHome({ USER: 'elliot.exempelsson', LOGNAME: 'elliot.exempelsson' });
  const unpacked = join(home.folder, 'unpacked', 'kort-report');
  let daemon: RunningDaemon;
  let ended: Awaited<ReturnType<typeof runKort>>;

  const env = (): NodeJS.ProcessEnv => ({
    ...home.env,
    HOME: join(home.folder, 'home', 'elliot.exempelsson'),
    LANG: 'sv_SE.UTF-8',
    TERM: '191212121212',
    TZ: 'Europe/Elliot',
    DISPLAY: ':elliot-exempelsson',
    XDG_CURRENT_DESKTOP: 'Exempelsson',
    XDG_SESSION_TYPE: '19121212-1212',
    SSH_CONNECTION: '10.20.30.40 50000 10.20.30.41 22',
    https_proxy: 'http://elliot:hemligt4711@127.0.0.1:9/191212121212',
    NO_PROXY: 'elliot.exempelsson.example,127.0.0.1',
    NODE_OPTIONS: '--title=191212121212',
    KORT_LOG: 'Exempelsson',
    KORT_LANG: 'en',
    SSLKEYLOGFILE: `/home/elliot.exempelsson/191212121212`,
    SECRET_TOKEN: planted.tokens[0],
  });
  const kort = async (...args: readonly string[]) =>
    await runKort(['--instance', instance, ...args], env(), home.folder);

  function plantSettings(): void {
    const config = join(home.folder, 'config', 'kort', instance);
    const folder = join(config, 'relying-parties.d');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const entry = {
      client_id: 'urn:exempelsson:191212121212',
      display_name: { sv: person, en: person },
      origins: ['https://tolvan.tolvansson.example'],
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '191212121212', alg: 'ES256' }] },
      acr_values: ['http://id.sambi.se/loa/loa3'],
      launchers: ['page'],
      purposes: ['auth'],
      removal_endpoint: 'https://127.0.0.1:9/removed?person=191212121212&pin=4711',
      ca_file: join(home.folder, 'Elliot Exempelsson 19121212-1212.pem'),
    };
    writeFileSync(join(folder, '191212121212.json'), JSON.stringify(entry));
    writeFileSync(join(folder, 'Elliot Exempelsson.json'), JSON.stringify({ [person]: person, pin: '4711' }));
    writeFileSync(join(folder, 'broken.json'), `{"Elliot": 19121212`);
    writeFileSync(
      join(config, 'choice.json'),
      JSON.stringify({ rules: [{ organization: person, 'TSTNMT2321000156-10NG': 1 }] }),
    );
    writeFileSync(join(config, 'TSTNMT2321000156-10NG.json'), JSON.stringify([person]));
    symlinkSync('/etc/passwd', join(config, 'Tolvan.json'));
  }

  beforeAll(async () => {
    mkdirSync(join(home.folder, 'home', 'elliot.exempelsson'), { recursive: true });
    plantSettings();
    daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0']);
    const { client } = daemon;
    await client.request('sandbox.addReader', { name: `Exempelssons Reader ${planted.personalNumbers[1]} PIN 4711` });
    await client.request('sandbox.insert', { card: 'tolvan' });
    await vi.waitFor(
      async () => {
        const { readers } = await client.request('status.get', {});
        if (!readers.some(({ token }) => token !== undefined)) throw new Error('The card is not read yet');
      },
      { timeout: 30_000 },
    );
    appendFileSync(join(home.folder, 'state', 'kort', instance, 'kortd.log'), `${logLines()}\n`);
    ended = await kort('doctor', '--report', report);
    mkdirSync(join(home.folder, 'unpacked'));
    execFileSync('tar', ['-xzf', join(home.folder, report), '-C', join(home.folder, 'unpacked')]);
  });
  afterAll(async () => {
    await daemon.stop();
    home.remove();
  });

  const read = (name: string): string => readFileSync(join(unpacked, name), 'utf8');
  const all = (): string => readdirSync(unpacked).map(read).join('\n');

  it('writes an archive that tar unpacks and only its owner can read, and says what is in it', () => {
    expect(ended.code).toBe(11);
    expect(statSync(join(home.folder, report)).mode & 0o777).toBe(0o600);
    const names = ['README.txt', 'findings.txt', 'findings.json', 'versions.json', 'system.json', 'environment.json'];
    const more = ['status.json', 'history.json', 'settings.json', 'kortd.log'];
    expect(readdirSync(unpacked).sort()).toEqual([...names, ...more].sort());
    for (const name of [...names, ...more]) expect(ended.out).toContain(name);
    expect(ended.out).toContain('tar -xzf');
  });

  it('holds what support asks for', () => {
    const status = JSON.parse(read('status.json')) as { readers: { name: string; token?: { product: string } }[] };
    expect(status.readers.map(({ token }) => token?.product)).toContain('IDPrime 940');
    expect(JSON.parse(read('versions.json'))).toMatchObject({ node: process.versions.node });
    expect(JSON.parse(read('environment.json'))).toMatchObject({
      LANG: 'sv_SE.UTF-8',
      https_proxy: '(set)',
      TERM: '(set)',
    });
    expect(JSON.parse(read('history.json'))).toMatchObject({ counts: { inserted: 2 }, verdict: { intact: true } });
    expect(read('settings.json')).toContain('"relying-parties.d/#.json"');
    expect(read('settings.json')).toContain('removal_endpoint');
    expect(read('kortd.log')).toContain('"msg":"Daemon is up"');
    expect(read('findings.txt')).toContain('issuers.ca-file');
    expect(read('findings.txt')).toContain('Gör så här');
    expect(read('findings.txt')).toContain('What to do');
    expect(read('README.txt')).toContain('personnummer');
  });

  it('holds no planted number, name, code or token, in no spelling', () => {
    const text = all();
    for (const secret of everything) {
      for (const spell of spellings) {
        const written = spell(secret);
        expect(text.toLowerCase().includes(written.toLowerCase()), `${secret} as ${written}`).toBe(false);
      }
    }
    const digits = text.replaceAll(/\D+/g, ' ');
    for (const number of [...planted.personalNumbers, ...planted.puks, ...planted.serials]) {
      expect(digits).not.toContain(number.replaceAll(/\D/g, ''));
    }
    expect(text.replaceAll(/[^a-z]/gi, '')).not.toMatch(/tolvan|elliot|exempelsson/i);
  });

  it('holds nothing of the card, the user and the machine', async () => {
    const { certificates } = await daemon.client.request('certificate.list', {});
    const { readers } = await daemon.client.request('status.get', {});
    const tokens = readers.flatMap(({ token }) => (token === undefined ? [] : [token.serial, token.label]));
    const text = all();
    for (const { holder, personId = '', cardNumber = '', subject, fingerprint, serialNumber } of certificates) {
      for (const secret of [holder, personId, cardNumber, subject, fingerprint, serialNumber, ...tokens]) {
        if (secret !== '') expect(text).not.toContain(secret);
      }
    }
    for (const secret of [home.folder, 'elliot', '10.20.30', planted.codes[0]]) expect(text).not.toContain(secret);
  });

  it('overwrites nothing unless it is told to', async () => {
    const before = readFileSync(join(home.folder, report));
    const refused = await kort('doctor', '--check', 'port', '--report', report);
    expect(refused.code).toBe(2);
    expect(refused.error).toContain('--yes');
    expect(readFileSync(join(home.folder, report))).toEqual(before);
    expect((await kort('doctor', '--check', 'port', '--report', report, '--yes')).code).toBe(0);
    expect(readFileSync(join(home.folder, report))).not.toEqual(before);
    expect((await kort('doctor', '--check', 'port', '--report', join('nowhere', report))).code).toBe(2);
  });

  it('is written without a daemon too', async () => {
    const { code, error } = await runKort(
      ['--instance', 'doctor-none', 'doctor', '--check', 'history', '--report', 'other.tar.gz'],
      env(),
      home.folder,
    );
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const list = execFileSync('tar', ['-tzf', join(home.folder, 'other.tar.gz')], { encoding: 'utf8' });
    expect(list.split('\n')).toContain('kort-report/status.json');
  });
});
