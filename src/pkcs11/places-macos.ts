import type { ModulePlace } from './places.js';

/** Not tried. */
export function macosPlaces(): readonly ModulePlace[] {
  return [
    { name: 'SafeNet Authentication Client', path: '/usr/local/lib/libeTPkcs11.dylib' },
    { name: 'Net iD', path: '/Library/Security/tokend/iidp11.dylib' },
    { name: 'OpenSC', path: '/Library/OpenSC/lib/opensc-pkcs11.so' },
  ];
}
