import type { KeySpec } from '../../model/key.js';
import type { PinReference } from '../../model/pin.js';
import type { ApduExchange } from '../apdu-exchange.js';
import type { CommandSet } from './command-set.js';
import type { DirectoryLayout } from './directory-writing.js';
import type { FidRange, FileCommands } from './file-writing.js';
import type { KeyEntry } from './key-entries.js';

/** Of the RSA modulus, or of the curve's field. */
export const keyBits: Readonly<Record<KeySpec, number>> = {
  'rsa-2048': 2048,
  'rsa-3072': 3072,
  'rsa-4096': 4096,
  'ec-p256': 256,
  'ec-p384': 384,
};

/** Where a key goes, or lies. */
export interface KeyPlace {
  /** As the application's commands name it. */
  readonly reference: number;
  /** For the PrKDF: its number, and the path of its file or of the DF that it belongs to. */
  readonly keyReference: number;
  readonly keyPath: Uint8Array;
}

/** What the writers of the two command sets have of their own. */
export interface WriterCommands extends FileCommands, Pick<CommandSet, 'keyReference'> {
  readonly pin: PinReference;
  readonly keySpecs: readonly KeySpec[];
  readonly layout: DirectoryLayout;
  readonly publicKeyFids: FidRange;
  readonly certificateFids: FidRange;
  /** Key pairs that can still be made beside these; undefined where the card does not tell. */
  freePlaces(taken: readonly KeyEntry[]): number | undefined;
  /**
   * Finds a place for a key that neither the card nor one of these entries has taken.
   *
   * @throws {MiddlewareError} ERR_CARD_NO_CONTAINER when there is none; by status word.
   */
  choosePlace(exchange: ApduExchange, taken: readonly KeyEntry[]): Promise<KeyPlace>;
  /** How an entry of the PuKDF that we wrote names the private key; undefined where it names none. */
  placeOfPublicKey(entry: KeyEntry): number | undefined;
  /**
   * Makes a key pair in its place. What fails leaves no key there.
   *
   * @returns SubjectPublicKeyInfo, DER.
   * @throws {MiddlewareError} ERR_CARD_FULL; by status word.
   */
  makeKey(exchange: ApduExchange, place: KeyPlace, spec: KeySpec): Promise<Uint8Array>;
  /**
   * The key of a certificate that no directory names any more, found by its public half; absent where keys lie outside
   * the files and the next one takes the place.
   *
   * @param named - the keys that directories name.
   */
  findOrphan?(exchange: ApduExchange, named: readonly number[], publicKey: Uint8Array): Promise<number | undefined>;
  /** Deletes a key that no directory names any more, where the card can; best effort. */
  deleteKey(exchange: ApduExchange, reference: number): Promise<void>;
  /** Makes other programs drop what they remember, where the card does not see to that itself. */
  announceChange(exchange: ApduExchange): Promise<void>;
}
