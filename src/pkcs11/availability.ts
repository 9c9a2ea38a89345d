import { createRequire } from 'node:module';

/** Whether the optional package is installed that modules are loaded with; it needs a compiler to install. */
export function isPkcs11Available(): boolean {
  try {
    createRequire(import.meta.url).resolve('pkcs11js');
    return true;
  } catch {
    return false;
  }
}
