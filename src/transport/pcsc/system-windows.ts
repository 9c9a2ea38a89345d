import { splitNames, type PcscSystem } from './pcsc-system.js';

// Not tried on Windows yet: written after winscard.h and winsmcrd.h of the Windows SDK.

/** winscard.dll: 32-bit DWORD, pointer-sized handles, UTF-16 names. */
export const windowsSystem: PcscSystem = {
  libraries: ['winscard.dll'],
  textSuffix: 'W',
  textType: 'str16',
  decodeNames: (buffer) => splitNames(Buffer.from(buffer).toString('utf16le')),
  characterBytes: 2,
  dword: 'uint32_t',
  long: 'int32_t',
  handle: 'uintptr_t',
  isPacked: false,
  atrBytes: 36,
  hasPlugAndPlay: true,
  controlName: 'SCardControl',
  // CTL_CODE(FILE_DEVICE_SMARTCARD, feature, METHOD_BUFFERED, FILE_ANY_ACCESS)
  controlCode: (feature) => (0x31 << 16) | (feature << 2),
};
