import { Socket, type SocketConstructorOpts } from 'node:net';

/** Bytes read at a time. */
const bufferLength = 16 * 1024;

/** The private part of an accepted socket that this file needs. */
interface Accepted {
  _handle?: object | null;
}

/**
 * Reads an accepted connection through one buffer of ours, outside the JavaScript heap, which is wiped after each read:
 * a PIN that arrives leaves no stray copy. `accepted` must come from a server with `pauseOnConnect`, so that nothing
 * has been read yet.
 *
 * Node offers this (`onread`) for sockets that it opens, but not for those that it accepts; so the connection's handle
 * moves to a socket that we make. That uses the private `_handle` (Node 20, 22 and 24 have it); without it, the chunks
 * that Node allocates are wiped instead, which leaves copies where Node shrank one.
 */
export function adoptWithWiping(accepted: Socket, onBytes: (bytes: Uint8Array) => void): Socket {
  const handle = (accepted as Socket & Accepted)._handle;
  if (handle === undefined || handle === null) return wipeChunks(accepted, onBytes);
  const buffer = new Uint8Array(new ArrayBuffer(bufferLength));
  const onread = {
    buffer,
    callback: (length: number) => {
      lend(buffer.subarray(0, length), onBytes);
      return true;
    },
  };
  const options: SocketConstructorOpts & Record<string, unknown> = { handle, onread };
  const socket = new Socket(options);
  // Without its handle the accepted socket is an empty shell; destroying it lets the server forget it.
  (accepted as Socket & Accepted)._handle = null;
  accepted.destroy();
  socket.read(0);
  return socket;
}

function wipeChunks(socket: Socket, onBytes: (bytes: Uint8Array) => void): Socket {
  socket.on('data', (chunk: Buffer) => lend(chunk, onBytes));
  socket.resume();
  return socket;
}

function lend(bytes: Uint8Array, onBytes: (bytes: Uint8Array) => void): void {
  try {
    onBytes(bytes);
  } finally {
    bytes.fill(0);
  }
}
