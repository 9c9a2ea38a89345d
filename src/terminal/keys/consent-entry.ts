/** The word by which a user agrees to spend the last try, while it is being typed. */
export interface ConsentEntry {
  /** What has been typed of the word; anything else is dropped unseen, since it may be the PIN typed too early. */
  readonly typed: string;
  /** Whether the whole word stands there and was confirmed. */
  readonly given: boolean;
  push(byte: number): void;
  backspace(): void;
  confirm(): void;
}

/** An entry for this word, in capital letters A to Z; small letters count as capitals. */
export function createConsentEntry(word: string): ConsentEntry {
  let matched = 0;
  let given = false;
  return {
    get typed() {
      return word.slice(0, matched);
    },
    get given() {
      return given;
    },
    push(byte) {
      const capital = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
      if (word.charCodeAt(matched) === capital) matched += 1;
    },
    backspace() {
      matched = Math.max(0, matched - 1);
    },
    confirm() {
      given = matched === word.length;
    },
  };
}
