import type { StatusReader } from '../../control-contract/status.js';
import type { Key } from '../../terminal/keys/key-reader.js';

/** What of the readers is asked for by name. */
export interface Search {
  readonly text: string;
  /** Keys go into the text. */
  readonly typing: boolean;
  begin(): void;
  /** Whether the key was for the search. */
  key(key: Key, byte: number): boolean;
  /** A reader fits by its own name, or by that of its card or of a person on it. */
  fits(reader: StatusReader): boolean;
}

/** Nobody types more on purpose. */
const longest = 2000;

/** Nothing is searched for to begin with. */
export function createSearch(): Search {
  let text = '';
  let typing = false;
  return {
    get text() {
      return text;
    },
    get typing() {
      return typing;
    },
    begin() {
      typing = true;
    },
    key(key, byte) {
      if (key === 'escape' && (typing || text !== '')) {
        typing = false;
        text = '';
        return true;
      }
      if (!typing) return false;
      if (key === 'enter') typing = false;
      else if (key === 'backspace') text = text.slice(0, -1);
      else if (key === 'character' && text.length < longest) text += String.fromCharCode(byte);
      return key === 'character' || key === 'enter' || key === 'backspace';
    },
    fits({ name, token }) {
      if (text === '') return true;
      const people = token?.certificates.map(({ holder, organization = '' }) => `${holder} ${organization}`) ?? [];
      const all = [name, token?.label ?? '', token?.serial ?? '', token?.product ?? '', ...people].join('\n');
      return plain(all).includes(plain(text));
    },
  };
}

/** Letters as they can be typed on any keyboard: without marks and capitals. */
const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
