import { fromHex } from '../../core/bytes.js';
import type { CommandSet } from './pkcs15-card-state.js';

/** Where a personalized card has what, and who may do what with it. */
export interface CardLayout {
  readonly aodf: number;
  readonly prkdf: number;
  readonly pukdf: number;
  readonly cdf: number;
  /** First identifiers of what is counted up. */
  readonly certificates: number;
  readonly publicKeys: number;
  /** Undefined when keys lie outside the file system. */
  readonly privateKeys: number | undefined;
  /** Size of a directory file, with room for more. */
  readonly directoryFileSize: number;
  readonly userPin: { readonly reference: number; readonly authId: number };
  readonly tries: { readonly pin: number; readonly puk: number };
  readonly access: {
    readonly directory: Uint8Array;
    readonly file: Uint8Array;
    /** Of a key that this PIN guards. */
    readonly key: (pin: number) => Uint8Array;
  };
}

/** As OpenSC's profiles lay the cards out, but with every change behind the user PIN. */
export const cardLayouts: Record<CommandSet, CardLayout> = {
  isoapplet: {
    aodf: 0x4401,
    prkdf: 0x4402,
    pukdf: 0x4403,
    cdf: 0x4404,
    certificates: 0x3400,
    publicKeys: 0x3300,
    privateKeys: undefined,
    directoryFileSize: 512,
    userPin: { reference: 1, authId: 0xff },
    tries: { pin: 3, puk: 3 },
    access: {
      directory: fromHex('FF90909090909090'),
      file: fromHex('FF90909090909000'),
      key: () => fromHex('FFFFFFFFFFFFFFFF'),
    },
  },
  myeid: {
    aodf: 0x4401,
    prkdf: 0x4402,
    pukdf: 0x4404,
    cdf: 0x4403,
    certificates: 0x4301,
    publicKeys: 0x5501,
    privateKeys: 0x4b01,
    directoryFileSize: 1024,
    userPin: { reference: 1, authId: 0x01 },
    tries: { pin: 3, puk: 10 },
    access: {
      directory: fromHex('111FFF'),
      file: fromHex('011FFF'),
      key: (pin) => Uint8Array.of((pin << 4) | 0x01, 0x11, 0xff),
    },
  },
};

export const PIN_2 = { reference: 2, authId: 0x02 } as const;
