import koffi from 'koffi';

/*
 * NETLINK_SOCK_DIAG (linux/netlink.h, linux/sock_diag.h): the kernel tells about sockets. The ABI is the same on every
 * architecture that Node runs on.
 */
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;
const RECEIVE_BUFFER = 32_768;
/** Answers to one request; a machine has fewer sockets than that holds. */
const MAX_DATAGRAMS = 1024;

interface LibC {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
  readonly recv: (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
  readonly close: (fd: number) => number;
}

let loaded: LibC | undefined;
function libC(): LibC {
  if (loaded) return loaded;
  const library = koffi.load(null);
  loaded = {
    socket: library.func('int socket(int, int, int)') as LibC['socket'],
    send: library.func('intptr_t send(int, const void *, size_t, int)') as LibC['send'],
    recv: library.func('intptr_t recv(int, void *, size_t, int)') as LibC['recv'],
    close: library.func('int close(int)') as LibC['close'],
  };
  return loaded;
}

/** The machine's byte order, which netlink speaks. */
export const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Sends one request and hands its answers on until `onDatagram` says that they are complete. The kernel answers inside
 * `send` and `recv`, which do not wait, so the call is bounded.
 *
 * @returns false when the kernel does not serve this, the answers end too early, or `onDatagram` says so.
 */
export function askSockDiag(
  request: Uint8Array,
  onDatagram: (bytes: Uint8Array) => 'more' | 'complete' | 'failed',
): boolean {
  const c = libC();
  const fd = c.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0) return false;
  try {
    if (c.send(fd, request, request.length, 0) !== request.length) return false;
    const buffer = new Uint8Array(RECEIVE_BUFFER);
    for (let datagram = 0; datagram < MAX_DATAGRAMS; datagram += 1) {
      const length = c.recv(fd, buffer, buffer.length, MSG_DONTWAIT);
      if (length <= 0) return false;
      const state = onDatagram(buffer.subarray(0, length));
      if (state !== 'more') return state === 'complete';
    }
    return false;
  } finally {
    c.close(fd);
  }
}
