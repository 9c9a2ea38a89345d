import { parseTlvs } from '../../core/ber-tlv.js';
import { isMiddlewareError, type MiddlewareError } from '../../core/errors.js';
import { malformed, tags } from './der.js';
import { parsePath, type FilePath } from './file-path.js';
import { splitDirectory } from './pkcs15-object.js';

/** What a directory file holds: the alternatives of PKCS15Objects / CIOChoice (ISO/IEC 7816-15:2016 §8.4), by tag number. */
export const directoryKinds = {
  privateKeys: 0,
  publicKeys: 1,
  certificates: 4,
  authObjects: 8,
} as const;

/** Kinds of directories that we use. */
export type DirectoryKind = keyof typeof directoryKinds;

/** A directory that EF.ODF names: a file, or its entries themselves. */
export type Directory = { readonly kind: DirectoryKind } & (
  { readonly file: FilePath } | { readonly inline: Uint8Array }
);

/** EF.ODF, understood. */
export interface ObjectDirectory {
  /** Of the kinds that we use, in the order of the file; trusted and useful certificates and data objects are left out. */
  readonly directories: readonly Directory[];
  readonly damaged: readonly MiddlewareError[];
  /** Bytes in use. */
  readonly used: number;
}

/** Reads EF.ODF. An entry that makes no sense does not hide the others. Never throws. */
export function parseObjectDirectory(bytes: Uint8Array): ObjectDirectory {
  const { entries, used } = splitDirectory(bytes, bytes.length);
  const directories: Directory[] = [];
  const damaged: MiddlewareError[] = [];
  for (const entry of entries) {
    try {
      const directory = parseEntry(entry);
      if (directory !== undefined) directories.push(directory);
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      damaged.push(error);
    }
  }
  return { directories, damaged, used };
}

function parseEntry(entry: Uint8Array): Directory | undefined {
  const [outer] = parseTlvs(entry);
  const kinds = Object.entries(directoryKinds) as [DirectoryKind, number][];
  const kind = kinds.find(([, number]) => outer?.tag === tags.constructed(number))?.[0];
  if (outer === undefined || kind === undefined) return undefined;
  const [inner] = parseTlvs(outer.value);
  // PathOrObjects (§8.4.1): a Path, or the entries in tag [0].
  if (inner?.tag === tags.constructed(0)) return { kind, inline: inner.value };
  if (inner?.tag !== tags.sequence) throw malformed('directory path');
  return { kind, file: parsePath(inner.value) };
}
