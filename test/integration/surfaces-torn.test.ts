import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ControlClient } from '../../src/client/client.js';
import type { WirePrompt } from '../../src/control-contract/prompts.js';
import { trustPolicyOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty, type SandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { runWithOwnProc } from '../support/own-proc.js';
import { openPinentryTerminal, writeSettings } from '../support/pinentry-terminal.js';
import { filesWith, formsOf, startPlantedStage, type PlantedStage } from '../support/planted-code.js';
import { scanCore } from '../support/scan-core.js';
import { commandsWithCodes } from '../support/spent-codes.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';
import { secretOf } from '../support/token-bench.js';

/*
 * Surfaces that end, hang and lie in the middle of a PIN. The card is in this process and counts every VERIFY: none that
 * the user did not ask for. What was typed is searched for in the end.
 */
const pin = '83917462';
/** Typed where it must not count; right, so that a VERIFY with it would succeed unseen. */
const stale = pin;
const instance = 'planted';
const pinentry = '/usr/bin/pinentry-curses';
/** Longer than an answer must not come, in a window and elsewhere. */
const afterGlanceMs = 900;

const home = new PrivateHome();
let stage: PlantedStage;
let daemon: RunningDaemon;
let party: SandboxRelyingParty;
let terminals: TmuxTerminal[] = [];
let clients: ControlClient[] = [];

beforeAll(async () => {
  stage = await startPlantedStage(home, instance, pin);
  ({ daemon } = stage);
  party = createSandboxRelyingParty();
  await daemon.client.request('rp.add', { entry: party.entry });
}, 60_000);
afterAll(() => stage.close());
beforeEach(() => {
  stage.card.trace.length = 0;
});
afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  for (const client of clients) client.close();
  terminals = [];
  clients = [];
  writeSettings(home, { pinentry: 'off' });
  // The last one has killed its daemon.
  await expect.poll(() => surfaces().catch(() => 0)).toBe(0);
});

const surfaces = async (): Promise<number> => (await daemon.client.request('daemon.status', {})).surfaces;
const verifies = (): number => commandsWithCodes(stage.card.trace).length;

/** How a login ends: as whom, or with which hint. */
async function login(): Promise<string> {
  const { port } = (await daemon.client.request('daemon.status', {})).loopback;
  try {
    return (await party.login({ port, level: 3, trust: trustPolicyOf(stage.ca) })).login.subject;
  } catch (error) {
    return String((error as { fields?: { hintCode?: unknown } }).fields?.hintCode ?? error);
  }
}
const tolvan = 'TSTNMT2321000156-1024';

async function openWindows(): Promise<TmuxTerminal> {
  const terminal = await openPinentryTerminal(home, pinentry, 'en');
  terminals.push(terminal);
  return terminal;
}

/** `kort prompt` on a terminal, attached. */
async function openPrompt(): Promise<TmuxTerminal> {
  const before = await surfaces();
  const command = `${process.execPath} ${kortProgram} --lang en --instance ${instance} prompt`;
  const terminal = openTmux(command, home.env, { columns: 80, rows: 24 });
  terminals.push(terminal);
  await expect.poll(surfaces).toBe(before + 1);
  return terminal;
}

/** A program of the user's that attaches as a terminal, and what it is shown. */
async function openProgram(): Promise<{ readonly client: ControlClient; readonly shown: WirePrompt[] }> {
  const client = await connect({ socketPath: daemon.socketPath });
  clients.push(client);
  const shown: WirePrompt[] = [];
  client.on('prompt.show', (prompt) => void shown.push(prompt));
  await client.request('prompt.attach', { kind: 'terminal' });
  return { client, shown };
}

async function typeHalf(terminal: TmuxTerminal, dots: RegExp): Promise<void> {
  await terminal.until(/PIN: *_*/);
  await delay(afterGlanceMs);
  terminal.keys(pin.slice(0, 4));
  await terminal.until(dots);
}
const stars = /PIN: \*{4}_/;
const bullets = /PIN: •{4}$/m;

const windowOf = (of: RunningDaemon): number =>
  Number(runWithOwnProc('pgrep', ['-P', String(of.process.pid), '-x', 'pinentry-curses']).toString());
const isThere = (pid: number): boolean =>
  !/^(Z.*)?$/.test(
    runWithOwnProc('sh', ['-c', `ps -o stat= -p ${pid} || true`])
      .toString()
      .trim(),
  );

describe('a surface that ends in the middle of a PIN', { timeout: 60_000 }, () => {
  it('and is a pinentry that is killed fails the order, which costs nothing', async () => {
    const windows = await openWindows();
    const outcome = login();
    await typeHalf(windows, stars);
    process.kill(windowOf(daemon), 'SIGKILL');
    expect(await outcome).toBe('startFailed');
    expect(verifies()).toBe(0);
    expect(daemon.log()).toContain('ERR_PIN_DIALOGUE');
  });

  it('and is a pinentry that is killed leaves the question to a terminal, empty', async () => {
    const windows = await openWindows();
    const prompt = await openPrompt();
    const outcome = login();
    await typeHalf(windows, stars);
    process.kill(windowOf(daemon), 'SIGKILL');
    await prompt.until(/PIN: *$/m);
    await delay(afterGlanceMs);
    // The rest of what was typed there is no PIN here.
    prompt.keys(pin, 'Enter');
    expect(await outcome).toBe(tolvan);
    expect(verifies()).toBe(1);
  });

  it('and is the terminal of a pinentry leaves the question to another', async () => {
    const windows = await openWindows();
    const prompt = await openPrompt();
    const outcome = login();
    await typeHalf(windows, stars);
    windows.close();
    terminals = [prompt];
    await prompt.until(/PIN: *$/m);
    await delay(afterGlanceMs);
    prompt.keys('Escape');
    expect(await outcome).toBe('userCancel');
    expect(verifies()).toBe(0);
  });

  it('and is the only terminal cancels the order', async () => {
    const prompt = await openPrompt();
    const outcome = login();
    await typeHalf(prompt, bullets);
    prompt.close();
    terminals = [];
    expect(await outcome).toBe('userCancel');
    expect(verifies()).toBe(0);
  });
});

describe('a surface that hangs', { timeout: 60_000 }, () => {
  it('and is a pinentry loses the question to a terminal that takes it, and is ended', async () => {
    const windows = await openWindows();
    const prompt = await openPrompt();
    const outcome = login();
    await typeHalf(windows, stars);
    const pid = windowOf(daemon);
    process.kill(pid, 'SIGSTOP');
    await prompt.until(/A question is open in a window on the desktop/);
    prompt.keys('t');
    await prompt.until(/PIN: *$/m);
    await expect.poll(() => isThere(pid)).toBe(false);
    await delay(afterGlanceMs);
    prompt.keys(pin, 'Enter');
    expect(await outcome).toBe(tolvan);
    expect(verifies()).toBe(1);
  });

  it('and is a terminal gives nothing to the card of what it was told, when it goes on too late', async () => {
    const other = await openPrompt();
    const hanging = await openPrompt();
    const outcome = login();
    await typeHalf(hanging, bullets);
    // tmux itself sets a shell going again that was stopped, but not what the shell runs.
    const children = runWithOwnProc('cat', [`/proc/${hanging.pid}/task/${hanging.pid}/children`]);
    const pid = Number(children.toString());
    process.kill(pid, 'SIGSTOP');
    hanging.keys(stale.slice(4), 'Enter');
    await other.until(/A question is open in another terminal/);
    other.keys('t');
    await other.until(/PIN: *$/m);
    process.kill(pid, 'SIGCONT');
    await hanging.until(/A question is open in another terminal/);
    await delay(afterGlanceMs);
    expect(verifies()).toBe(0);
    other.keys('Escape');
    expect(await outcome).toBe('userCancel');
    expect(verifies()).toBe(0);
    expect(hanging.screen()).not.toContain('•');
  });
});

describe('a surface that lies', { timeout: 60_000 }, () => {
  it('and floods the daemon with answers that count for nothing keeps no other from being answered', async () => {
    const prompt = await openPrompt();
    const { client, shown } = await openProgram();
    const outcome = login();
    await expect.poll(() => shown.length).toBeGreaterThan(0);
    await delay(afterGlanceMs);
    const over = new AbortController();
    const flood = (async () => {
      while (!over.signal.aborted) {
        const answers = Array.from({ length: 20 }, async (_, index) => {
          const ticket = index.toString(16).padStart(32, '0');
          await client.sendPin(ticket, secretOf(stale), { lastTryConsent: true });
          return await client.request('prompt.acknowledge', { ticket });
        });
        expect(await Promise.all(answers)).not.toContainEqual({ accepted: true });
      }
    })();
    await prompt.until(/A question is open in another terminal/);
    prompt.keys('t');
    await prompt.until(/PIN: *$/m);
    await delay(afterGlanceMs);
    expect(verifies()).toBe(0);
    prompt.keys(pin, 'Enter');
    expect(await outcome).toBe(tolvan);
    over.abort();
    await flood;
    expect(verifies()).toBe(1);
  });

  it('and answers twice, or with what belonged to another order, is heard once', async () => {
    const { client, shown } = await openProgram();
    const first = login();
    await expect.poll(() => shown.length).toBeGreaterThan(0);
    const before = shown[0]?.ticket ?? '';
    await delay(afterGlanceMs);
    for (let times = 0; times < 3; times += 1) {
      await client.sendPin(before, secretOf(pin), { lastTryConsent: false });
    }
    expect(await first).toBe(tolvan);
    expect(verifies()).toBe(1);
    const asked = shown.length;
    const second = login();
    await expect.poll(() => shown.length).toBeGreaterThan(asked);
    await delay(afterGlanceMs);
    await client.sendPin(before, secretOf(stale), { lastTryConsent: false });
    expect(await client.request('prompt.acknowledge', { ticket: before })).toEqual({ accepted: false });
    const { promptId = '' } = shown.at(-1) ?? {};
    expect(await client.request('prompt.cancel', { promptId: shown[0]?.promptId ?? '' })).toEqual({ accepted: false });
    expect(await client.request('prompt.cancel', { promptId })).toEqual({ accepted: true });
    expect(await second).toBe('userCancel');
    expect(verifies()).toBe(1);
  });
});

it('none of the PINs is in a file, a log, an argument or the memory of kortd', () => {
  expect(filesWith(home.folder, pin)).toEqual([]);
  const pid = daemon.process.pid ?? 0;
  const told = runWithOwnProc('cat', [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
  expect(told.includes('kort')).toBe(true);
  expect(told.includes(pin)).toBe(false);
  const control = Buffer.from('Tolvan Tolvansson', 'latin1');
  expect(scanCore(pid, `${home.folder}/core`, { ...formsOf(pin), control })).toEqual(['control']);
});

it('a daemon that is killed takes its window with it; the next one asks anew', { timeout: 60_000 }, async () => {
  const windows = await openWindows();
  const outcome = login();
  await typeHalf(windows, stars);
  const pid = windowOf(daemon);
  daemon.process.kill('SIGKILL');
  await expect.poll(() => isThere(pid)).toBe(false);
  expect(windows.screen()).not.toMatch(/PIN|\*/);
  expect(await outcome).not.toBe(tolvan);
  expect(verifies()).toBe(0);
  daemon = await startDaemon(home, instance, ['--port', '0']);
  try {
    const again = login();
    await windows.until(/PIN: _{8}/);
    await delay(afterGlanceMs);
    windows.keys(pin, 'Enter');
    expect(await again).toBe(tolvan);
    expect(verifies()).toBe(1);
  } finally {
    await daemon.stop();
    // What is left is the one that was killed.
    ({ daemon } = stage);
  }
});
