import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { ServiceSetup, SocketAnswer } from '../model/machine.js';

const programs = ['usr/sbin/pcscd', 'usr/bin/pcscd', 'usr/local/sbin/pcscd'];
const unitFolders = ['etc/systemd/system', 'run/systemd/system'];
const driverFolders = ['usr/lib/pcsc/drivers', 'usr/lib64/pcsc/drivers', 'usr/local/lib/pcsc/drivers'];

/** The file of the service; undefined where it is not installed in the usual places. */
export function pcscdProgram(root = '/'): string | undefined {
  return programs.map((file) => join(root, file)).find((file) => existsSync(file));
}

/** pcsc-lite's service on a Linux system: its program, its units, its drivers. */
export function readServiceSetup(root = '/'): ServiceSetup {
  const found = driverFolders.map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  const drivers = found.flatMap((folder) => readdirSync(folder));
  return {
    isInstalled: pcscdProgram(root) !== undefined,
    maskedUnit: ['pcscd.socket', 'pcscd.service'].find((unit) =>
      unitFolders.some((folder) => linkOf(join(root, folder, unit)) === '/dev/null'),
    ),
    driverFolder: found[0] ?? join(root, 'usr/lib/pcsc/drivers'),
    hasDriver: drivers.some((name) => name.startsWith('ifd-ccid')),
  };
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/**
 * `struct rxHeader` and `struct version_struct` of winscard_msg.h: CMD_VERSION, with a protocol that every pcsc-lite
 * since 1.8 speaks.
 */
const askVersion = Uint32Array.of(12, 0x11, 4, 3, 0);

/** Says hello to the service as its library does, so that one that hangs costs no thread. */
export function askSocket(path: string, boundMs: number): Promise<SocketAnswer> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const settle = (answer: SocketAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle('silent'), boundMs);
    socket.once('connect', () => socket.write(new Uint8Array(askVersion.buffer)));
    socket.once('data', () => settle('answers'));
    socket.once('close', () => settle('closed'));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(answerOf(error)));
  });
}

function answerOf({ code }: NodeJS.ErrnoException): SocketAnswer {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  // Hung up while our words were under way.
  if (code === 'EPIPE' || code === 'ECONNRESET') return 'closed';
  return code === 'EAGAIN' ? 'silent' : 'dead';
}
