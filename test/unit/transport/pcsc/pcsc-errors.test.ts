import { describe, expect, it } from 'vitest';
import { assertSuccess, pcscError } from '../../../../src/transport/pcsc/pcsc-errors.js';
import { splitEntries, toReaderState, unawareEvent } from '../../../../src/transport/pcsc/reader-events.js';
import { createInsertionCounter } from '../../../../src/transport/insertion-counter.js';
import { linuxSystem } from '../../../../src/transport/pcsc/system-linux.js';
import { macosSystem } from '../../../../src/transport/pcsc/system-macos.js';
import { windowsSystem } from '../../../../src/transport/pcsc/system-windows.js';

describe('pcscError()', () => {
  it.each([
    [0x80100069, 'SCardTransmit', 'ERR_CARD_REMOVED'],
    [0x80100069, 'SCardConnect', 'ERR_CARD_ABSENT'],
    [0x8010000c, 'SCardConnect', 'ERR_CARD_ABSENT'],
    [0x80100066, 'SCardConnect', 'ERR_CARD_MUTE'],
    [0x80100067, 'SCardConnect', 'ERR_CARD_MUTE'],
    [0x80100067, 'SCardBeginTransaction', 'ERR_PCSC_CARD_RESET'],
    [0x80100068, 'SCardTransmit', 'ERR_PCSC_CARD_RESET'],
    [0x80100016, 'SCardTransmit', 'ERR_CARD_REMOVED'],
    [0x80100009, 'SCardConnect', 'ERR_PCSC_READER_GONE'],
    [0x80100017, 'SCardTransmit', 'ERR_PCSC_READER_GONE'],
    [0x8010000b, 'SCardConnect', 'ERR_PCSC_SHARING_VIOLATION'],
    [0x8010001d, 'SCardEstablishContext', 'ERR_PCSC_SERVICE_ABSENT'],
    [0x80100013, 'SCardTransmit', 'ERR_PCSC_SERVICE_ABSENT'],
    [0x80100003, 'SCardTransmit', 'ERR_PCSC_SERVICE_ABSENT'],
    [0x8010001f, 'SCardControl', 'ERR_PCSC_CONTROL_UNSUPPORTED'],
    [0x80100016, 'SCardControl', 'ERR_PCSC_FAILURE'],
    [0x80100069, 'SCardControl', 'ERR_CARD_REMOVED'],
    [0x80100004, 'SCardTransmit', 'ERR_PCSC_FAILURE'],
  ])('%i of %s is %s', (returned, call, expected) => {
    expect(pcscError(returned, call, 'Reader')).toMatchObject({ code: expected, fields: { call, reader: 'Reader' } });
  });

  it('is not thrown for success', () => {
    expect(() => assertSuccess(0, 'SCardTransmit')).not.toThrow();
    expect(() => assertSuccess(1, 'SCardTransmit')).toThrow('SCardTransmit');
  });
});

describe('toReaderState()', () => {
  const state = (flags: number, atr: number[] = [], own = 0): unknown =>
    toReaderState({ name: 'Reader', state: flags, atr: Uint8Array.from(atr) }, createInsertionCounter(), own);

  it.each([
    [0x0000_0010, [], 0, { card: 'absent', insertion: 0, sharing: 'unused' }],
    [0x0001_0022, [0x3b], 0, { card: 'present', insertion: 1, sharing: 'unused' }],
    [0x0001_0122, [0x3b], 0, { card: 'present', sharing: 'shared' }],
    [0x0001_0122, [0x3b], 1, { card: 'present', sharing: 'unused' }],
    [0x0001_01a2, [0x3b], 1, { card: 'present', sharing: 'exclusive' }],
    [0x0001_0222, [], 0, { card: 'mute' }],
    [0xffff_0022, [], 0, { card: 'mute', insertion: 1 }],
    [0x0002_0010, [0x3b], 0, { card: 'absent', atr: new Uint8Array() }],
  ])('understands 0x%x', (flags, atr, own, expected) => {
    expect(state(flags, atr, own)).toMatchObject(expected);
  });
});

describe('splitEntries()', () => {
  it('puts at most 16 entries into one call: 16 readers and the notification are two', () => {
    const entries = Array.from({ length: 17 }, (_, n) => unawareEvent(`Reader ${n}`));
    expect(splitEntries(entries).map((part) => part.length)).toEqual([16, 1]);
    expect(splitEntries([])).toEqual([]);
  });
});

describe('controlCode()', () => {
  it('is that of each system for CM_IOCTL_GET_FEATURE_REQUEST (PC/SC part 10 §2.2)', () => {
    expect(linuxSystem.controlCode(3400)).toBe(0x42000d48);
    expect(macosSystem.controlCode(3400)).toBe(0x42000d48);
    expect(windowsSystem.controlCode(3400)).toBe(0x00313520);
  });
});

describe('decodeNames()', () => {
  it('splits multi-strings', () => {
    expect(linuxSystem.decodeNames(Buffer.from('Läsare A\0B\0\0'))).toEqual(['Läsare A', 'B']);
    expect(windowsSystem.decodeNames(Buffer.from('Läsare A\0B\0\0', 'utf16le'))).toEqual(['Läsare A', 'B']);
    expect(linuxSystem.decodeNames(Buffer.from('\0'))).toEqual([]);
  });
});
