import { readdir, readFile, readlink } from 'node:fs/promises';
import type { CardProgram, CardPrograms } from '../core/ports.js';
import { askSockDiag, isLittleEndian as little } from './netlink-sock-diag.js';

// linux/unix_diag.h
const AF_UNIX = 1;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST_AND_DUMP = 0x301;
const NLMSG_DONE = 3;
const NLMSG_ERROR = 2;
const NLMSG_HEADER = 16;
const REQUEST_LENGTH = NLMSG_HEADER + 24;
const MESSAGE = 16;
const TCP_ESTABLISHED = 1;
const UDIAG_SHOW_NAME_AND_PEER = 1 | 4;
const UNIX_DIAG_NAME = 0;
const UNIX_DIAG_PEER = 2;

/** Processes whose open files are looked through for one answer. */
const MAX_PROCESSES = 4096;

/** What tells our own use of cards from others'. */
export interface CardProgramsOptions {
  /** Whether this process is connected to the service itself. */
  readonly ownConnection?: boolean;
  /** Processes that use cards for us. */
  readonly ours?: () => readonly number[];
}

/** The service's end of one connection. */
interface ServedSocket {
  readonly inode: number;
  readonly peer: number;
}

/**
 * The programs that are connected to the PC/SC service at this socket. They are told apart by their sockets, and named
 * where they belong to this user; others' open files cannot be read without privilege, and are looked for once.
 */
export function linuxCardPrograms(
  socketPath: string,
  { ownConnection = false, ours = () => [] }: CardProgramsOptions = {},
  ownersOf = findOwners,
): CardPrograms {
  const named = new Map<number, CardProgram>();
  return {
    async current() {
      const sockets = servedSockets(socketPath);
      if (sockets === undefined) return undefined;
      const peers = sockets.map(({ peer }) => peer);
      for (const known of named.keys()) if (!peers.includes(known)) named.delete(known);
      const own = await socketsOf('self');
      const foreign = peers.filter((peer) => !own.has(peer));
      // Our own connection is not to be seen: the kernel tells of another network namespace than the service's.
      if (ownConnection && foreign.length === peers.length) return undefined;
      const unnamed = foreign.filter((peer) => !named.has(peer));
      const found = unnamed.length === 0 ? undefined : await ownersOf(unnamed);
      const stranger = (connection: number): CardProgram => ({ connection, name: undefined, pid: undefined });
      for (const peer of unnamed) named.set(peer, found?.get(peer) ?? stranger(peer));
      const ourPids = ours();
      return foreign
        .map((peer) => named.get(peer) ?? stranger(peer))
        .filter(({ pid }) => pid === undefined || !ourPids.includes(pid));
    },
  };
}

/** `struct nlmsghdr` and `struct unix_diag_req`: every connected socket, with its name and its peer. */
function servedSockets(socketPath: string): readonly ServedSocket[] | undefined {
  const request = new Uint8Array(REQUEST_LENGTH);
  const view = new DataView(request.buffer);
  view.setUint32(0, REQUEST_LENGTH, little);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, little);
  view.setUint16(6, NLM_F_REQUEST_AND_DUMP, little);
  request[NLMSG_HEADER] = AF_UNIX;
  view.setUint32(NLMSG_HEADER + 4, 1 << TCP_ESTABLISHED, little);
  view.setUint32(NLMSG_HEADER + 12, UDIAG_SHOW_NAME_AND_PEER, little);
  const found: ServedSocket[] = [];
  const answered = askSockDiag(request, (bytes) => {
    for (const message of messagesIn(bytes)) {
      if (message.type === NLMSG_DONE) return 'complete';
      if (message.type === NLMSG_ERROR) return 'failed';
      const socket = parseSocket(message.body);
      if (socket?.name === socketPath && socket.peer !== undefined) {
        found.push({ inode: socket.inode, peer: socket.peer });
      }
    }
    return 'more';
  });
  return answered ? found : undefined;
}

function* messagesIn(bytes: Uint8Array): Generator<{ readonly type: number; readonly body: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + NLMSG_HEADER <= bytes.length;) {
    const length = view.getUint32(offset, little);
    if (length < NLMSG_HEADER || offset + length > bytes.length) return;
    yield { type: view.getUint16(offset + 4, little), body: bytes.subarray(offset + NLMSG_HEADER, offset + length) };
    offset += (length + 3) & ~3;
  }
}

/** `struct unix_diag_msg` and its attributes. */
export function parseSocket(
  body: Uint8Array,
): { readonly inode: number; readonly name: string | undefined; readonly peer: number | undefined } | undefined {
  if (body.length < MESSAGE) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let name: string | undefined;
  let peer: number | undefined;
  for (let offset = MESSAGE; offset + 4 <= body.length;) {
    const length = view.getUint16(offset, little);
    const type = view.getUint16(offset + 2, little);
    if (length < 4 || offset + length > body.length) break;
    if (type === UNIX_DIAG_NAME) name = textUpToNul(body.subarray(offset + 4, offset + length));
    if (type === UNIX_DIAG_PEER && length >= 8) peer = view.getUint32(offset + 4, little);
    offset += (length + 3) & ~3;
  }
  return { inode: view.getUint32(4, little), name, peer };
}

function textUpToNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString('utf8');
}

async function socketsOf(pid: number | 'self'): Promise<Set<number>> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []).map(Number));
}

async function findOwners(wanted: readonly number[]): Promise<Map<number, CardProgram>> {
  const found = new Map<number, CardProgram>();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids.slice(-MAX_PROCESSES)) {
    const sockets = await socketsOf(pid);
    for (const connection of wanted.filter((inode) => sockets.has(inode))) {
      found.set(connection, { connection, pid, name: await nameOf(pid) });
    }
    if (found.size === wanted.length) break;
  }
  return found;
}

/** The kernel keeps 15 bytes of the name; the programs' arguments are none of our business. */
async function nameOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  const name = text.replaceAll(/\p{C}/gu, '').trim();
  return name === '' ? undefined : name;
}
