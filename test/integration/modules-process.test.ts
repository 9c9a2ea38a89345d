import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import type { FoundModule } from '../../src/pkcs11/found-module.js';
import { createSandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { buildFaultModule } from '../support/fault-module.js';
import { runWithOwnProc } from '../support/own-proc.js';
import { runProcess } from '../support/run-process.js';
import { scanCore } from '../support/scan-core.js';
import { selfSigned } from '../support/self-signed-certificate.js';
import { createSoftHsm } from '../support/softhsm.js';
import { secretOf } from '../support/token-bench.js';
import { addPersonCard, readerNames, startVirtualReaders, type VirtualReaders } from '../support/virtual-readers.js';

/*
 * The built daemon and the process of a module that misbehaves, looked at from outside.
 */
const fault = buildFaultModule();
const instance = 'hosts';
let home: PrivateHome;
let readers: VirtualReaders;
let daemon: RunningDaemon;

beforeAll(async () => {
  home = new PrivateHome();
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin: '482913' });
  readers.hardware.insert(readerNames[0], card.name);
});
afterAll(async () => {
  await readers.service.close();
  home.remove();
  fault.remove();
});

const modulesFolder = (): string => join(home.folder, 'config', 'kort', instance, 'modules.d');
const configure = (name: string, text: string): void => {
  mkdirSync(modulesFolder(), { recursive: true, mode: 0o700 });
  writeFileSync(join(modulesFolder(), name), text);
};
const configureModule = ({ path, name, environment }: FoundModule): void =>
  configure('fault.json', JSON.stringify({ path, name, environment }));
const run = (program: string, ...args: readonly string[]): string => runWithOwnProc(program, args).toString();

/** Process id of the daemon's only module. */
const hostOf = (): number | undefined => {
  const children = run('cat', `/proc/${daemon.process.pid}/task/${daemon.process.pid}/children`);
  return children
    .split(' ')
    .filter((pid) => pid !== '')
    .map(Number)
    .find((pid) => run('cat', `/proc/${pid}/cmdline`).includes('module-host'));
};
const untilHost = async (): Promise<number> => {
  await expect.poll(hostOf).toBeDefined();
  return hostOf() ?? 0;
};
const tokensOf = async () => {
  const { readers: shown } = await daemon.client.request('status.get', {});
  return shown.flatMap(({ token }) => token ?? []);
};
const untilToken = (label: RegExp) =>
  expect.poll(async () => (await tokensOf()).some((token) => label.test(token.label))).toBe(true);
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(run('cat', `/proc/${pid}/status`));
  } catch {
    return false;
  }
};

describe('the process of a module', () => {
  beforeEach(async () => {
    fault.rules();
    fault.forget();
    configureModule(fault.module);
    daemon = await startDaemon(home, instance, ['--port', '0']);
    await untilToken(/TEST token/);
  });
  afterEach(() => daemon.stop());

  it('has no handle of the daemon but its pipe, though the daemon has sockets to the reader service', async () => {
    await expect.poll(async () => (await tokensOf()).length).toBe(2);
    // The one that is started now would inherit what the first could not: the sockets are there by now.
    const before = await untilHost();
    process.kill(before, 'SIGKILL');
    await expect.poll(hostOf).not.toBe(before);
    const pid = await untilHost();
    await expect.poll(() => run('cat', `/proc/${pid}/maps`)).toContain('fault.so');
    const sockets = (of: number): string[] =>
      run('find', `/proc/${of}/fd`, '-printf', '%f %l\\n')
        .split('\n')
        .filter((line) => /socket:|^\d+ \//.test(line));
    expect(sockets(daemon.process.pid ?? 0).length).toBeGreaterThan(3);
    expect(sockets(pid).filter((line) => !line.endsWith('/dev/null'))).toEqual([expect.stringMatching(/^3 socket:/)]);
    const environment = run('cat', `/proc/${pid}/environ`).split('\0');
    expect(environment.filter((line) => /^(NODE_|LD_|KORT_(?!FAULT))/.test(line))).toEqual([]);
  });

  it.each<[string, (pid: number) => void]>([
    ['answers', () => undefined],
    ['hangs', () => fault.rules('C_GetSlotList hang')],
    ['floods', () => fault.rules('C_GetSlotList flood')],
    ['is stopped', (pid) => void process.kill(pid, 'SIGSTOP')],
  ])('ends with a daemon that is killed while the module %s', async (_what, disturb) => {
    const pid = await untilHost();
    const polls = fault.calls('C_GetSlotList');
    disturb(pid);
    if (_what !== 'is stopped') {
      await expect.poll(() => fault.calls('C_GetSlotList')).toBeGreaterThan(polls);
    }
    daemon.process.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('does not hold up control calls while it is killed, stopped or floods', async () => {
    for (const [rules, disturb] of [
      [[], (pid: number) => process.kill(pid, 'SIGKILL')],
      [[], (pid: number) => process.kill(pid, 'SIGSTOP')],
      [['C_GetTokenInfo flood', 'C_WaitForSlotEvent 0x54'], () => true],
    ] as const) {
      fault.rules(...rules);
      disturb(await untilHost());
      for (let n = 0; n < 100; n += 1) await daemon.client.request('daemon.status', {});
      expect((await tokensOf()).some(({ id }) => id.startsWith('card:'))).toBe(true);
      const pid = hostOf();
      if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
  });

  it('shows nothing on a terminal but text, whatever its tokens hold', async () => {
    // The slots have one reader and one serial number: one card with many PINs.
    fault.rules('label-junk 1', 'count 1000', 'C_WaitForSlotEvent 0x54');
    await untilToken(/\[/);
    const junk = (await tokensOf()).find(({ label }) => label.includes('['));
    expect(junk?.id).toMatch(/^p11:[\w.-]+$/);
    expect(junk?.pins.length).toBeLessThanOrEqual(64);
    fault.rules('label-junk 1', 'objects 1', 'value-bytes 1000000', 'C_WaitForSlotEvent 0x54');
    await expect.poll(async () => (await tokensOf()).length).toBe(2);
    for (const args of [['status'], ['status', '--json'], ['pin', 'status']]) {
      const shown = await runProcess(process.execPath, [kortProgram, '--instance', instance, ...args], {
        env: home.env as Record<string, string>,
      });
      expect(shown.stdout, args.join(' ')).toContain('[');
      expect(shown.stdout + shown.stderr).not.toMatch(/(?!\n)\p{C}/u);
    }
    expect(daemon.log()).not.toMatch(/(?!\n)\p{C}/u);
  });
});

it('modules that others could have put there, p11-kit and ourselves are refused, each with a line in the log', async () => {
  const folder = join(home.folder, 'refused');
  mkdirSync(join(folder, 'loose'), { recursive: true });
  const reasons = {
    'open.so': 'fileUntrusted',
    'link.so': 'fileUntrusted',
    'loose/x.so': 'fileUntrusted',
    'p11-kit-proxy.so': 'moduleLoop',
    'kort-pkcs11.so': 'moduleLoop',
  };
  for (const [index, name] of Object.keys(reasons).entries()) {
    const path = join(folder, name);
    if (name === 'link.so') symlinkSync('open.so', path);
    else copyFileSync(fault.module.path, path);
    configure(`${index}.json`, JSON.stringify({ path, environment: fault.module.environment }));
  }
  chmodSync(join(folder, 'open.so'), 0o666);
  chmodSync(join(folder, 'loose'), 0o777);
  configure('fault.json', JSON.stringify({ path: `${folder}/../fault.so` }));
  fault.forget();
  daemon = await startDaemon(home, instance, ['--port', '0']);
  const told = daemon
    .log()
    .split('\n')
    .filter((line) => line.includes('Module is not used'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const expected: unknown[] = [
    ...Object.entries(reasons).map(([name, reason]) =>
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', path: join(folder, name), reason }),
    ),
    expect.objectContaining({ path: expect.stringMatching(/fault\.json$/), reason: 'fieldForm', field: 'path' }),
  ];
  expect(told).toHaveLength(expected.length);
  expect(told).toEqual(expect.arrayContaining(expected));
  await expect.poll(async () => (await tokensOf()).length).toBe(1);
  expect(fault.calls('C_GetSlotList')).toBe(0);
  await daemon.stop();
  for (const index of Object.keys(reasons).keys()) rmSync(join(modulesFolder(), `${index}.json`));
});

// The module's own process may keep them: pkcs11js takes strings, and the module does as it likes.
it('PINs that went to a module are not in the memory, files or log of the daemon', async () => {
  const [pin, next] = ['64820931', '70915348'];
  const hsm = createSoftHsm();
  hsm.initToken('TEST memory', pin);
  hsm.store('TEST memory', pin, '01', selfSigned('TEST EC', 'p256'));
  configureModule(hsm.module);
  daemon = await startDaemon(home, instance, ['--port', '0']);
  await untilToken(/TEST memory/);
  const { client } = daemon;
  const card = (await tokensOf()).find(({ label }) => label === 'TEST memory')?.id ?? '';
  const begun = await client.request('pin.begin', { operation: 'change', card });
  await client.sendPin(begun.tickets.current ?? '', secretOf(pin), { lastTryConsent: false });
  await client.sendPin(begun.tickets.next ?? '', secretOf(next), { lastTryConsent: false });
  await client.request('pin.run', { operationId: begun.operationId, lastTryConsent: false });
  const patterns = Object.fromEntries(
    [pin, next].flatMap((code) => [
      [code, Buffer.from(code, 'latin1')],
      [`${code} in UTF-16`, Buffer.from(code, 'utf16le')],
    ]),
  );
  const control = { control: Buffer.from('TEST memory', 'latin1') };
  expect(scanCore(daemon.process.pid ?? 0, join(home.folder, 'core'), { ...patterns, ...control })).toEqual([
    'control',
  ]);
  for (const code of [pin, next]) {
    expect(run('sh', '-c', `grep -rlF ${code} ${home.folder} || true`)).toBe('');
  }
  await daemon.stop();
  hsm.remove();
  expect(readFileSync(join(home.folder, 'hosts.log'), 'utf8')).toContain('Vendor module is loaded');
});
