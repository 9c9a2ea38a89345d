import { X509Certificate } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusToken } from '../../src/control-contract/status.js';
import { systemClock } from '../../src/core/ports.js';
import type { HistoryEvent } from '../../src/model/history.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { realCardDelay } from '../../src/sandbox/hardware/fault.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { coexistenceKinds } from '../support/coexistence.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { startLoginBench, type LoginBench } from '../support/login-bench.js';
import { runProcess } from '../support/run-process.js';
import { certificateOver, generateTestKey } from '../support/self-signed-certificate.js';
import { readerNames, startVirtualReaders, type VirtualReaders } from '../support/virtual-readers.js';
import { watchedCard, type WatchedCard } from '../support/watched-card.js';

/*
 * What unmodified programs of others do to a card while the built daemon does nothing with it: the next look notices,
 * says which program it was where that was seen, and drops what was remembered, without the card being inserted again.
 */
const [reader] = readerNames;
const pins = { first: '583017', second: '246813', wrong: '999999' };
const home = new PrivateHome();
const writer = fileURLToPath(new URL('../support/noticed-writer-program.ts', import.meta.url));
const loader = fileURLToPath(new URL('../support/typescript-loader.mjs', import.meta.url));
/** Against hanging: "at once" is the next look, of which there is one a second. */
const noticing = { timeout: 15_000, interval: 100 };

let readers: VirtualReaders;
let ca: SandboxCa;
let bench: LoginBench;

beforeAll(async () => {
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  bench = await startLoginBench({ home, instance: 'noticed', ca, pin: pins.second });
});

afterAll(async () => {
  await bench.daemon.stop();
  await readers.service.close();
  home.remove();
});

/** What another program is called with, and under which name the system knows it. */
interface OtherProgram {
  readonly name: string;
  readonly args: readonly string[];
}

interface Family {
  readonly kind: (typeof coexistenceKinds)[keyof typeof coexistenceKinds];
  readonly addCertificate: OtherProgram;
  readonly changePin: OtherProgram;
  readonly tryWrongPin: OtherProgram;
  /** What names the program that adds a certificate; a program that is gone in a moment is named by nothing. */
  readonly namedBy: 'contents' | 'pin' | 'nothing';
}

const pkcs15 = {
  changePin: { name: 'pkcs15-tool', args: ['--change-pin', '--pin', pins.first, '--new-pin', pins.second] },
  tryWrongPin: { name: 'pkcs15-tool', args: ['--verify-pin', '--pin', pins.wrong] },
};
const families: Readonly<Record<string, Family>> = {
  '940': {
    kind: coexistenceKinds['940'],
    addCertificate: {
      name: process.execPath,
      args: ['--import', loader, writer, reader, pins.first, 'TEST added'],
    },
    namedBy: 'contents',
    ...pkcs15,
  },
  piv: {
    kind: coexistenceKinds.piv,
    namedBy: 'nothing',
    addCertificate: {
      name: 'yubico-piv-tool',
      args: ['-r', reader, '-a', 'import-certificate', '-s', '9c', '-i', 'added.pem'],
    },
    changePin: {
      name: 'yubico-piv-tool',
      args: ['-r', reader, '-a', 'change-pin', '-P', pins.first, '-N', pins.second],
    },
    tryWrongPin: { name: 'yubico-piv-tool', args: ['-r', reader, '-a', 'verify-pin', '-P', pins.wrong] },
  },
  myeid: {
    kind: coexistenceKinds.myeid,
    // It leaves its PIN verified: the contents are looked at when that has been dropped, some seconds later.
    namedBy: 'pin',
    addCertificate: {
      name: 'pkcs15-init',
      args: ['-X', 'added.pem', '--auth-id', '01', '--pin', pins.first, '--id', '50'],
    },
    ...pkcs15,
  },
};

async function runOther({ name, args }: OtherProgram): Promise<number | null> {
  const env = { HOME: home.folder, XDG_CACHE_HOME: home.folder, PCSCLITE_CSOCK_NAME: readers.socketPath };
  const { code } = await runProcess(name, args, { env, cwd: home.folder });
  return code;
}

/** As an event tells it: node names its main thread so. */
const nameOf = ({ name }: OtherProgram): unknown =>
  name === process.execPath ? expect.stringMatching(/^(node|MainThread)/) : name;

/** Of the card that is in now. */
async function events(): Promise<readonly HistoryEvent[]> {
  const { entries } = await bench.daemon.client.request('history.recent', { limit: 50 });
  const inserted = entries.findLastIndex(({ event }) => event.kind === 'inserted');
  return entries.slice(inserted).map(({ event }) => event);
}

/** What `kort status --json` tells of the reader. */
async function kortStatus(): Promise<{ readonly name: string; readonly card?: StatusToken }> {
  const args = [kortProgram, '--instance', 'noticed', '--json', 'status'];
  const { stdout, stderr } = await runProcess(process.execPath, args, { env: home.env as Record<string, string> });
  const { readers: told } = JSON.parse(stdout || stderr) as { readers: Awaited<ReturnType<typeof kortStatus>>[] };
  return told.find(({ name }) => name === reader)!;
}

interface Watch {
  readonly said: unknown[];
  stop(): void;
}

/** `kort watch` in a pipe: everything it has said, parsed. Resolves with its first line. */
async function kortWatch(): Promise<Watch> {
  const said: unknown[] = [];
  const child = spawn(process.execPath, [kortProgram, '--instance', 'noticed', 'watch'], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  home.processes.add(child);
  const lines = createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line)));
  await once(lines, 'line');
  return { said, stop: () => void child.kill('SIGINT') };
}

describe.each(Object.entries(families))('what another program does to the card in the reader, on %s', (id, family) => {
  let card: WatchedCard;
  let watch: Watch;
  const heard = (event: unknown): Promise<void> =>
    expect.poll(() => watch.said, noticing).toContainEqual(expect.objectContaining(event as object));
  const written = (event: unknown): Promise<void> =>
    expect.poll(events, noticing).toContainEqual(expect.objectContaining(event as object));

  beforeAll(async () => {
    const person = { ...testPeople.tolvan, keyType: 'rsa' } as const;
    card = await watchedCard(ca, { name: id, kind: family.kind, person, pin: pins.first });
    const signer = generateTestKey('p256');
    const der = certificateOver('TEST added', new X509Certificate(card.certificate).publicKey, signer);
    writeFileSync(join(home.folder, 'added.pem'), new X509Certificate(der).toString());
    readers.hardware.addCard(id, card.card);
    readers.hardware.insert(reader, id);
    // So that programs take as long as with a real card: they are named when they are seen four times a second.
    readers.hardware.armFault(reader, realCardDelay);
    await bench.statusUntil(({ readers: all }) => all.some(({ token }) => token !== undefined));
    watch = await kortWatch();
  });
  afterAll(async () => {
    watch.stop();
    readers.hardware.remove(reader);
    readers.hardware.clearFaults(reader);
    await bench.statusUntil(({ readers: all }) => all.every(({ token }) => token === undefined));
  });

  it('a certificate that it added is listed without inserting the card again', async () => {
    const token = (await kortStatus()).card!.id;
    expect((await kortStatus()).card?.certificates).toHaveLength(1);
    expect(await runOther(family.addCertificate)).toBe(0);
    await written({ kind: 'foreign-use', token, what: 'contents' });
    await heard({ event: 'foreign-use', what: 'contents' });
    if (family.namedBy !== 'nothing') {
      const programs = expect.arrayContaining([nameOf(family.addCertificate)]) as unknown;
      await written({ kind: 'foreign-use', token, what: family.namedBy, programs });
      await heard({ event: 'foreign-use', what: family.namedBy, programs });
    }
    await heard({ event: 'contents-changed', reader });
    await expect.poll(async () => (await kortStatus()).card?.certificates.length, noticing).toBe(2);
  });

  it('a PIN that it changed signs in, and the old one is said to be wrong, at the price of one try', async () => {
    expect(await runOther(family.changePin)).toBe(0);
    bench.surface.pin = pins.first;
    bench.surface.beforePin = ({ problem }) => {
      if (problem?.code === 'ERR_PIN_WRONG') bench.surface.pin = pins.second;
    };
    expect((await bench.login()).login.subject).toBe(card.person.personId);
    expect(card.verifies.slice(-2)).toEqual([{ accepted: false }, { accepted: true }]);
    expect(card.attemptsRemaining()).toBe(card.highestTries);
    expect((await events()).filter(({ kind }) => kind === 'foreign-pin-try')).toEqual([]);
  });

  it('a PIN that it blocked is shown as blocked, with each try, and the program is named', async () => {
    for (let left = card.highestTries - 1; left >= 0; left -= 1) {
      expect(await runOther(family.tryWrongPin)).not.toBe(0);
      expect(card.attemptsRemaining()).toBe(left);
      await written({ kind: 'foreign-pin-try', attemptsBefore: left + 1, attemptsRemaining: left });
      await heard({ event: 'foreign-pin-try', attemptsRemaining: left });
    }
    if (family.namedBy !== 'nothing') {
      // On a busy machine the look at who has the card may come too late for one of them.
      const programs = expect.arrayContaining([family.tryWrongPin.name]) as unknown;
      await written({ kind: 'foreign-pin-try', programs });
      await heard({ event: 'foreign-pin-try', programs });
    }
    expect((await kortStatus()).card?.pins[0]).toMatchObject({ attemptsRemaining: 0, blocked: true });
    await expect(bench.login()).rejects.toMatchObject({ fields: { hintCode: 'pinBlocked' } });
    expect(card.verifies.at(-1)).toEqual({ accepted: false });
  });
});
