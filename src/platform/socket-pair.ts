import koffi from 'koffi';

// sys/socket.h: AF_UNIX and SOCK_STREAM are 1 on Linux and macOS alike; SOCK_CLOEXEC is there on Linux only.
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;

/**
 * Two descriptors that are connected to each other; whoever gets them closes them. Node opens pipes to a child by itself,
 * but reads them into memory of its own, which nobody can wipe.
 *
 * @throws {Error} where the system has none left.
 */
export function socketPair(): readonly [ours: number, theirs: number] {
  const pair = new Int32Array(2);
  const socketpair = koffi.load(null).func('int socketpair(int, int, int, void *)') as (
    domain: number,
    type: number,
    protocol: number,
    pair: Int32Array,
  ) => number;
  // On macOS, libuv closes in a child whatever it was not told to pass on.
  const type = process.platform === 'linux' ? SOCK_STREAM | SOCK_CLOEXEC : SOCK_STREAM;
  const [ours, theirs] = socketpair(AF_UNIX, type, 0, pair) === 0 ? pair : [];
  if (ours === undefined || theirs === undefined) throw new Error('No socket pair');
  return [ours, theirs];
}
