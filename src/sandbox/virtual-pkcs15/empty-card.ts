import { randomBytes } from 'node:crypto';
import { fromHex } from '../../core/bytes.js';
import { MASTER_FILE, type DedicatedFile } from './card-files.js';
import type { CommandSet, Pkcs15CardState } from './pkcs15-card-state.js';

/** ISO/IEC 7816-15:2016 §7.5.2. */
export const PKCS15_AID = fromHex('A000000063504B43532D3135');
export const PKCS15_DIRECTORY = 0x5015;
const DEFAULT_CAPACITY = 65_536;
const SERIAL_LENGTH = 10;

export interface EmptyCardOptions {
  readonly commandSet: CommandSet;
  /** 10 bytes; random by default. */
  readonly serial?: Uint8Array;
  /** Bytes that all files and keys together may take; default 65 536. */
  readonly capacity?: number;
}

const directory = (fid: number, access: Uint8Array, aid?: Uint8Array): DedicatedFile => ({
  kind: 'df',
  fid,
  access,
  aid,
  children: [],
});

/** An IsoApplet card comes with nothing but a root in which everybody may do everything. */
export const emptyIsoAppletRoot = (): DedicatedFile => directory(MASTER_FILE, fromHex('FF00000000000000'));

/** A MyEID card comes with its application's directory. */
export function emptyMyEidRoot(access: Uint8Array, applicationAccess: Uint8Array): DedicatedFile {
  const root = directory(MASTER_FILE, access);
  root.children.push(directory(PKCS15_DIRECTORY, applicationAccess, PKCS15_AID));
  return root;
}

/** The state of a card as it leaves the factory. */
export function emptyPkcs15Card({ commandSet, serial, capacity }: EmptyCardOptions): Pkcs15CardState {
  const open = Uint8Array.of(0x00, 0x0f, 0xff);
  return {
    commandSet,
    capacity: capacity ?? DEFAULT_CAPACITY,
    serial: new Uint8Array(serial ?? randomBytes(SERIAL_LENGTH)).slice(0, SERIAL_LENGTH),
    activated: false,
    changes: 0,
    secrets: [],
    keys: [],
    root: commandSet === 'isoapplet' ? emptyIsoAppletRoot() : emptyMyEidRoot(open, open.slice()),
  };
}
