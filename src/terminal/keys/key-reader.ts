/** What a key means; `character` comes with its byte. */
export type Key =
  | 'character'
  | 'enter'
  | 'backspace'
  | 'tab'
  | 'escape'
  | 'interrupt'
  | 'suspend'
  | 'redraw'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pageUp'
  | 'pageDown';

/** Called for each key; the byte is 0 unless it is a printable ASCII character. */
export type KeyListener = (key: Key, byte: number) => void;

/** Reads keys out of the bytes of a raw terminal. */
export interface KeyReader {
  /** Takes bytes without keeping them. */
  feed(bytes: Uint8Array): void;
  close(): void;
}

const named: Readonly<Record<number, Key>> = {
  0x03: 'interrupt',
  0x08: 'backspace',
  0x09: 'tab',
  0x0a: 'enter',
  0x0c: 'redraw',
  0x0d: 'enter',
  0x1a: 'suspend',
  0x7f: 'backspace',
};
const escape = 0x1b;

/** Final bytes of the arrow keys, Home and End, after CSI or ESC O (ECMA-48 §8.3.19 to §8.3.22; xterm, cursor keys). */
const arrows: Readonly<Record<number, Key>> = {
  0x41: 'up',
  0x42: 'down',
  0x43: 'right',
  0x44: 'left',
  0x46: 'end',
  0x48: 'home',
};
/** The parameter of CSI n ~ (xterm, editing keypad), as its digit. */
const editingKeys: Readonly<Record<number, Key>> = {
  0x31: 'home',
  0x34: 'end',
  0x35: 'pageUp',
  0x36: 'pageDown',
};

/**
 * Makes a key reader. An escape character that nothing follows within `escapeMs` is the Escape key; otherwise it begins
 * a control sequence (ECMA-48 §5.4: CSI, parameters, one final byte 40 to 7E) or a function key (ESC O x), which is
 * dropped but for the keys that move in a text. A key is passed on as a number, never as a string: it may be a digit of the PIN.
 */
export function createKeyReader(listener: KeyListener, escapeMs = 50): KeyReader {
  let state: 'ground' | 'escape' | 'sequence' | 'single' = 'ground';
  let timer: NodeJS.Timeout | undefined;
  /** The only byte between CSI and the final byte, 0 if there is none, -1 if there are several. */
  let parameter = 0;

  const inGround = (byte: number): void => {
    if (byte === escape) {
      state = 'escape';
      timer = setTimeout(() => {
        state = 'ground';
        listener('escape', 0);
      }, escapeMs);
      return;
    }
    const key = named[byte];
    if (key !== undefined) listener(key, 0);
    else if (byte >= 0x20 && byte < 0x7f) listener('character', byte);
  };

  const take = (byte: number): void => {
    if (state === 'ground') inGround(byte);
    else if (state === 'escape') {
      clearTimeout(timer);
      state = byte === 0x5b ? 'sequence' : byte === 0x4f ? 'single' : 'ground';
      // Ctrl-C right after Escape must still end the program.
      if (state === 'ground' && byte < 0x20) inGround(byte);
      parameter = 0;
    } else if (state === 'single' || (byte >= 0x40 && byte <= 0x7e)) {
      state = 'ground';
      const key = byte === 0x7e ? editingKeys[parameter] : parameter === 0 ? arrows[byte] : undefined;
      if (key !== undefined) listener(key, 0);
    } else parameter = parameter === 0 ? byte : -1;
  };

  return {
    feed(bytes) {
      for (const byte of bytes) take(byte);
    },
    close() {
      clearTimeout(timer);
    },
  };
}
