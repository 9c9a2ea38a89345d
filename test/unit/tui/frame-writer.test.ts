import { describe, expect, it } from 'vitest';
import { createFrameWriter } from '../../../src/tui/shell/frame-writer.js';

function writing() {
  const written: string[] = [];
  const writer = createFrameWriter((text) => written.push(text.replaceAll('\u001b', '^')));
  return { writer, written };
}

describe('createFrameWriter()', () => {
  it('writes the first frame whole, and of the next the rows that differ', () => {
    const { writer, written } = writing();
    writer.frame('one\ntwo\nthree');
    expect(written.at(-1)).toBe('^[?2026h^[1;1Hone^[K^[2;1Htwo^[K^[3;1Hthree^[K^[3;1Hthree^[J^[?2026l');
    writer.frame('one\n2\nthree');
    expect(written.at(-1)).toBe('^[?2026h^[2;1H2^[K^[?2026l');
  });

  it('writes nothing for a frame that is the same', () => {
    const { writer, written } = writing();
    writer.frame('one\ntwo');
    writer.frame('one\ntwo');
    expect(written).toHaveLength(1);
  });

  it('takes away the rows of a longer frame before', () => {
    const { writer, written } = writing();
    writer.frame('one\ntwo\nthree');
    writer.frame('one');
    expect(written.at(-1)).toBe('^[?2026h^[1;1Hone^[J^[?2026l');
  });

  it('writes everything again when it has forgotten', () => {
    const { writer, written } = writing();
    writer.frame('one');
    writer.forget();
    writer.frame('one');
    expect(written).toHaveLength(2);
    expect(written[1]).toBe(written[0]);
  });
});
