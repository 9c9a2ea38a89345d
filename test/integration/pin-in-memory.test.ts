import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../src/client/client.js';
import { trustPolicyOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { runWithOwnProc } from '../support/own-proc.js';
import { filesWith, formsOf, startPlantedStage, type PlantedStage } from '../support/planted-code.js';
import { scanCore } from '../support/scan-core.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';
import { secretOf } from '../support/token-bench.js';
import { readerNames } from '../support/virtual-readers.js';

/*
 * A PIN is planted, typed on a real terminal into `kort prompt`, and used by `kortd` with a card in this process. Then
 * everything that the two programs have is searched for it: memory, files, logs, arguments.
 */
const pin = '83917462';
const instance = 'planted';
const tmux = (home: PrivateHome, ...args: string[]): string =>
  execFileSync('tmux', ['-S', join(home.folder, 'tmux'), ...args], { encoding: 'utf8', env: home.env });

const home = new PrivateHome();
let stage: PlantedStage;

beforeAll(async () => {
  stage = await startPlantedStage(home, instance, pin);
});

afterAll(() => stage.close());

const screenUntil = async (pattern: RegExp): Promise<void> => {
  await expect.poll(() => tmux(home, 'capture-pane', '-p')).toMatch(pattern);
};

it('a typed PIN is in no memory, file, log or argument of kort and kortd after the login', async () => {
  const { daemon, ca, card } = stage;
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
  await expect.poll(async () => (await daemon.client.request('daemon.status', {})).surfaces).toBe(1);
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
  expect(filesWith(home.folder, pin)).toEqual([]);
  expect(tmux(home, 'capture-pane', '-p', '-S', '-')).not.toContain(pin);
  tmux(home, 'kill-server');
  expect(card.attemptsRemaining()).toBe(5);
});

const [newPin, puk] = ['52609413', '87654321'];
const codeForms = formsOf(pin, newPin, puk);
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
    if (index === codes.length - 1) stage.readers.hardware.armFault(readerNames[0], delay);
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
    ['unlock --puk', [puk, pin, pin], /The PIN is unlocked/],
  ] as const) {
    const terminal = openTmux(`${process.execPath} ${kortProgram} --instance ${instance} ${command}`, home.env);
    const kort = await typeInto(terminal, codes);
    expect(scanFor(kort, 'kort', 'PIN for authentication'), command).toEqual([]);
    stage.readers.hardware.clearFaults(readerNames[0]);
    const screen = await terminal.until(done);
    for (const code of codes) expect(screen).not.toContain(code);
    terminal.close();
  }
  expect(scanFor(stage.daemon.process.pid ?? 0, 'kortd', 'Tolvan Tolvansson')).toEqual([]);
  for (const [form, bytes] of Object.entries(codeForms)) expect(filesWith(home.folder, bytes), form).toEqual([]);
});

it('codes that wait in kortd are gone from its memory when the operation is cancelled or loses its client', async () => {
  const { daemon, card } = stage;
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
});

it('scanCore() finds a PIN that a process does keep', async () => {
  const keeper = spawn(process.execPath, [
    '-e',
    `const kept = Buffer.from('${pin}'); console.log(kept.length); setInterval(() => kept, 1e6)`,
  ]);
  await once(keeper.stdout, 'data');
  const patterns = { bytes: Buffer.from(pin, 'latin1') };
  expect(scanCore(keeper.pid ?? 0, join(home.folder, 'core-keeper'), patterns)).toEqual(['bytes']);
  keeper.kill('SIGKILL');
});
