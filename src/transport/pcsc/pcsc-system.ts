/** What differs between the three PC/SC implementations. */
export interface PcscSystem {
  /** Names to try, in this order, when loading the library. */
  readonly libraries: readonly string[];
  /** What is appended to the name of functions that take text. */
  readonly textSuffix: '' | 'W';
  /** koffi's name for a zero-terminated string of this library. */
  readonly textType: 'str' | 'str16';
  /** The strings of a multi-string buffer: each zero-terminated, an empty one at the end. */
  decodeNames(buffer: Uint8Array): string[];
  /** Bytes of one character in a multi-string. */
  readonly characterBytes: number;
  /** koffi's names for DWORD, LONG and the type of context and card handles. */
  readonly dword: string;
  readonly long: string;
  readonly handle: string;
  /** Whether SCARD_READERSTATE and SCARD_IO_REQUEST have no padding. */
  readonly isPacked: boolean;
  /** Size of rgbAtr in SCARD_READERSTATE. */
  readonly atrBytes: number;
  /** Whether the name that announces new readers is known; without it the list is read every second. */
  readonly hasPlugAndPlay: boolean;
  /** The name of the function that the others call SCardControl. */
  readonly controlName: string;
  /** SCARD_CTL_CODE. */
  controlCode(feature: number): number;
}

/** Splits decoded text at its zeros. */
export function splitNames(text: string): string[] {
  return text.split('\0').filter((name) => name !== '');
}
