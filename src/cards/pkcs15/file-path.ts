import { parseTlvs } from '../../core/ber-tlv.js';
import { concatBytes, toHex } from '../../core/bytes.js';
import { malformed, optionalNumber, tags, valueOf } from './der.js';

/** A part of a file: Path of ISO/IEC 7816-15:2016 §8.2.5. */
export interface FilePath {
  /** From the MF, which is not named: an even number of bytes, at least two. */
  readonly path: Uint8Array;
  /** Where in the file the part begins, in bytes. */
  readonly index: number;
  /** In bytes; undefined: to the file's end. */
  readonly length: number | undefined;
}

/** DF(PKCS-15), as it is where nothing else is said; EF.ODF and EF.TokenInfo lie in it (PKCS#15 v1.1 §5.4). */
export const APPLICATION_DF = 0x5015;
/** EF.ODF in DF(PKCS-15). */
export const ODF_FID = 0x5031;
/** EF.TokenInfo in DF(PKCS-15). */
export const TOKEN_INFO_FID = 0x5032;

const MF = [0x3f, 0x00] as const;
/** The longest path that fits one SELECT of any card that we know. */
const MAX_PATH = 16;

/** A whole file in DF(PKCS-15). */
export function fileInApplication(fid: number): FilePath {
  const path = Uint8Array.of(APPLICATION_DF >> 8, APPLICATION_DF & 0xff, fid >> 8, fid & 0xff);
  return { path, index: 0, length: undefined };
}

/** The file identifier of a path. */
export function fidOf({ path }: FilePath): number {
  return ((path.at(-2) ?? 0) << 8) | (path.at(-1) ?? 0);
}

/** Whether a path names a file that lies directly in DF(PKCS-15): what our own writing may touch. */
export function isInApplication(file: FilePath): boolean {
  return toHex(file.path) === toHex(fileInApplication(fidOf(file)).path);
}

/** As other programs print it, e.g. `3F0050154401`. */
export function pathName({ path }: FilePath): string {
  return `3F00${toHex(path).toUpperCase()}`;
}

/**
 * Reads the inside of a Path SEQUENCE. One that does not begin at the MF begins in DF(PKCS-15).
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on anything that no card could select.
 */
export function parsePath(value: Uint8Array): FilePath {
  const objects = parseTlvs(value);
  const named = valueOf(objects, tags.octetString);
  if (named === undefined || named.length < 2 || named.length > MAX_PATH || named.length % 2 !== 0) {
    throw malformed('path');
  }
  const fromMf = named[0] === MF[0] && named[1] === MF[1];
  const path = fromMf
    ? named.subarray(2)
    : concatBytes(Uint8Array.of(APPLICATION_DF >> 8, APPLICATION_DF & 0xff), named);
  if (path.length === 0) throw malformed('path');
  const index = optionalNumber(objects, tags.integer) ?? 0;
  return { path, index, length: optionalNumber(objects, tags.context(0)) };
}
