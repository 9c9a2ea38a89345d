import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/client/client.js';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, trustPolicyOf, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { trustSandboxCa } from '../support/login-bench.js';
import { runWithOwnProc } from '../support/own-proc.js';
import { scanCore } from '../support/scan-core.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';
import { secretOf } from '../support/token-bench.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from '../support/virtual-readers.js';

/*
 * A PIN is planted, typed on a real terminal into `kort prompt`, and used by `kortd` with a card in this process. Then
 * everything that the two programs have is searched for it: memory, files, logs, arguments.
 */
const pin = '83917462';
const instance = 'planted';
const tmux = (home: PrivateHome, ...args: string[]): string =>
  execFileSync('tmux', ['-S', join(home.folder, 'tmux'), ...args], { encoding: 'utf8', env: home.env });

const home = new PrivateHome();
let readers: VirtualReaders;
let ca: SandboxCa;
let card: PersonCard;
let daemon: RunningDaemon;

beforeAll(async () => {
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin });
  trustSandboxCa(home, instance, ca);
  daemon = await startDaemon(home, instance, ['--port', '0']);
  readers.hardware.insert(readerNames[0], card.name);
});

afterAll(async () => {
  await daemon.stop();
  await readers.service.close();
  home.remove();
});

const screenUntil = async (pattern: RegExp): Promise<void> => {
  await expect.poll(() => tmux(home, 'capture-pane', '-p'), { timeout: 15_000 }).toMatch(pattern);
};

/** Contents of every regular file below a folder, by path. */
function filesBelow(folder: string): [string, Buffer][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path)]);
}

it('a typed PIN is in no memory, file, log or argument of kort and kortd after the login', async () => {
  const party = createSandboxRelyingParty();
  await daemon.client.request('rp.add', { entry: party.entry });
  tmux(
    home,
    'new-session',
    '-d',
    '-x',
    '100',
    '-y',
    '30',
    `"${process.execPath}" "${kortProgram}" --instance ${instance} prompt`,
  );
  await expect
    .poll(async () => (await daemon.client.request('daemon.status', {})).surfaces, { timeout: 15_000 })
    .toBe(1);
  const { loopback } = await daemon.client.request('daemon.status', {});
  const login = party.login({ port: loopback.port, level: 3, trust: trustPolicyOf(ca) });
  await screenUntil(/^PIN: *$/m);
  await new Promise((resolve) => setTimeout(resolve, 600));
  tmux(home, 'send-keys', pin);
  await screenUntil(/[•*●]{8}/);
  tmux(home, 'send-keys', 'Enter');
  expect((await login).login.subject).toBe('TSTNMT2321000156-1024');

  const prompt = Number(tmux(home, 'list-panes', '-F', '#{pane_pid}').trim());
  const patterns = {
    bytes: Buffer.from(pin, 'latin1'),
    'UTF-16': Buffer.from(pin, 'utf16le'),
    // Shows that the search can find: what both programs do have in memory.
    control: Buffer.from('urn:kort:sandbox:clinic', 'latin1'),
    'control holder': Buffer.from('Tolvan Tolvansson', 'latin1'),
  };
  for (const [name, pid] of [
    ['kortd', daemon.process.pid ?? 0],
    ['kort', prompt],
  ] as const) {
    const found = scanCore(pid, join(home.folder, `core-${name}`), patterns);
    expect(found, name).toContain('control holder');
    expect(found, name).not.toContain('bytes');
    expect(found, name).not.toContain('UTF-16');
    const told = runWithOwnProc('cat', [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
    expect(told.includes('kort')).toBe(true);
    expect(told.includes(pin)).toBe(false);
  }
  for (const [path, content] of filesBelow(home.folder)) expect(content.includes(pin), path).toBe(false);
  expect(tmux(home, 'capture-pane', '-p', '-S', '-')).not.toContain(pin);
  tmux(home, 'kill-server');
  expect(card.attemptsRemaining()).toBe(5);
}, 120_000);

/** A code that is planted, in the forms in which a program could keep it. */
const formsOf = (code: string) => ({
  [code]: Buffer.from(code, 'latin1'),
  [`${code} in UTF-16`]: Buffer.from(code, 'utf16le'),
});
const [newPin, puk] = ['52609413', '87654321'];
const codeForms = { ...formsOf(pin), ...formsOf(newPin), ...formsOf(puk) };
const scanFor = (pid: number, name: string, control: string): readonly string[] => {
  const patterns = { ...codeForms, control: Buffer.from(control, 'latin1') };
  const found = scanCore(pid, join(home.folder, `core-${name}`), patterns);
  expect(found, name).toContain('control');
  return found.filter((form) => form !== 'control');
};

/** Types codes into a command; gives its process id while kortd works with them. */
async function typeInto(terminal: TmuxTerminal, codes: readonly [string, string, string]): Promise<number> {
  const questions = [/(?:Current PIN|^PUK): *$/m, /New PIN \([^)]*\): *$/m, /once more: *$/m];
  for (const [index, code] of codes.entries()) {
    await terminal.until(questions[index] ?? /never/);
    // So slow that kort can be looked at while kortd still works with the codes.
    const delay = { kind: 'delay', perCommandMs: 2500, perByteMs: 0, perSignatureMs: 0 } as const;
    if (index === codes.length - 1) readers.hardware.armFault(readerNames[0], delay);
    terminal.keys(code, 'Enter');
  }
  await terminal.until(/The card is working/);
  const children = runWithOwnProc('cat', [`/proc/${terminal.pid}/task/${terminal.pid}/children`]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return Number(children.toString());
}

it('codes of a change and an unblocking are in no memory, file, log or screen once they were sent', async () => {
  for (const [command, codes, done] of [
    ['pin change', [pin, newPin, newPin], /The PIN is changed/],
    ['unlock --puk', [puk, pin, pin], /The PIN is unblocked/],
  ] as const) {
    const terminal = openTmux(`${process.execPath} ${kortProgram} --instance ${instance} ${command}`, home.env);
    const kort = await typeInto(terminal, codes);
    expect(scanFor(kort, 'kort', 'PIN for authentication'), command).toEqual([]);
    readers.hardware.clearFaults(readerNames[0]);
    const screen = await terminal.until(done);
    for (const code of codes) expect(screen).not.toContain(code);
    terminal.close();
  }
  expect(scanFor(daemon.process.pid ?? 0, 'kortd', 'Tolvan Tolvansson')).toEqual([]);
  for (const [path, content] of filesBelow(home.folder)) {
    for (const [form, bytes] of Object.entries(codeForms)) {
      expect(content.includes(bytes), `${form} in ${path}`).toBe(false);
    }
  }
}, 120_000);

it('codes that wait in kortd are gone from its memory when the operation is cancelled or loses its client', async () => {
  const begin = async (code: string) => {
    const client = await connect({ socketPath: daemon.socketPath });
    const { operationId, tickets } = await client.request('pin.begin', { operation: 'change' });
    await client.sendPin(tickets.current ?? '', secretOf(code), { lastTryConsent: false });
    await client.request('daemon.status', {});
    return { client, operationId };
  };
  const cancelled = await begin(newPin);
  const lost = await begin(puk);
  const kortd = daemon.process.pid ?? 0;
  expect(scanFor(kortd, 'kortd', 'Tolvan Tolvansson')).toEqual([newPin, puk].toSorted());
  await cancelled.client.request('pin.cancel', { operationId: cancelled.operationId });
  lost.client.close();
  await lost.client.closed;
  await daemon.client.request('daemon.status', {});
  expect(scanFor(kortd, 'kortd', 'Tolvan Tolvansson')).toEqual([]);
  cancelled.client.close();
  expect(card.attemptsRemaining()).toBe(5);
}, 120_000);

it('scanCore() finds a PIN that a process does keep', async () => {
  const keeper = spawn(process.execPath, [
    '-e',
    `const kept = Buffer.from('${pin}'); console.log(kept.length); setInterval(() => kept, 1e6)`,
  ]);
  await once(keeper.stdout, 'data');
  const patterns = { bytes: Buffer.from(pin, 'latin1') };
  expect(scanCore(keeper.pid ?? 0, join(home.folder, 'core-keeper'), patterns)).toEqual(['bytes']);
  keeper.kill('SIGKILL');
}, 60_000);
