/**
 * The 16 bytes of a loopback address, IPv4 as v4-mapped IPv6 (RFC 4291 §2.5.5.2), so that `127.0.0.1` and
 * `::ffff:127.0.0.1` are one. Undefined for any other address: such a peer is not on this host.
 */
export function loopbackAddressBytes(address: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  if (address === '::1') {
    bytes[15] = 1;
    return bytes;
  }
  const digits = /^(?:::ffff:)?127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address)?.slice(1).map(Number);
  if (digits?.every((digit) => digit <= 255) !== true) return undefined;
  bytes.set([0xff, 0xff, 127, ...digits], 10);
  return bytes;
}

/** Whether these 16 bytes are a v4-mapped address. */
export function isMappedIpv4(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}
