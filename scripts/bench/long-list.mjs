// A revocation list as long as a large CA's (RFC 5280 §5.1), written here byte by byte: a million entries take a second.
import { randomBytes, sign } from 'node:crypto';

const der = (tag, ...parts) => {
  const value = Buffer.concat(parts);
  const size = value.length;
  if (size < 0x80) return Buffer.concat([Buffer.of(tag, size), value]);
  const bytes = Math.ceil(Math.log2(size + 1) / 8);
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(size, 0, bytes);
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes), length, value]);
};

const time = (at) => der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const version2 = Buffer.from('020101', 'hex');
const listNumber = Buffer.from('a00e300c300a0603551d140403020101', 'hex');
const keyCompromise = Buffer.from('300c300a0603551d1504030a0101', 'hex');

/**
 * A list of so many random serial numbers and one more, signed with RSA and SHA-256. `issuerName` is DER. One entry in
 * three has a reason.
 */
export function writeLongList({ issuerName, privateKey, entries, revokedSerial }) {
  const now = new Date();
  const date = time(now);
  const serials = randomBytes(entries * 16);
  const plain = Buffer.concat([Buffer.of(0x30, 0, 0x02, 16), Buffer.alloc(16), date]);
  const reasoned = Buffer.concat([plain, keyCompromise]);
  for (const entry of [plain, reasoned]) entry[1] = entry.length - 2;
  const body = Buffer.alloc(entries * reasoned.length);
  let end = 0;
  for (let index = 0; index < entries; index += 1) {
    // One in three, so that a million entries have 40 MB.
    const entry = index % 3 === 0 ? reasoned : plain;
    entry.copy(body, end);
    serials.copy(body, end + 4, index * 16, index * 16 + 16);
    body[end + 4] = (body[end + 4] & 0x3f) | 0x40; // positive, and always as long
    end += entry.length;
  }
  const one = der(0x30, der(0x02, revokedSerial), date, keyCompromise);
  const nextUpdate = time(new Date(now.getTime() + 86_400_000));
  const list = der(
    0x30,
    version2,
    sha256WithRsa,
    issuerName,
    date,
    nextUpdate,
    der(0x30, body.subarray(0, end), one),
    listNumber,
  );
  const signature = sign('sha256', list, privateKey);
  return der(0x30, list, sha256WithRsa, der(0x03, Buffer.of(0), signature));
}
