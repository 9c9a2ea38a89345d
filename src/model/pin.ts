/** Number that a card knows a PIN by, e.g. 0x11. Two references on one card block and unblock independently. */
export type PinReference = number;

/** How a PIN is spelt; what does not fit is refused before the card is asked. */
export interface PinFormat {
  /** In characters, each one byte. */
  readonly minLength: number;
  readonly maxLength: number;
  /** `digits`: 0 to 9. `printable`: ASCII 0x20 to 0x7E. */
  readonly characters: 'digits' | 'printable';
}

/** Whether a code is spelt as the format says; looks at the bytes without keeping them. */
export function fitsFormat(code: Uint8Array, { minLength, maxLength, characters }: PinFormat): boolean {
  const [lowest, highest] = characters === 'digits' ? [0x30, 0x39] : [0x20, 0x7e];
  return (
    code.length >= minLength && code.length <= maxLength && code.every((byte) => byte >= lowest && byte <= highest)
  );
}

/** One PIN of a token. */
export interface PinInfo {
  readonly reference: PinReference;
  readonly role: 'authentication' | 'signature';
  readonly format: PinFormat;
}

/** A PIN's retry counter as the card tells it; reading it costs no try. */
export interface RetryCounter {
  readonly reference: PinReference;
  /** Tries left; undefined when the card is already verified and so does not tell. */
  readonly attemptsRemaining: number | undefined;
  readonly blocked: boolean;
}
