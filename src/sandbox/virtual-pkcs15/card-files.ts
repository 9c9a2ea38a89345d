/** A directory. */
export interface DedicatedFile {
  readonly kind: 'df';
  readonly fid: number;
  /** Security attribute (tag 86), as the command set writes it. */
  access: Uint8Array;
  /** Application identifier, if it can be selected by one. */
  readonly aid: Uint8Array | undefined;
  readonly children: CardFile[];
}

/** A transparent file; its size is fixed when it is created. */
export interface ElementaryFile {
  readonly kind: 'ef';
  readonly fid: number;
  access: Uint8Array;
  readonly content: Uint8Array;
}

/** A file that holds one private key and gives it to nobody. */
export interface KeyFile {
  readonly kind: 'key';
  readonly fid: number;
  access: Uint8Array;
  readonly type: 'rsa' | 'ec';
  readonly bits: number;
  /** PKCS #8 DER; undefined until a key is generated or loaded. */
  pkcs8: Uint8Array | undefined;
}

/** Room for a secret that two sides agree on. Hosts make it before they do; what is agreed on goes to them all the same. */
export interface SecretFile {
  readonly kind: 'secret';
  readonly fid: number;
  access: Uint8Array;
  readonly bits: number;
}

export type CardFile = DedicatedFile | ElementaryFile | KeyFile | SecretFile;

export const MASTER_FILE = 0x3f00;
/** Identifiers that ISO/IEC 7816-4:2020 §7.3.1.1 keeps for itself. */
const RESERVED: readonly number[] = [0x0000, MASTER_FILE, 0x3fff, 0xffff];

export const isFreeToUse = (fid: number): boolean => !RESERVED.includes(fid);

export const childOf = (directory: DedicatedFile, fid: number): CardFile | undefined =>
  directory.children.find((file) => file.fid === fid);

/** The directory that holds the file; undefined for the root itself and for files that are no longer there. */
export function parentOf(root: DedicatedFile, file: CardFile): DedicatedFile | undefined {
  if (root.children.includes(file)) return root;
  for (const child of root.children) {
    const found = child.kind === 'df' ? parentOf(child, file) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The directory with exactly this application identifier, anywhere below. */
export function applicationOf(root: DedicatedFile, aid: Uint8Array): DedicatedFile | undefined {
  for (const child of directories(root)) {
    if (child.aid?.length === aid.length && child.aid.every((byte, index) => byte === aid[index])) return child;
    const found = applicationOf(child, aid);
    if (found !== undefined) return found;
  }
  return undefined;
}

const directories = (directory: DedicatedFile): DedicatedFile[] =>
  directory.children.filter((child) => child.kind === 'df');

/** Every file below a directory, itself excluded. */
export const allFiles = (directory: DedicatedFile): CardFile[] =>
  directory.children.flatMap((child) => (child.kind === 'df' ? [child, ...allFiles(child)] : [child]));

/** Bytes of memory that a file takes; a key file takes the room of its key from the beginning. */
export function sizeOf(file: CardFile): number {
  switch (file.kind) {
    case 'df':
      return 0;
    case 'ef':
      return file.content.length;
    case 'secret':
      return Math.ceil(file.bits / 8);
    case 'key':
      return keySize(file.bits);
  }
}

/** What one key of this many bits takes. */
export const keySize = (bits: number): number => Math.ceil(bits / 8) * 3;
