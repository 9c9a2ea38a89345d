import { splitNames, type PcscSystem } from './pcsc-system.js';

// Not tried on macOS yet: written after winscard.h and wintypes.h of PCSC.framework.

/** PCSC.framework: 32-bit DWORD and handles, structures under `#pragma pack(1)`, no announcement of new readers. */
export const macosSystem: PcscSystem = {
  libraries: ['/System/Library/Frameworks/PCSC.framework/PCSC'],
  textSuffix: '',
  textType: 'str',
  decodeNames: (buffer) => splitNames(Buffer.from(buffer).toString('utf8')),
  characterBytes: 1,
  dword: 'uint32_t',
  long: 'int32_t',
  handle: 'int32_t',
  isPacked: true,
  atrBytes: 33,
  hasPlugAndPlay: false,
  controlName: 'SCardControl132',
  controlCode: (feature) => 0x42000000 + feature,
};
