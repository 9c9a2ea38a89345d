import { splitNames, type PcscSystem } from './pcsc-system.js';

/** pcsc-lite (winscard.h, wintypes.h and reader.h of 1.9): DWORD is `unsigned long`, eight bytes on 64-bit systems. */
export const linuxSystem: PcscSystem = {
  libraries: ['libpcsclite.so.1'],
  textSuffix: '',
  textType: 'str',
  decodeNames: (buffer) => splitNames(Buffer.from(buffer).toString('utf8')),
  characterBytes: 1,
  dword: 'unsigned long',
  long: 'long',
  handle: 'long',
  isPacked: false,
  atrBytes: 33,
  hasPlugAndPlay: true,
  controlName: 'SCardControl',
  controlCode: (feature) => 0x42000000 + feature,
};
