/** Status words of the virtual card (ISO/IEC 7816-4:2020 §5.6, tables 5 and 6); its own copy, on purpose. */
export const sw = {
  ok: 0x9000,
  endOfFile: 0x6282,
  memoryFailure: 0x6581,
  wrongLength: 0x6700,
  chainingUnsupported: 0x6884,
  securityStatus: 0x6982,
  blocked: 0x6983,
  conditions: 0x6985,
  noCurrentFile: 0x6986,
  badData: 0x6a80,
  unsupported: 0x6a81,
  fileNotFound: 0x6a82,
  noSpace: 0x6a84,
  badP1P2: 0x6a86,
  referenceNotFound: 0x6a88,
  fileExists: 0x6a89,
  wrongOffset: 0x6b00,
  badIns: 0x6d00,
  badCla: 0x6e00,
  internal: 0x6f00,
} as const;

/** What a command handler answers, before the transport rules (61xx, 6Cxx) shape it. */
export interface Reply {
  readonly statusWord: number;
  readonly data: Uint8Array;
  /** With T=1 the data goes out although the command asked for none. */
  readonly unasked?: true;
}

const empty = new Uint8Array(0);

export function status(statusWord: number): Reply {
  return { statusWord, data: empty };
}

export function answer(data: Uint8Array): Reply {
  return { statusWord: sw.ok, data };
}

/** 63Cx: verification failed or not done, x tries left; 6983 at zero. */
export function triesLeft(count: number): Reply {
  return status(count === 0 ? sw.blocked : 0x63c0 | Math.min(count, 15));
}
