import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ControlClient } from '../../src/client/client.js';
import { encodeFrame, frameKinds } from '../../src/control-contract/frames.js';
import type { BegunPinOperation } from '../../src/control-contract/pins.js';
import { systemClock } from '../../src/core/ports.js';
import type { PinCodeName, PinOperationName, PinOutcome } from '../../src/model/pin-care.js';
import type { TimedCardEvent } from '../../src/model/card-event.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { kortProgram, type PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { openPinStage, pinOn, pinStageCodes, untilRead } from '../support/pin-stage.js';
import { commandsWithCodes } from '../support/spent-codes.js';
import { secretOf } from '../support/token-bench.js';
import { readerNames, type PersonCard, type VirtualReaders } from '../support/virtual-readers.js';

/* PIN operations of the built daemon with a card in this process, and what becomes of them when something breaks. */

const { pin, next, puk } = pinStageCodes;

let ca: SandboxCa;
let home: PrivateHome;
let readers: VirtualReaders;
let daemon: RunningDaemon;
let card: PersonCard;
let clients: ControlClient[];

beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
});
beforeEach(async () => {
  clients = [];
  ({ home, readers, card, daemon } = await openPinStage(ca));
  card.trace.length = 0;
});
afterEach(async () => {
  for (const client of clients) client.close();
  if (daemon.process.exitCode === null && daemon.process.signalCode === null) await daemon.stop();
  await readers.service.close();
  home.remove();
});

const newClient = async (): Promise<ControlClient> => {
  const client = await connect({ socketPath: daemon.socketPath });
  clients.push(client);
  return client;
};
const begin = (client: ControlClient, operation: PinOperationName): Promise<BegunPinOperation> =>
  client.request('pin.begin', { operation });
const send = async (
  client: ControlClient,
  { tickets }: BegunPinOperation,
  codes: Partial<Record<PinCodeName, string>>,
): Promise<void> => {
  for (const [name, code] of Object.entries(codes)) {
    await client.sendPin(tickets[name as PinCodeName]!, secretOf(code), { lastTryConsent: false });
  }
};
const run = (client: ControlClient, { operationId }: BegunPinOperation): Promise<PinOutcome> =>
  client.request('pin.run', { operationId, lastTryConsent: false });
const carryOut = async (
  client: ControlClient,
  operation: PinOperationName,
  codes: Partial<Record<PinCodeName, string>>,
): Promise<PinOutcome> => {
  const begun = await begin(client, operation);
  await send(client, begun, codes);
  return await run(client, begun);
};
const pinOnCard = (): string => pinOn(card);
const spent = (): readonly string[] => commandsWithCodes(card.trace);

describe('PIN operations', () => {
  it('verify, change and unblock, and the history tells of each', async () => {
    const client = await newClient();
    await carryOut(client, 'verify', { current: pin });
    await carryOut(client, 'change', { current: pin, next });
    expect(pinOnCard()).toBe(next);
    await expect(carryOut(client, 'verify', { current: pin })).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
      fields: { attemptsRemaining: 4, attemptsBefore: 5 },
    });
    expect(await carryOut(client, 'unblock', { puk, next: pin })).toEqual({
      before: { attemptsRemaining: 4, blocked: false },
      after: { attemptsRemaining: 5, blocked: false },
    });
    expect(pinOnCard()).toBe(pin);
    const { entries } = await client.request('history.recent', { limit: 10 });
    const tries = entries.flatMap(({ event }) =>
      event.kind === 'pin-try' ? [`${event.purpose} ${event.outcome}`] : [],
    );
    expect(tries).toEqual(['verify accepted', 'change accepted', 'verify wrong', 'unblock accepted']);
    expect(spent()).toHaveLength(4);
  });

  it('end with a pulled card at each step, and the card is none the worse', async () => {
    const client = await newClient();
    const pull = async (): Promise<void> => {
      readers.hardware.remove(readerNames[0]);
      const gone = async () => (await daemon.client.request('status.get', {})).readers[0]?.card;
      await expect.poll(gone).toBe('absent');
    };
    const insert = async (): Promise<void> => {
      readers.hardware.insert(readerNames[0], card.name);
      await untilRead(daemon, 1);
    };
    await pull();
    await expect(begin(client, 'change')).rejects.toMatchObject({ code: 'ERR_CARD_ABSENT' });
    await insert();
    const before = await begin(client, 'change');
    await pull();
    await send(client, before, { current: pin, next });
    await expect(run(client, before)).rejects.toMatchObject({
      code: 'ERR_CARD_REMOVED',
      fields: { pinEffect: 'none' },
    });
    await insert();
    const between = await begin(client, 'change');
    await send(client, between, { current: pin, next });
    await pull();
    await insert();
    // The same card, but not the stay that the user was asked about.
    await expect(run(client, between)).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
    expect([spent(), card.attemptsRemaining(), pinOnCard()]).toEqual([[], 5, pin]);
  });

  it('refuse codes with a ticket that is not theirs, and go on with the right ones', async () => {
    const [one, two] = [await newClient(), await newClient()];
    const begun = await begin(one, 'verify');
    const refused: string[] = [];
    two.on('prompt.refused', ({ reason }) => refused.push(reason));
    await two.sendPin(begun.tickets.current!, secretOf(pin), { lastTryConsent: false });
    await two.sendPin('00'.repeat(16), secretOf(pin), { lastTryConsent: false });
    await expect.poll(() => refused).toEqual(['detached', 'detached']);
    await expect(run(two, begun)).rejects.toMatchObject({ code: 'ERR_PIN_OPERATION_OVER' });
    await send(one, begun, { current: pin });
    expect(await run(one, begun)).toMatchObject({ after: { attemptsRemaining: 5 } });
    // The ticket is used up.
    one.on('prompt.refused', ({ reason }) => refused.push(reason));
    await send(one, begun, { current: pin });
    await expect.poll(() => refused).toHaveLength(3);
    expect(spent()).toHaveLength(1);
  });

  it('end the connection at a frame that is too long, and only that', async () => {
    const other = await newClient();
    const begun = await begin(other, 'verify');
    const socket = createConnection(daemon.socketPath);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(encodeFrame(frameKinds.pin, new Uint8Array(16 + 1 + 65)));
    await once(socket, 'close');
    await send(other, begun, { current: pin });
    await run(other, begun);
  });

  it('run one after the other on a card; whoever comes meanwhile is told so, and nothing is lost', async () => {
    const [one, two] = [await newClient(), await newClient()];
    const [first, second] = [await begin(one, 'verify'), await begin(two, 'change')];
    await send(one, first, { current: pin });
    await send(two, second, { current: pin, next });
    readers.hardware.armFault(readerNames[0], { kind: 'delay', perCommandMs: 100, perByteMs: 0, perSignatureMs: 0 });
    card.trace.length = 0;
    const running = run(one, first);
    await expect.poll(() => card.trace.length).toBeGreaterThan(0);
    const results = await Promise.allSettled([running, run(two, second)]);
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'ERR_PIN_OPERATION_RUNNING' } },
    ]);
    readers.hardware.clearFaults(readerNames[0]);
    await carryOut(two, 'change', { current: pin, next });
    expect([pinOnCard(), card.attemptsRemaining()]).toEqual([next, 5]);
  });

  it('tell a caller who waits for a slow card that it waits', async () => {
    const client = await newClient();
    const begun = await begin(client, 'verify');
    const told: string[] = [];
    client.on('pin.progress', ({ operationId, state }) => told.push(`${operationId} ${state}`));
    readers.hardware.armFault(readerNames[0], { kind: 'delay', perCommandMs: 700, perByteMs: 0, perSignatureMs: 0 });
    await send(client, begun, { current: pin });
    await run(client, begun);
    expect(told).toEqual([`${begun.operationId} waiting`]);
  });

  it('are given up when their client is killed before a code goes to the card', async () => {
    const child = spawn(process.execPath, [kortProgram, '--instance', 'pins', 'pin', 'verify', '--pin-stdin'], {
      env: home.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    readers.hardware.armFault(readerNames[0], { kind: 'delay', perCommandMs: 800, perByteMs: 0, perSignatureMs: 0 });
    child.stdin.end('111111\n');
    // SELECT and the counter for pin.begin, then SELECT of the run: the next but one would be the VERIFY.
    await expect.poll(() => card.trace.length).toBeGreaterThanOrEqual(3);
    child.kill('SIGKILL');
    await once(child, 'exit');
    readers.hardware.clearFaults(readerNames[0]);
    expect(await carryOut(await newClient(), 'verify', { current: pin })).toMatchObject({
      before: { attemptsRemaining: 5 },
    });
    expect(spent()).toHaveLength(1);
  });

  it('leave a true counter and a truthful history when kortd is killed in the middle of a VERIFY', async () => {
    const client = await newClient();
    const begun = await begin(client, 'verify');
    await send(client, begun, { current: '111111' });
    readers.hardware.armFault(readerNames[0], { kind: 'delay', perCommandMs: 500, perByteMs: 0, perSignatureMs: 0 });
    card.trace.length = 0;
    const running = run(client, begun);
    const failed = expect(running).rejects.toMatchObject({ code: 'ERR_IPC_DAEMON_UNREACHABLE' });
    await expect.poll(() => spent().length).toBe(1);
    const exited = once(daemon.process, 'exit');
    daemon.process.kill('SIGKILL');
    await failed;
    // While it ends, its socket may still take connections.
    await exited;
    readers.hardware.clearFaults(readerNames[0]);
    expect(card.attemptsRemaining()).toBe(4);
    daemon = await startDaemon(home, 'pins', ['--port', '0']);
    await untilRead(daemon, 1);
    const { cards } = await daemon.client.request('pin.list', {});
    expect(cards[0]?.pins[0]).toMatchObject({ attemptsRemaining: 4, foreignTries: [] });
    const { entries } = await daemon.client.request('history.recent', { limit: 20 });
    expect(entries.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ kind: 'pin-try', outcome: 'unknown', purpose: 'interrupted', attemptsRemaining: 4 }),
    );
  });

  it('wipe and refuse codes when the daemon stops', async () => {
    const client = await newClient();
    const begun = await begin(client, 'verify');
    await send(client, begun, { current: pin });
    await daemon.stop();
    await expect(run(client, begun)).rejects.toMatchObject({ code: 'ERR_IPC_DAEMON_UNREACHABLE' });
    expect(spent()).toEqual([]);
  });

  it('leave no code in files and logs', async () => {
    const client = await newClient();
    await carryOut(client, 'change', { current: pin, next });
    await expect(carryOut(client, 'unblock', { puk: '13572468', next: pin })).rejects.toMatchObject({
      code: 'ERR_PUK_WRONG',
    });
    await daemon.stop();
    const history = readFileSync(join(home.folder, 'state', 'kort', 'pins', 'history.jsonl'), 'utf8');
    expect(history).toContain('unblock');
    for (const code of [pin, next, '13572468']) {
      expect(history).not.toContain(code);
      expect(daemon.log()).not.toContain(code);
    }
  });
});

describe('kort pin status', () => {
  it('reads counters now and tells when somebody else tried', async () => {
    await carryOut(await newClient(), 'verify', { current: pin });
    card.card.process(Buffer.from(`0020001110${'39'.repeat(6)}${'00'.repeat(10)}`, 'hex'));
    const { cards } = await daemon.client.request('pin.list', {});
    expect(cards[0]?.pins[0]?.attemptsRemaining).toBe(4);
    const after = await daemon.client.request('pin.list', {});
    expect(after.cards[0]?.pins[0]).toMatchObject({
      attemptsRemaining: 4,
      foreignTries: [{ attemptsBefore: 5, attemptsRemaining: 4 }],
    });
  });
});

describe('kort watch', () => {
  const watch = (args: readonly string[] = []) => {
    const child = spawn(process.execPath, [kortProgram, '--instance', 'pins', 'watch', ...args], {
      env: home.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    const lines = (): readonly (TimedCardEvent & { event: string })[] =>
      out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as TimedCardEvent & { event: string });
    const until = (wanted: readonly string[]) => expect.poll(() => lines().map(({ event }) => event)).toEqual(wanted);
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { child, lines, until, ended, error: () => error };
  };

  it('writes one JSON line for each thing that happens, a snapshot first, and ends cleanly at SIGINT', async () => {
    const watching = watch();
    await watching.until(['snapshot']);
    expect(watching.lines()[0]).toMatchObject({
      readers: [{ name: readerNames[0], state: 'ready', card: { label: 'TEST tolvan' } }, { state: 'absent' }],
    });
    await expect(carryOut(await newClient(), 'verify', { current: '111111' })).rejects.toThrow();
    readers.hardware.remove(readerNames[0]);
    await watching.until(['snapshot', 'pin-counter', 'card-removed']);
    readers.hardware.insert(readerNames[0], card.name);
    await watching.until(['snapshot', 'pin-counter', 'card-removed', 'card-inserted', 'card-ready']);
    card.card.process(Buffer.from(`0020001110${'39'.repeat(6)}${'00'.repeat(10)}`, 'hex'));
    await daemon.client.request('pin.list', {});
    await expect.poll(() => watching.lines().map(({ event }) => event)).toContain('foreign-pin-try');
    watching.child.kill('SIGINT');
    expect(await watching.ended).toBe(0);
    expect(watching.error()).toBe('');
  });

  it('ends without a word when nobody reads any more', async () => {
    const watching = watch();
    await watching.until(['snapshot']);
    watching.child.stdout.destroy();
    readers.hardware.remove(readerNames[0]);
    expect(await watching.ended).toBe(0);
    expect(watching.error()).toBe('');
  });

  it('says so when the daemon goes', async () => {
    const watching = watch(['--json']);
    await watching.until(['snapshot']);
    await daemon.stop();
    expect(await watching.ended).toBe(7);
    expect(watching.lines().at(-1)).toMatchObject({ error: { code: 'ERR_IPC_DAEMON_UNREACHABLE' } });
  });

  it('that is stopped by its user costs the daemon and the others nothing', async () => {
    const stopped = watch();
    await stopped.until(['snapshot']);
    stopped.child.kill('SIGSTOP');
    const quick = watch();
    await quick.until(['snapshot']);
    for (let time = 0; time < 3; time += 1) {
      readers.hardware.remove(readerNames[0]);
      const events = () => quick.lines().map(({ event }) => event);
      await expect.poll(() => events().filter((event) => event === 'card-removed').length).toBe(time + 1);
      readers.hardware.insert(readerNames[0], card.name);
      await expect.poll(() => events().filter((event) => event === 'card-ready').length).toBe(time + 1);
    }
    stopped.child.kill('SIGCONT');
    await expect.poll(() => stopped.lines().map(({ event }) => event)).toEqual(quick.lines().map(({ event }) => event));
    stopped.child.kill('SIGINT');
    quick.child.kill('SIGINT');
    expect([await stopped.ended, await quick.ended]).toEqual([0, 0]);
  });
});
