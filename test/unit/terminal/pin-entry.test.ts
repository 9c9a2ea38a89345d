import { describe, expect, it } from 'vitest';
import { createConsentEntry } from '../../../src/terminal/keys/consent-entry.js';
import { createPinEntry } from '../../../src/terminal/keys/pin-entry.js';

const type = (entry: { push(byte: number): void }, text: string): void => {
  for (const byte of Buffer.from(text)) entry.push(byte);
};

describe('createPinEntry()', () => {
  it('gives what was typed, and is empty afterwards', () => {
    const entry = createPinEntry();
    type(entry, '83519');
    entry.backspace();
    type(entry, '2');
    expect(entry.length).toBe(5);
    expect(entry.take().use((bytes) => Buffer.from(bytes).toString())).toBe('83512');
    expect(entry.length).toBe(0);
    expect(entry.take().length).toBe(0);
  });

  it('holds at most what a PIN frame carries, and survives backspace on nothing', () => {
    const entry = createPinEntry();
    entry.backspace();
    type(entry, '1'.repeat(40));
    expect(entry.length).toBe(32);
  });

  it('clear() leaves nothing behind for the next take()', () => {
    const entry = createPinEntry();
    type(entry, '8351');
    entry.clear();
    type(entry, '9');
    expect(entry.take().use((bytes) => [...bytes])).toEqual([0x39]);
  });
});

describe('createConsentEntry()', () => {
  it('is given only by the whole word and a confirmation', () => {
    const entry = createConsentEntry('SISTA');
    type(entry, 'sist');
    entry.confirm();
    expect(entry.given).toBe(false);
    type(entry, 'a');
    expect(entry.given).toBe(false);
    entry.confirm();
    expect(entry.given).toBe(true);
  });

  it('shows no digit of a PIN that is typed too early', () => {
    const entry = createConsentEntry('SISTA');
    type(entry, '8351s92i');
    expect(entry.typed).toBe('SI');
    entry.backspace();
    expect(entry.typed).toBe('S');
  });
});
