import { findTlv } from '../../core/ber-tlv.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import type { SecurityEnvironment } from './pkcs15-context.js';

/** P2 of MSE SET (ISO/IEC 7816-8:2019 §7): digital signature, confidentiality, key agreement; 00 is IsoApplet's own. */
const purposes: Readonly<Record<number, SecurityEnvironment['purpose']>> = {
  0x00: 'generate',
  0xb6: 'sign',
  0xb8: 'decipher',
  0xa4: 'agree',
};

/** P1: SET for computation, decipherment, internal authentication and key agreement. */
export const SET_FOR_COMPUTATION = 0x41;

/** The control reference template of MSE SET. */
export interface ControlReference {
  readonly purpose: SecurityEnvironment['purpose'];
  /** 80. */
  readonly algorithm: number | undefined;
  /** 81, two bytes. */
  readonly file: number | undefined;
  /** 84, one byte. */
  readonly key: number | undefined;
}

export function parseControlReference({ p2, data }: ParsedCommand): ControlReference | undefined {
  const purpose = purposes[p2];
  if (purpose === undefined) return undefined;
  try {
    const number = (tag: number, length: number): number | undefined => {
      const value = findTlv(data, tag);
      return value?.length === length ? value.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;
    };
    return { purpose, algorithm: number(0x80, 1), file: number(0x81, 2), key: number(0x84, 1) };
  } catch {
    return undefined;
  }
}
