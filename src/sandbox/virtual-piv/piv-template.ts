import { parseTlvs, type Tlv } from '../../core/ber-tlv.js';

/** The data objects in command data; undefined when it is not TLV. */
export function readTlvs(data: Uint8Array): Tlv[] | undefined {
  try {
    return parseTlvs(data);
  } catch {
    return undefined;
  }
}

/** The data objects inside the one object with this tag that the data consists of. */
export function readTemplate(data: Uint8Array, tag: number): Map<number, Uint8Array> | undefined {
  const [outer, ...rest] = readTlvs(data) ?? [];
  if (outer?.tag !== tag || rest.length > 0) return undefined;
  const inner = readTlvs(outer.value);
  return inner && new Map(inner.map((tlv) => [tlv.tag, tlv.value]));
}
