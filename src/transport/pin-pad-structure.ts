/*
 * PIN_VERIFY_STRUCTURE and PIN_MODIFY_STRUCTURE: PC/SC part 10 (2.02.09) §2.5.2 and §2.5.3, with the meaning of their
 * bit fields from CCID 1.1 §6.1.11 and §6.1.12. Numbers are little-endian. Values that the standards leave open are
 * those that other programs send, since readers are tried with these.
 */

/** How a keypad takes a PIN into a command. */
export interface PinPadEntryOptions {
  /** The command with pad bytes where PINs go; without data where the PIN is to be appended as it was typed. */
  readonly template: Uint8Array;
  /** Bytes of a PIN's block; undefined where the PIN is appended. */
  readonly blockLength: number | undefined;
  /** In digits. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly hasDisplay: boolean;
  readonly language: 'sv' | 'en';
}

/** bTimerOut and bTimerOut2: seconds for the first key, and after it. */
export const PIN_PAD_SECONDS = 30;

/** ASCII, left-justified. */
const FORMAT_ASCII = 0x02;
/** With its position counted in bytes. */
const FORMAT_BYTES = 0x80;
/** The low half of bmPINBlockString; a longer block is told by the command itself. */
const LONGEST_TOLD_BLOCK = 15;
/** bEntryValidationCondition: the OK key, so that nothing is sent before the user wants it. */
const OK_KEY = 0x02;
/** bConfirmPIN: ask for the current PIN, and for the new one twice. */
const CURRENT_AND_CONFIRM = 0x03;
/** Messages of a display: the reader's own; and one for each of the three entries, by index. */
const DEFAULT_MESSAGE = 0xff;
const MESSAGES = [0x00, 0x01, 0x02] as const;
/** Windows language identifiers: Swedish, English (United States). */
const languages: Readonly<Record<PinPadEntryOptions['language'], number>> = { sv: 0x041d, en: 0x0409 };

/** PIN_VERIFY_STRUCTURE with its command. */
export function buildPinVerify(options: PinPadEntryOptions): Uint8Array {
  const { template, hasDisplay } = options;
  return Uint8Array.from([
    ...[PIN_PAD_SECONDS, PIN_PAD_SECONDS, FORMAT_BYTES | FORMAT_ASCII, toldBlock(options), 0x00],
    ...[options.maxLength, options.minLength, OK_KEY, hasDisplay ? DEFAULT_MESSAGE : 0x00],
    ...[...languageOf(options), MESSAGES[0]],
    // bTeoPrologue: T=1 is the driver's.
    ...[0x00, 0x00, 0x00],
    ...littleEndian32(template.length),
    ...template,
  ]);
}

/** PIN_MODIFY_STRUCTURE for a command with two blocks, the current code (or PUK) and the new PIN. */
export function buildPinModify(options: PinPadEntryOptions & { readonly blockLength: number }): Uint8Array {
  const { template, blockLength, hasDisplay } = options;
  return Uint8Array.from([
    ...[PIN_PAD_SECONDS, PIN_PAD_SECONDS, FORMAT_ASCII, toldBlock(options), 0x00],
    // bInsertionOffsetOld and bInsertionOffsetNew, from the start of the data.
    ...[0x00, blockLength],
    ...[options.maxLength, options.minLength, CURRENT_AND_CONFIRM, OK_KEY, hasDisplay ? MESSAGES.length : 0x00],
    ...languageOf(options),
    ...MESSAGES,
    ...[0x00, 0x00, 0x00],
    ...littleEndian32(template.length),
    ...template,
  ]);
}

function toldBlock({ blockLength }: PinPadEntryOptions): number {
  return blockLength !== undefined && blockLength <= LONGEST_TOLD_BLOCK ? blockLength : 0;
}

function languageOf({ hasDisplay, language }: PinPadEntryOptions): readonly [number, number] {
  const identifier = hasDisplay ? languages[language] : 0;
  return [identifier & 0xff, identifier >> 8];
}

function littleEndian32(value: number): readonly number[] {
  return [0, 8, 16, 24].map((shift) => (value >> shift) & 0xff);
}
