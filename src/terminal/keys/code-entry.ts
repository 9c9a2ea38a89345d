/** The longest confirmation code that there is. */
const maxLength = 8;

/** A confirmation code while it is being typed; it is no secret, and stands on the screen. */
export interface CodeEntry {
  readonly typed: string;
  /** One more character; small letters count as capitals, what is neither letter nor digit is dropped. */
  push(byte: number): void;
  backspace(): void;
  clear(): void;
}

/** An empty entry. */
export function createCodeEntry(): CodeEntry {
  let typed = '';
  return {
    get typed() {
      return typed;
    },
    push(byte) {
      const character = String.fromCharCode(byte).toUpperCase();
      if (typed.length < maxLength && /^[0-9A-Z]$/.test(character)) typed += character;
    },
    backspace() {
      typed = typed.slice(0, -1);
    },
    clear() {
      typed = '';
    },
  };
}
