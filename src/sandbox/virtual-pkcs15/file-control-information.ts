import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import type { CardFile } from './card-files.js';
import type { Pkcs15CardState } from './pkcs15-card-state.js';

const FCI = 0x6f;
const FCP = 0x62;
/** Life cycle (ISO/IEC 7816-4:2020 §7.4.10): created, operational. */
const CREATION = 0x01;
const ACTIVATED = 0x05;

const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

/** File descriptor byte (ISO/IEC 7816-4:2020 §7.4.5); 11, 22 and 41 are MyEID's for RSA keys, EC keys and secrets. */
function descriptorOf(file: CardFile): number {
  if (file.kind === 'df') return 0x38;
  if (file.kind === 'ef') return 0x01;
  if (file.kind === 'secret') return 0x41;
  return file.type === 'rsa' ? 0x11 : 0x22;
}

/** 80: bytes of content. 81: a number that a directory has only because readers want one, or the bits of a key. */
function sizeObject(file: CardFile): Uint8Array {
  if (file.kind === 'ef') return encodeTlv(0x80, uint16(file.content.length));
  return encodeTlv(0x81, uint16(file.kind === 'df' ? 0x7fff : file.bits));
}

/** What SELECT tells of a file (ISO/IEC 7816-4:2020 §7.4.3): FCI template 6F, or FCP template 62. */
export function fileControlInformation(
  { commandSet, activated }: Pkcs15CardState,
  file: CardFile,
  template: 'fci' | 'fcp',
): Uint8Array {
  const isCreating = commandSet === 'myeid' && !activated;
  return encodeTlv(
    template === 'fci' ? FCI : FCP,
    concatBytes(
      sizeObject(file),
      encodeTlv(0x82, Uint8Array.of(descriptorOf(file))),
      encodeTlv(0x83, uint16(file.fid)),
      ...(file.kind === 'df' && file.aid !== undefined ? [encodeTlv(0x84, file.aid)] : []),
      encodeTlv(0x86, file.access),
      encodeTlv(0x8a, Uint8Array.of(isCreating ? CREATION : ACTIVATED)),
    ),
  );
}
