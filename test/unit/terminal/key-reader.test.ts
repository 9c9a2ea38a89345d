import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeyReader, type Key } from '../../../src/terminal/keys/key-reader.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function read(...chunks: readonly string[]): string[] {
  const seen: string[] = [];
  const reader = createKeyReader((key: Key, byte) => seen.push(key === 'character' ? String.fromCharCode(byte) : key));
  for (const chunk of chunks) reader.feed(Buffer.from(chunk, 'latin1'));
  vi.advanceTimersByTime(1000);
  return seen;
}

describe('createKeyReader()', () => {
  it('knows characters and the keys that a prompt needs', () => {
    expect(read('1a \r', '\n\x7f\b\t\x03')).toEqual([
      '1',
      'a',
      ' ',
      'enter',
      'enter',
      'backspace',
      'backspace',
      'tab',
      'interrupt',
    ]);
  });

  it('knows the keys that a program on the whole screen needs', () => {
    expect(read('\x0c\x1a')).toEqual(['redraw', 'suspend']);
  });

  it('takes a lone escape for the Escape key', () => {
    expect(read('\x1b')).toEqual(['escape']);
  });

  it.each(['\x1b[1;5A', '\x1b[E', '\x1b[1;5C', '\x1b[200~', '\x1b[55~', '\x1b[5;2~', '\x1bOP', '\x1b[3~'])(
    'drops the sequence %j whole',
    (sequence) => {
      expect(read(`${sequence}7`)).toEqual(['7']);
      expect(read(...Array.from(sequence), '7')).toEqual(['7']);
    },
  );

  it.each([
    ['\x1b[A', 'up'],
    ['\x1b[B', 'down'],
    ['\x1bOA', 'up'],
    ['\x1bOB', 'down'],
    ['\x1b[5~', 'pageUp'],
    ['\x1b[6~', 'pageDown'],
    ['\x1b[C', 'right'],
    ['\x1b[D', 'left'],
    ['\x1b[H', 'home'],
    ['\x1b[F', 'end'],
    ['\x1b[1~', 'home'],
    ['\x1b[4~', 'end'],
  ])('knows the sequence %j, whole or in parts', (sequence, key) => {
    expect(read(`${sequence}7`)).toEqual([key, '7']);
    expect(read(...Array.from(sequence), '7')).toEqual([key, '7']);
  });

  it('lets Ctrl-C through right after an escape', () => {
    expect(read('\x1b\x03')).toEqual(['interrupt']);
  });

  it('drops other control characters and bytes beyond ASCII', () => {
    expect(read('\x00\x01\x04\x1c\xe5\xff')).toEqual([]);
  });

  it('never fails, whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (chunks) => {
        const reader = createKeyReader(() => undefined);
        for (const chunk of chunks) reader.feed(chunk);
        reader.close();
      }),
    );
  });
});
