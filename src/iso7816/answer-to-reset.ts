/**
 * The historical bytes of an answer to reset (ISO/IEC 7816-3:2006 §8.2); empty when it ends before them.
 *
 * @param atr as the reader gives it, check byte included.
 */
export function historicalBytes(atr: Uint8Array): Uint8Array {
  const format = atr[1] ?? 0;
  let offset = 2;
  // The high nibble of T0, and of each TDi, tells which of TA, TB, TC and TD follow.
  for (let follows = format >> 4; follows !== 0;) {
    offset += (follows & 1) + ((follows >> 1) & 1) + ((follows >> 2) & 1);
    if ((follows & 8) === 0) break;
    follows = (atr[offset] ?? 0) >> 4;
    offset += 1;
  }
  return atr.subarray(offset, offset + (format & 0x0f));
}

/**
 * The data objects of historical bytes in compact-TLV form, tag (high nibble) to value (ISO/IEC 7816-4:2020 §12.1.1).
 * None where the category indicator says that they have another form; what is cut off is left out.
 */
export function compactTlvs(historical: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const category = historical[0];
  if (category !== 0x80 && category !== 0x00) return found;
  // With category 00 a status indicator of three bytes ends them.
  const end = category === 0x00 ? historical.length - 3 : historical.length;
  for (let offset = 1; offset < end;) {
    const head = historical[offset] ?? 0;
    const next = offset + 1 + (head & 0x0f);
    if (next <= end) found.set(head >> 4, historical.subarray(offset + 1, next));
    offset = next;
  }
  return found;
}

/** Whether a card says that it takes extended length: card capabilities (tag 7), third table, ISO/IEC 7816-4:2020 §12.1.1. */
export function announcesExtendedLength(atr: Uint8Array): boolean {
  const table = compactTlvs(historicalBytes(atr)).get(0x7)?.[2] ?? 0;
  return (table & 0x40) !== 0;
}
