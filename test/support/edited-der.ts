import { encodeTlv } from '../../src/core/ber-tlv.js';
import { concatBytes } from '../../src/core/bytes.js';
import { readDer, type DerElement } from '../../src/pki/der.js';

/** What takes the place of an element: none, one, or several. */
type Change = (element: DerElement) => readonly Uint8Array[];

/** DER in which the element at a path of places is another; everything around it is encoded anew. */
export function editDer(der: Uint8Array, path: readonly number[], change: Change): Uint8Array {
  const [place, ...rest] = path;
  const parts = readDer(der).flatMap((element, index): readonly Uint8Array[] => {
    if (index !== place) return [element.encoded];
    return rest.length === 0 ? change(element) : [encodeTlv(element.tag, editDer(element.contents, rest, change))];
  });
  return concatBytes(...parts);
}

/** The element at a path of places. */
export function elementAt(der: Uint8Array, path: readonly number[]): DerElement {
  const [place = 0, ...rest] = path;
  const element = readDer(der)[place];
  if (element === undefined) throw new Error(`no element ${place}`);
  return rest.length === 0 ? element : elementAt(element.contents, rest);
}
