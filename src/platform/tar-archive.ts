import { gzipSync } from 'node:zlib';

/** One file of an archive. */
export interface TarEntry {
  /** Relative, `/` between folders, at most 100 bytes of ASCII. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const block = 512;

/**
 * A gzipped archive of plain files (POSIX.1-1988 ustar): owner 0, without the names of the user and the group, every file
 * 0600 and of the same time.
 */
export function tarGz(entries: readonly TarEntry[], modified: number): Uint8Array {
  const parts = entries.flatMap(({ name, bytes }) => [
    header(name, bytes.length, modified),
    bytes,
    new Uint8Array((block - (bytes.length % block)) % block),
  ]);
  return gzipSync(Buffer.concat([...parts, new Uint8Array(2 * block)]));
}

function header(name: string, size: number, modified: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new RangeError('not a name for an archive');
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0, 'ascii');
  const octal = (value: number, at: number, length: number): void => {
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii');
  };
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(modified / 1000), 136, 12);
  // The checksum counts its own place as spaces.
  bytes.write('        0', 148, 'ascii');
  bytes.write('ustar\u000000', 257, 'ascii');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return bytes;
}
