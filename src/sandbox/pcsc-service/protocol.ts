/**
 * The client protocol of pcsc-lite, version 4:4 (pcsc-lite 1.9 and 2.0, winscard_msg.h and eventhandler.h): a header
 * of two 32-bit numbers, size of the body and command, then the body; answers are bodies alone. Numbers are
 * little-endian here, as on every system that this service runs on.
 */
export const PROTOCOL_MAJOR = 4;
export const PROTOCOL_MINOR = 4;

export const HEADER_BYTES = 8;
/** PCSCLITE_MAX_READERS_CONTEXTS */
export const MAX_READERS = 16;
/** MAX_READERNAME, with its NUL. */
export const READER_NAME_BYTES = 128;
/** MAX_BUFFER_SIZE_EXTENDED: the longest command, answer or control buffer. */
export const MAX_BUFFER = 4 + 3 + 65_536 + 3 + 2;
/** MAX_BUFFER_SIZE: room for an attribute. */
export const ATTRIBUTE_BYTES = 264;

/** enum pcsc_msg_commands. */
export const commands = {
  establish: 0x01,
  release: 0x02,
  connect: 0x04,
  reconnect: 0x05,
  disconnect: 0x06,
  begin: 0x07,
  end: 0x08,
  transmit: 0x09,
  control: 0x0a,
  status: 0x0b,
  cancel: 0x0d,
  getAttribute: 0x0f,
  setAttribute: 0x10,
  version: 0x11,
  readersState: 0x12,
  waitChange: 0x13,
  stopWaiting: 0x14,
} as const;

export type CommandName = keyof typeof commands;

/** Sizes of the bodies; there is no other size that a client could mean. */
const bodyBytes: Readonly<Record<CommandName, number>> = {
  establish: 12,
  release: 8,
  connect: 4 + READER_NAME_BYTES + 5 * 4,
  reconnect: 24,
  disconnect: 12,
  begin: 8,
  end: 12,
  transmit: 32,
  control: 24,
  status: 8,
  cancel: 8,
  getAttribute: 8 + ATTRIBUTE_BYTES + 8,
  setAttribute: 8 + ATTRIBUTE_BYTES + 8,
  version: 12,
  readersState: 0,
  waitChange: 0,
  stopWaiting: 0,
};

/** Where cbSendLength stands in the bodies that raw bytes follow. */
const payloadLengthOffset: Partial<Readonly<Record<CommandName, number>>> = { transmit: 12, control: 8 };

const namesByNumber = new Map<number, CommandName>(
  Object.entries(commands).map(([name, number]) => [number, name as CommandName]),
);

/** One request: its fixed body and the raw bytes after it. */
export interface Request {
  readonly command: CommandName;
  readonly body: Buffer;
  readonly payload: Buffer;
  /** Of the whole request, with its header. */
  readonly length: number;
}

/**
 * The first request in `bytes`, or undefined while it is incomplete.
 *
 * @throws {RangeError} when this can never become a request.
 */
export function parseRequest(bytes: Buffer): Request | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const command = namesByNumber.get(bytes.readUInt32LE(4));
  if (command === undefined) throw new RangeError('unknown command');
  const size = bytes.readUInt32LE(0);
  if (size !== bodyBytes[command]) throw new RangeError('wrong size of body');
  const bodyEnd = HEADER_BYTES + size;
  if (bytes.length < bodyEnd) return undefined;
  const body = bytes.subarray(HEADER_BYTES, bodyEnd);
  const offset = payloadLengthOffset[command];
  const payloadLength = offset === undefined ? 0 : body.readUInt32LE(offset);
  if (payloadLength > MAX_BUFFER) throw new RangeError('buffer too long');
  const length = bodyEnd + payloadLength;
  return bytes.length < length ? undefined : { command, body, payload: bytes.subarray(bodyEnd, length), length };
}
