import type { CardPin, CardPuk, PinBlock } from '../card-application.js';
import type { PinFormat } from '../../model/pin.js';
import type { PinEntry } from './authentication-objects.js';

/** Digits on every PIN that is not expressly a text. */
function formatOf({ type, minLength, maxLength, storedLength }: PinEntry, block: number): PinFormat {
  const longest = Math.min(maxLength ?? storedLength, block);
  return {
    minLength: Math.max(1, Math.min(minLength, longest)),
    maxLength: Math.max(1, longest),
    characters: type === 'utf8' ? 'printable' : 'digits',
  };
}

/**
 * A PIN as its command set sends it. The block is the command set's, whatever the directory says: a PIN in a wrong
 * block costs a try.
 */
export function cardPin(
  entry: PinEntry,
  role: CardPin['role'],
  block: PinBlock & { readonly length: number },
  puk: CardPuk,
): CardPin {
  return {
    reference: entry.reference,
    role,
    format: formatOf(entry, block.length),
    block,
    ...(entry.unblockDisabled ? {} : { puk }),
  };
}
