import type { CardKey, CardPin } from '../card-application.js';
import type { PinEntry } from './authentication-objects.js';
import type { KeyEntry } from './key-entries.js';

/** What the directories of a card leave open, because each command set has its own way. */
export interface CommandSet {
  /** How a PIN of the holder is sent; undefined for one that these commands cannot verify. */
  pin(entry: PinEntry, role: CardPin['role']): CardPin | undefined;
  /** How a key is named in commands; undefined for one that these commands cannot use. */
  keyReference(entry: KeyEntry): CardKey['reference'] | undefined;
}
