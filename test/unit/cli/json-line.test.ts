import { describe, expect, it } from 'vitest';
import { jsonLine } from '../../../src/cli/json-line.js';

describe('jsonLine()', () => {
  it.each([
    ['C1 control sequence', '\u009b31mTEST'],
    ['delete', 'TEST\u007f'],
    ['C0 escape', '\u001b[2J'],
    ['direction', '\u202eTSET\u2066'],
    ['line separator', 'TEST\u2028TEST'],
    ['tag outside the first plane', 'TEST\u{e0041}'],
  ])('holds nothing that a terminal obeys, and means the same: %s', (_name, text) => {
    const line = jsonLine({ [text]: [text] });
    expect(line).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(line)).toEqual({ [text]: [text] });
  });

  it('leaves letters of any language as they are', () => {
    expect(jsonLine('Åsa 電子 🎫')).toBe('"Åsa 電子 🎫"\n');
  });
});
