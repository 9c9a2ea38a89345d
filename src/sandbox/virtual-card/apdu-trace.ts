/** One exchange as a trace may show it. */
export interface TracedExchange {
  /** The command; of VERIFY, CHANGE REFERENCE DATA and RESET RETRY COUNTER only header and length. */
  readonly command: Uint8Array;
  readonly response: Uint8Array;
}

const PIN_INSTRUCTIONS: readonly number[] = [0x20, 0x21, 0x24, 0x2c];

/**
 * A copy that holds no PIN: what the card would read as a PIN command, whatever its class, parameters and length, is
 * cut after its fifth byte.
 */
export function withoutPin(command: Uint8Array): Uint8Array {
  const length = PIN_INSTRUCTIONS.includes(command[1] ?? 0) ? 5 : command.length;
  return new Uint8Array(command.subarray(0, length));
}
