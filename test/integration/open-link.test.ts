import { afterEach, describe, expect, it } from 'vitest';
import { launchMethods } from '../../src/app/launch-methods.js';
import type { ControlClient } from '../../src/client/client.js';
import { MiddlewareError } from '../../src/core/errors.js';
import type { CliPorts } from '../../src/cli/ports.js';
import type { DaemonStatus } from '../../src/control-contract/status.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { scriptedLaunches, type ScriptedLaunches } from '../support/scripted-launches.js';
import { runScripted, type CliResult } from '../support/scripted-cli.js';
import { scriptedTerminal } from '../support/scripted-terminal.js';

const ref = 'AbCdEfGhIjKlMnOpQrSt_-';
const link = `kort://start?client_id=urn:test:clinic&ref=${ref}`;
const redirectUri = 'https://login.test.example/return?response_code=0123456789abcdefghijkl';

let stage: ControlStage;
let launches: ScriptedLaunches;
let opened: string[];
let notices: string[];

const status = (surfaces: number): DaemonStatus => ({
  version: '1.2.3',
  pid: 1,
  instance: 'default',
  sandbox: false,
  startedAt: '2026-01-01T00:00:00Z',
  loopback: { port: 0, listening: false },
  surfaces,
  openOrders: 0,
});

async function begin(): Promise<void> {
  opened = [];
  notices = [];
  launches = scriptedLaunches();
  stage = await openControlStage({
    handlers: { ...launchMethods(launches), 'daemon.status': () => status(stage.prompts.count) },
  });
}

afterEach(() => stage.close());

function open(argv: readonly string[], ports: Partial<CliPorts> = {}): Promise<CliResult> {
  return runScripted(argv, {
    connect: () => stage.connect(),
    openBrowser: (url) => {
      opened.push(url);
      return Promise.resolve(true);
    },
    showNotice: ({ text }) => {
      notices.push(text);
      return Promise.resolve(true);
    },
    ...ports,
  });
}

/** Standard output is a terminal, standard input is not. */
function onTerminal(): { readonly ports: Partial<CliPorts>; readonly lines: () => readonly string[] } {
  let text = '';
  return {
    ports: { out: { write: (part) => void (text += part), isTerminal: true, columns: 100 } },
    lines: () => text.split('\n').filter((line) => line !== ''),
  };
}

describe('kort open', () => {
  it('begins the launch that the link names, and opens the address that the service gave', async () => {
    await begin();
    const result = open(['open', '--', link]);
    const launch = await launches.begun();
    expect(launch.start).toEqual({ clientId: 'urn:test:clinic', ref, launcher: 'scheme', origin: undefined });
    launch.to({ step: 'pending', hint: 'userSign' });
    launch.to({ step: 'done', redirectUri, failed: undefined });
    expect(await result).toMatchObject({ code: 0, error: '' });
    expect(opened).toEqual([redirectUri]);
    expect(notices).toEqual([]);
    expect(launch.cancelled).toBe(false);
  });

  it('tells on a terminal where the launch is and where the prompt stands', async () => {
    await begin();
    const surface = await stage.connect();
    await surface.request('prompt.attach', { kind: 'terminal' });
    const terminal = onTerminal();
    const result = open(['open', link], terminal.ports);
    const launch = await launches.begun();
    for (const hint of ['outstandingTransaction', 'noCard', 'userSign'] as const) {
      launch.to({ step: 'pending', hint });
      await launch.looked();
    }
    launch.to({ step: 'delivering' });
    await launch.looked();
    launch.to({ step: 'done', redirectUri, failed: undefined });
    expect((await result).code).toBe(0);
    expect(terminal.lines()).toEqual([
      'Fetching the request from Test Clinic ...',
      'Waiting for the question to be shown ...',
      'The question for the PIN is shown in "kort ui", in "kort prompt" or in a window on the desktop.',
      'Waiting for a card ...',
      'Waiting for the PIN ...',
      'Handing the answer to Test Clinic ...',
      "The card's answer has been handed to the service.",
      'Go on in the browser.',
    ]);
  });

  it('prints the outcome and opens nothing with --json', async () => {
    await begin();
    const result = open(['--json', 'open', link]);
    (await launches.begun()).to({ step: 'done', redirectUri, failed: undefined });
    const { code, out } = await result;
    expect([code, JSON.parse(out)]).toEqual([0, { status: 'complete', redirectUri }]);
    expect(opened).toEqual([]);
  });

  it('sends the browser on after a failure, too, and ends as the failure does', async () => {
    await begin();
    const result = open(['open', link]);
    (await launches.begun()).to({ step: 'done', redirectUri, failed: 'pinBlocked' });
    expect((await result).code).toBe(4);
    expect(opened).toEqual([redirectUri]);
  });

  it('shows a desktop notice where there is neither terminal nor page to say what went wrong', async () => {
    await begin();
    const result = open(['open', link]);
    (await launches.begun()).to({
      step: 'failed',
      hint: 'requestFailed',
      problem: { code: 'ERR_REMOTE_UNREACHABLE', fields: { host: 'login.test.example' } },
    });
    const { code, error } = await result;
    expect([code, notices.length]).toEqual([6, 1]);
    expect(error).toContain('login.test.example');
    expect(notices[0]).toContain('login.test.example');
  });

  it('says where nothing could ask for the PIN, which is no fault of the program', async () => {
    await begin();
    const result = open(['open', link]);
    (await launches.begun()).to({ step: 'done', redirectUri: undefined, failed: 'startFailed' });
    expect((await result).code).toBe(1);
    expect(notices).toEqual([
      'It did not go through. There is nowhere to ask for the PIN: run "kort prompt" in a terminal.',
    ]);
    const surface = await stage.connect();
    await surface.request('prompt.attach', { kind: 'terminal' });
    const fault = open(['open', link]);
    (await launches.begun()).to({ step: 'done', redirectUri: undefined, failed: 'startFailed' });
    expect((await fault).error).toContain('a fault in the program');
  });

  it('says why a launch failed with --json, and shows no notice', async () => {
    await begin();
    const result = open(['--json', 'open', link]);
    (await launches.begun()).to({ step: 'failed', hint: 'requestFailed', problem: undefined });
    const { code, out } = await result;
    expect([code, JSON.parse(out)]).toEqual([6, { status: 'failed', hintCode: 'requestFailed' }]);
    expect(notices).toEqual([]);
  });

  it('writes the address with its one-time code to a terminal only, when no browser opens', async () => {
    await begin();
    const openBrowser = (): Promise<boolean> => Promise.resolve(false);
    const terminal = onTerminal();
    const seen = open(['open', link], { ...terminal.ports, openBrowser });
    (await launches.begun()).to({ step: 'done', redirectUri, failed: undefined });
    expect((await seen).error).toContain(redirectUri);
    const unseen = open(['open', link], { openBrowser });
    (await launches.begun()).to({ step: 'done', redirectUri, failed: undefined });
    const { error, out } = await unseen;
    expect(error).toContain('could not be opened');
    expect(error + out + notices.join()).not.toContain('response_code');
  });

  it('refuses what is no link before anything is asked, in real argument arrays', async () => {
    await begin();
    const attacks = [
      ['open', '--', '--json'],
      ['open', '--', '--instance=evil'],
      ['open', '--', 'https://evil.example'],
      ['open', '--', `${link}#x`],
      ['open', '--', `${link} --json`],
      ['open', '--', `${link}\n--json`],
      ['open', link.replace('kort:', 'KORT:')],
    ];
    for (const argv of attacks) {
      const { code, error } = await open(argv, { connect: () => Promise.reject(new Error('connected')) });
      expect([code, error], argv.join(' ')).toEqual([2, expect.stringContaining('(ERR_OOB_LINK)') as string]);
    }
    expect(opened).toEqual([]);
  });

  it('refuses what a quotation mark in a link would add as arguments of its own', async () => {
    await begin();
    for (const more of ['--json', '--instance=evil', link, '']) {
      const { code, error } = await open(['open', '--', link, more], {
        connect: () => Promise.reject(new Error('connected')),
      });
      expect([code, error]).toEqual([2, expect.stringContaining('(ERR_USAGE)') as string]);
    }
  });

  it('says plainly that no daemon runs', async () => {
    await begin();
    const connect = (): Promise<ControlClient> =>
      Promise.reject(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'No daemon answers'));
    const { code, error } = await open(['open', '--', link], { connect });
    expect(code).toBe(7);
    expect(error).toContain('kort daemon start');
    expect(notices[0]).toContain('kort daemon start');
  });

  it('cancels the order when it is interrupted', async () => {
    await begin();
    const interruption = new AbortController();
    const result = open(['open', link], { interrupted: () => Promise.resolve(interruption.signal) });
    const launch = await launches.begun();
    interruption.abort(new MiddlewareError('ERR_ABORTED', 'Interrupted'));
    expect((await result).code).toBe(5);
    await expect.poll(() => launch.cancelled).toBe(true);
    expect(opened).toEqual([]);
  });

  it('makes this terminal the prompt where there is no other, before the launch begins', async () => {
    await begin();
    const terminal = scriptedTerminal();
    const result = open(['open', link], { hasTerminal: () => true, openTerminal: terminal.open });
    const launch = await launches.begun();
    expect([stage.prompts.count, terminal.isOpen]).toEqual([1, true]);
    launch.to({ step: 'done', redirectUri, failed: undefined });
    expect((await result).code).toBe(0);
    expect([terminal.isOpen, opened]).toEqual([false, [redirectUri]]);
  });

  it('gives the terminal back and cancels the order at Ctrl-C in that prompt', async () => {
    await begin();
    const terminal = scriptedTerminal();
    const result = open(['open', link], { hasTerminal: () => true, openTerminal: terminal.open });
    const launch = await launches.begun();
    terminal.type('\u0003');
    await result;
    expect(terminal.isOpen).toBe(false);
    await expect.poll(() => launch.cancelled).toBe(true);
    expect(opened).toEqual([]);
  });
});

describe('launch.open', () => {
  it('tells of each state once, to the connection that asked only', async () => {
    await begin();
    const [asking, other] = [await stage.connect(), await stage.connect()];
    const heard: unknown[] = [];
    asking.on('launch.progress', ({ step, hint }) => heard.push(hint ?? step));
    other.on('launch.progress', () => heard.push('other'));
    const outcome = asking.request('launch.open', { clientId: 'urn:test:clinic', ref });
    const launch = await launches.begun();
    launch.stir();
    await launch.looked();
    launch.to({ step: 'pending', hint: 'cardBusy' });
    await launch.looked();
    launch.to({ step: 'delivering' });
    await launch.looked();
    launch.to({ step: 'done', redirectUri: undefined, failed: undefined });
    expect(await outcome).toEqual({ status: 'complete' });
    expect(heard).toEqual(['fetching', 'cardBusy', 'delivering']);
  });

  it('cancels the launch when its connection ends, and no other one', async () => {
    await begin();
    const [leaving, staying] = [await stage.connect(), await stage.connect()];
    const [left, stayed] = [leaving, staying].map((client) =>
      client.request('launch.open', { clientId: 'urn:test:clinic', ref }).catch(() => 'ended'),
    );
    const [first, second] = [await launches.begun(), await launches.begun()];
    leaving.close();
    expect(await left).toBe('ended');
    await expect.poll(() => [first, second].filter(({ cancelled }) => cancelled).length).toBe(1);
    for (const launch of [first, second]) launch.to({ step: 'failed', hint: 'cancelled', problem: undefined });
    expect(await stayed).toEqual({ status: 'failed', hintCode: 'cancelled' });
  });

  it('answers with the refusal when no launch begins', async () => {
    await begin();
    launches.refuse(new MiddlewareError('ERR_OOB_UNAUTHORIZED', 'Unknown relying party'));
    const { code, error } = await open(['open', link]);
    expect([code, error]).toEqual([5, expect.stringContaining('ERR_OOB_UNAUTHORIZED') as string]);
  });

  it.each(['short', 'a'.repeat(129), `${ref}=`, `${ref}\n`])('does not take the ref %j', async (bad) => {
    await begin();
    const client = await stage.connect();
    await expect(client.request('launch.open', { clientId: 'urn:test:clinic', ref: bad })).rejects.toMatchObject({
      code: 'ERR_IPC_INVALID_PARAMETERS',
    });
  });
});
