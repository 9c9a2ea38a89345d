/** One exchange as a trace may show it. */
export interface TracedExchange {
  /** The command; of one that carries a PIN or a key only header and length. */
  readonly command: Uint8Array;
  readonly response: Uint8Array;
}

/**
 * What carries a PIN, PUK, management key or private key on any of the virtual cards: VERIFY, CHANGE REFERENCE DATA and
 * RESET RETRY COUNTER (ISO/IEC 7816-4:2020 §11.6), EXTERNAL AUTHENTICATE, MyEID's PUT DATA (PINs, key parts), and
 * YubiKey's import of a key (FE) and of the management key (FF).
 */
const SECRET_INSTRUCTIONS: readonly number[] = [0x20, 0x21, 0x24, 0x2c, 0x82, 0xda, 0xfe, 0xff];
const GENERAL_AUTHENTICATE = 0x87;
const MANAGEMENT_KEY = 0x9b;
const PUT_DATA = 0xdb;
const TAG_LIST = 0x5c;

/**
 * A copy that holds no secret: what the card would read as a command with one, whatever its class, parameters and
 * length, is cut after its fifth byte. So is PUT DATA that does not begin with an object's tag, since a private key, or
 * the rest of one, is sent that way too.
 */
export function withoutPin(command: Uint8Array): Uint8Array {
  const [, ins = 0, , p2] = command;
  const isSecret =
    SECRET_INSTRUCTIONS.includes(ins) ||
    (ins === GENERAL_AUTHENTICATE && p2 === MANAGEMENT_KEY) ||
    (ins === PUT_DATA && !namesObject(command));
  return new Uint8Array(command.subarray(0, isSecret ? 5 : command.length));
}

/** Whether the data begins with a tag list of one tag: 5C, its length, and the tag of a PIV object. */
function namesObject(command: Uint8Array): boolean {
  const data = command.subarray(command[4] === 0 ? 7 : 5);
  if (data[0] !== TAG_LIST) return false;
  return data[1] === 3 ? data[2] === 0x5f : data[1] === 1 ? data[2] === 0x7e : data[1] === 2 && data[2] === 0x7f;
}
