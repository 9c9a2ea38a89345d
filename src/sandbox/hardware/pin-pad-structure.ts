/*
 * PIN_VERIFY_STRUCTURE and PIN_MODIFY_STRUCTURE as a reader takes them: PC/SC part 10 (2.02.09) §2.5.2 and §2.5.3, with
 * the meaning of their bit fields from CCID 1.1 §6.1.11 and §6.1.12. Numbers are little-endian.
 */

/** One entry that the keypad asks for. */
export type PinPadPrompt = 'pin' | 'current-pin' | 'new-pin' | 'confirmation';

/** What a structure asks of the keypad. */
export interface PinPadRequest {
  readonly prompts: readonly PinPadPrompt[];
  /** Seconds to the first key, and from it; 0 is the reader's own time. */
  readonly timeOut: number;
  readonly timeOut2: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly endsAtMaxLength: boolean;
  readonly endsByKey: boolean;
  readonly endsByTime: boolean;
  /** The command with room for each PIN. */
  readonly template: Uint8Array;
  /** Where the PIN, or the current and the new one, go in the template; a PIN without a block is appended with its Lc. */
  readonly offsets: Partial<Readonly<Record<PinPadPrompt, number>>>;
}

/** What a keypad can do. */
export interface PinPadLimits {
  readonly minPinLength: number;
  readonly maxPinLength: number;
  readonly hasDisplay: boolean;
}

const VERIFY_BYTES = 19;
const MODIFY_BYTES = 24;
/** Command header and Lc. */
const BODY = 5;
/** wLangId: none, English (United States), Swedish. */
const languages = [0x0000, 0x0409, 0x041d];

/** Undefined where one field is not what this keypad can do: it answers 6B80 then. */
export function parsePinVerify(bytes: Uint8Array, limits: PinPadLimits): PinPadRequest | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < VERIFY_BYTES + 4 || view.readUInt32LE(15) !== view.length - VERIFY_BYTES) return undefined;
  const position = pinPosition(view.readUInt8(2));
  const template = view.subarray(VERIFY_BYTES);
  const room = roomIn(template);
  const common = parseCommon(view, { at: 5, condition: 7, messages: 8, language: 9 }, limits);
  if (position === undefined || room === undefined || common === undefined) return undefined;
  if (template[1] !== 0x20 || view.readUInt8(11) !== 0 || !isZero(view.subarray(12, 15))) return undefined;
  if (!isVerifyMessage(view.readUInt8(8), limits.hasDisplay)) return undefined;
  const block = view.readUInt8(3) || Math.max(0, room - position);
  const fits = room === 0 ? position === 0 && block === 0 : common.maxLength <= block && position + block <= room;
  return fits ? { ...common, template, prompts: ['pin'], offsets: { pin: BODY + position } } : undefined;
}

/** As {@link parsePinVerify}; the PINs must have blocks, the new one last. */
export function parsePinModify(bytes: Uint8Array, limits: PinPadLimits): PinPadRequest | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < MODIFY_BYTES + BODY || view.readUInt32LE(20) !== view.length - MODIFY_BYTES) return undefined;
  const template = view.subarray(MODIFY_BYTES);
  const room = roomIn(template);
  const common = parseCommon(view, { at: 7, condition: 10, messages: 11, language: 12 }, limits);
  if (pinPosition(view.readUInt8(2)) !== 0 || room === undefined || common === undefined) return undefined;
  if ((template[1] !== 0x24 && template[1] !== 0x2c) || !isZero(view.subarray(17, 20))) return undefined;
  const [current, next, confirm] = [view.readUInt8(5), view.readUInt8(6), view.readUInt8(9)];
  const asksCurrent = (confirm & 2) !== 0;
  const prompts = modifyPrompts(confirm);
  if (confirm > 3 || !areModifyMessages(view, prompts.length, limits.hasDisplay)) return undefined;
  const block = view.readUInt8(3) || (asksCurrent ? next - current : room - next);
  if (common.maxLength > block || next + block !== room || (asksCurrent && current + block > next)) return undefined;
  const offsets = { ...(asksCurrent && { 'current-pin': BODY + current }), 'new-pin': BODY + next };
  return { ...common, template, prompts, offsets };
}

function modifyPrompts(confirm: number): PinPadPrompt[] {
  return [
    ...((confirm & 2) === 0 ? [] : (['current-pin'] as const)),
    'new-pin',
    ...((confirm & 1) === 0 ? [] : (['confirmation'] as const)),
  ];
}

/** bmFormatString: a left-justified ASCII PIN; its position after Lc in bytes, or undefined. */
function pinPosition(format: number): number | undefined {
  if ((format & 0x07) !== 0x02) return undefined;
  const units = (format >> 3) & 0x0f;
  const position = (format & 0x80) === 0 ? units / 8 : units;
  return Number.isInteger(position) ? position : undefined;
}

/** Bytes after Lc; 0 where there is none and the reader adds it, undefined for what is no command with data. */
function roomIn(template: Uint8Array): number | undefined {
  if (template.length === 4 || (template.length === BODY && template[4] === 0)) return 0;
  return template.length === BODY + (template[4] ?? 0) ? template.length - BODY : undefined;
}

type Common = Omit<PinPadRequest, 'prompts' | 'template' | 'offsets'>;

/** The fields that both structures have: bmPINBlockString and bmPINLengthFormat at 3 and 4, the others where told. */
function parseCommon(
  view: Buffer,
  offsets: { readonly at: number; readonly condition: number; readonly messages: number; readonly language: number },
  { minPinLength, maxPinLength }: PinPadLimits,
): Common | undefined {
  const [maxLength, minLength] = [view.readUInt8(offsets.at), view.readUInt8(offsets.at + 1)];
  const condition = view.readUInt8(offsets.condition);
  // No length of the PIN is inserted anywhere.
  if ((view.readUInt8(3) & 0xf0) !== 0 || view.readUInt8(4) !== 0) return undefined;
  if (minLength > maxLength || minLength < minPinLength || maxLength > maxPinLength) return undefined;
  if (condition === 0 || condition > 7 || !languages.includes(view.readUInt16LE(offsets.language))) return undefined;
  return {
    timeOut: view.readUInt8(0),
    timeOut2: view.readUInt8(1),
    minLength,
    maxLength,
    endsAtMaxLength: (condition & 1) !== 0,
    endsByKey: (condition & 2) !== 0,
    endsByTime: (condition & 4) !== 0,
  };
}

const isVerifyMessage = (messages: number, hasDisplay: boolean): boolean =>
  messages === 0 || (hasDisplay && (messages === 1 || messages === 0xff));

/** Index 0 asks for a PIN, 1 for a new one, 2 for the new one again. */
function areModifyMessages(view: Buffer, prompts: number, hasDisplay: boolean): boolean {
  const messages = view.readUInt8(11);
  const indexes = [...view.subarray(14, 17)];
  if (indexes.some((index) => index > 2)) return false;
  return messages === 0 || (hasDisplay && (messages === prompts || messages === 0xff));
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
