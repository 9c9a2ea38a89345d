import type { CardFile } from './card-files.js';
import type { CommandSet } from './pkcs15-card-state.js';
import type { Pkcs15Context } from './pkcs15-context.js';

export type FileOperation = 'read' | 'update' | 'delete' | 'createDf' | 'createEf' | 'deleteChild' | 'use' | 'generate';

/** A PIN's reference, or whether everybody or nobody may. */
type Right = 'always' | 'never' | number;

/** ISO/IEC 7816-4:2020 §9.3.3 without the AM byte: FF, then seven conditions; which one is for what. */
const isoAppletIndex: Record<CardFile['kind'], Partial<Record<FileOperation, number>>> = {
  df: { delete: 1, createDf: 5, createEf: 6, deleteChild: 7 },
  ef: { delete: 1, update: 6, read: 7 },
  key: {},
  secret: {},
};

/** 00 always, 90 after the PIN, FF never; whatever else is never. */
function isoAppletRight(file: CardFile, operation: FileOperation): Right {
  const index = isoAppletIndex[file.kind][operation];
  const condition = index === undefined ? undefined : file.access[index];
  if (condition === 0x00) return 'always';
  return condition === 0x90 ? 1 : 'never';
}

/** MyEID: nibbles, first the high one of the first byte. */
const myEidIndex: Record<CardFile['kind'], Partial<Record<FileOperation, number>>> = {
  df: { createDf: 0, createEf: 1, delete: 2 },
  ef: { read: 0, update: 1, delete: 2 },
  key: { use: 0, update: 1, delete: 2, generate: 3 },
  secret: { use: 0, update: 1, delete: 2, generate: 3 },
};

/** Nibble 0 always, 1 to 14 after that PIN, 15 never. */
function nibbleRight(nibble: number): Right {
  if (nibble === 0) return 'always';
  return nibble === 0x0f ? 'never' : nibble;
}

function myEidRight(file: CardFile, operation: FileOperation): Right {
  // Who may delete a file is the file's own affair.
  if (operation === 'deleteChild') return 'always';
  const index = myEidIndex[file.kind][operation];
  if (index === undefined) return 'never';
  const byte = file.access[index >> 1] ?? 0xff;
  return nibbleRight(index % 2 === 0 ? byte >> 4 : byte & 0x0f);
}

const rightOf: Record<CommandSet, (file: CardFile, operation: FileOperation) => Right> = {
  isoapplet: isoAppletRight,
  myeid: myEidRight,
};

function isGranted(card: Pkcs15Context, right: Right): boolean {
  if (card.state.commandSet === 'myeid' && !card.state.activated) return true;
  if (right === 'always') return true;
  return right !== 'never' && card.volatile.verified.has(right);
}

/** Whether what was verified so far allows it. */
export const isPermitted = (card: Pkcs15Context, file: CardFile, operation: FileOperation): boolean =>
  isGranted(card, rightOf[card.state.commandSet](file, operation));
