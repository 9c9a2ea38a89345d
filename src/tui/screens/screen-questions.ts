import type { Secret } from '../../core/secret.js';
import { uiWorkMessages, type UiWorkMessages } from '../../messages/ui-work.js';
import type { PinFormat } from '../../model/pin.js';
import { createConsentEntry } from '../../terminal/keys/consent-entry.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import { createPinEntry } from '../../terminal/keys/pin-entry.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import type { Look } from '../../terminal/look.js';
import type { Choice, CodeShape } from '../../terminal/work/work-dialog.js';
import type { KeyHelp } from '../screen.js';
import { linesOfTexts } from './row-screen.js';

/** A question that stands open on a screen. */
export interface ScreenQuestion {
  texts(): readonly MarkedText[];
  /** Which of the texts must be seen: what is typed, or what is marked. */
  seen(): { readonly first: number; readonly last: number };
  lines(): readonly string[];
  readonly keys: readonly KeyHelp[];
  /** Any character may be typed into it, so none of them means anything else. */
  readonly takesText: boolean;
  /** Arrows choose; else they scroll. */
  readonly takesArrows: boolean;
  key(key: Key, byte: number): void;
  /** Wipes what is half typed; whether there was anything. */
  drop(): boolean;
}

/** A code as dots; of its length is said whether it fits. */
export function codeQuestion(
  label: string,
  { maxLength, format }: CodeShape,
  look: Look,
  done: (code: Secret) => void,
): ScreenQuestion {
  const words = uiWorkMessages[look.language];
  const entry = createPinEntry(maxLength);
  /** Where the first character stands that cannot be part of the code. */
  let strangeAt: number | undefined;
  let isAskedFor = false;
  const fit = (): string => {
    if (format === undefined) return '';
    return strangeAt === undefined ? lengthText(entry.length, format, words) : words.onlyDigits;
  };
  return {
    texts: () => [
      marked('•'.repeat(entry.length), `${label}: `),
      ...(isAskedFor ? [marked(words.nothingTyped)] : []),
      ...(format === undefined || isAskedFor
        ? []
        : [marked(entry.length === 0 ? '' : `${words.typed(entry.length)}: ${fit()}`)]),
    ],
    seen: () => ({ first: 0, last: 1 }),
    // Of a code that is read aloud nobody may hear how long it is.
    lines: () => [
      ...(strangeAt === undefined ? [] : [words.onlyDigits]),
      ...(isAskedFor ? [words.nothingTyped] : []),
      label,
    ],
    keys: [
      { key: 'Enter', does: words.keys.confirm },
      { key: '⌫', does: words.keys.erase, short: words.shortKeys.erase },
    ],
    // Among digits a question mark asks for help.
    takesText: format?.characters !== 'digits',
    takesArrows: false,
    key(key, byte) {
      isAskedFor = key === 'enter' && entry.length === 0;
      if (key === 'character') {
        if (format?.characters === 'digits' && !isDigit(byte)) strangeAt ??= entry.length;
        entry.push(byte);
      } else if (key === 'backspace') {
        entry.backspace();
        if (strangeAt !== undefined && entry.length <= strangeAt) strangeAt = undefined;
      } else if (key === 'enter' && entry.length > 0) done(entry.take());
    },
    drop() {
      const wasBegun = entry.length > 0;
      entry.clear();
      strangeAt = undefined;
      isAskedFor = false;
      return wasBegun;
    },
  };
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

function lengthText(length: number, { minLength, maxLength }: PinFormat, words: UiWorkMessages): string {
  if (length < minLength) return words.tooShort(minLength - length);
  return length > maxLength ? words.tooLong(length - maxLength) : words.fits;
}

/** The word by which somebody agrees. */
export function wordQuestion(label: string, word: string, look: Look, done: () => void): ScreenQuestion {
  const words = uiWorkMessages[look.language];
  let entry = createConsentEntry(word);
  return {
    texts: () => [marked(entry.typed, `${label}: `)],
    seen: () => ({ first: 0, last: 0 }),
    lines: () => [entry.typed === '' ? label : `${label}: ${entry.typed}`],
    keys: [{ key: 'Enter', does: words.keys.confirm }],
    takesText: false,
    takesArrows: false,
    key(key, byte) {
      if (key === 'character') entry.push(byte);
      else if (key === 'backspace') entry.backspace();
      else if (key === 'enter') entry.confirm();
      if (entry.given) done();
    },
    drop() {
      const wasBegun = entry.typed !== '';
      entry = createConsentEntry(word);
      return wasBegun;
    },
  };
}

/** One of several, by its number or by moving to it. */
export function choiceQuestion(
  { before, offers, after }: Choice,
  look: Look,
  done: (index: number) => void,
): ScreenQuestion {
  const words = uiWorkMessages[look.language];
  let index = 0;
  const markOf = (at: number): string => `${at === index ? '> ' : '  '}${at + 1}  `;
  const each = (): readonly (readonly MarkedText[])[] => offers.map((offer, at) => offer(markOf(at)));
  const plain = (at: number): string => linesOfTexts(offers[at]?.(`${at + 1} `) ?? []).join('. ');
  return {
    texts: () => [marked(before), ...each().flat(), ...(after === undefined ? [] : [marked(after)])],
    seen() {
      const lengths = each().map((texts) => texts.length);
      const first = lengths.slice(0, index).reduce((sum, length) => sum + length, 1);
      const isLast = index === offers.length - 1;
      return { first: index === 0 ? 0 : first, last: first + (lengths[index] ?? 1) - (isLast ? 0 : 1) };
    },
    lines: () => [before, ...offers.map((_, at) => plain(at)), after ?? '', words.selected(plain(index))],
    keys: [
      { key: 'Enter', does: words.keys.choose },
      { key: '↑ ↓', does: words.keys.move },
      { key: `1–${Math.min(9, offers.length)}`, does: words.keys.number, short: words.shortKeys.number },
    ],
    takesText: false,
    takesArrows: true,
    key(key, byte) {
      const number = key === 'character' ? byte - 0x30 : 0;
      if (key === 'up') index = Math.max(0, index - 1);
      else if (key === 'down') index = Math.min(offers.length - 1, index + 1);
      else if (key === 'enter') done(index);
      else if (number >= 1 && number <= Math.min(9, offers.length)) done(number - 1);
    },
    drop: () => false,
  };
}

/** One of a few letters. */
export function letterQuestion(
  label: string,
  letters: readonly string[],
  done: (index: number) => void,
): ScreenQuestion {
  return {
    texts: () => [marked(label)],
    seen: () => ({ first: 0, last: 0 }),
    lines: () => [label],
    keys: [],
    takesText: false,
    takesArrows: false,
    key(key, byte) {
      const index = key === 'character' ? letters.indexOf(String.fromCharCode(byte).toLowerCase()) : -1;
      if (index >= 0) done(index);
    },
    drop: () => false,
  };
}
