import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { AssuanAnswers, type AssuanAnswer } from '../../../src/platform/assuan-answer.js';
import { seededRandom } from '../../support/seeded-random.js';

function read(...chunks: readonly (string | Uint8Array)[]): readonly unknown[] {
  const found: AssuanAnswer[] = [];
  const answers = new AssuanAnswers((answer) => found.push(answer));
  for (const chunk of chunks) answers.push(Buffer.from(chunk as string, 'latin1'));
  return found.map((answer) =>
    'error' in answer ? answer.error : answer.data.use((bytes) => Buffer.from(bytes).toString('latin1')),
  );
}

describe('AssuanAnswers', () => {
  it('gives the data of an answer as bytes, however it comes in pieces', () => {
    const text =
      '# hello\nS PIN_REPEATED\nD 83%35%25%0d1\r\nOK\nERR 83886179 Operation cancelled <Pinentry>\nOK done\n';
    expect(read(text)).toEqual(['835%\r1', 99, '']);
    expect(read(...Array.from(text))).toEqual(['835%\r1', 99, '']);
  });

  it('joins data lines, and forgets them after the answer', () => {
    expect(read('D 83\nD 51\nOK\nOK\n')).toEqual(['8351', '']);
  });

  it('knows an error by its lower 16 bits', () => {
    expect(read('ERR 114 a\nERR 83886194\nERR\nERR x\n')).toEqual([114, 114, 0, 0]);
  });

  it.each([
    ['a line without end', 'D '.padEnd(1002, '1')],
    ['more data than any code has', `D ${'1'.repeat(65)}\n`],
    ['as much in several lines', `D ${'1'.repeat(40)}\nD ${'1'.repeat(40)}\n`],
    ['a torn escape', 'D 83%3\n'],
    ['an escape that is none', 'D 83%zz\n'],
    ['a question to us', 'INQUIRE QUALITY 8351\n'],
    ['words that nobody defined', 'OKAY\n'],
    ['an empty line', '\n'],
    ['status lines without end', 'S x\n'.repeat(65)],
  ])('refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'ERR_PIN_DIALOGUE', fields: { reason: 'protocol' } }),
    );
  });

  it('keeps nothing of what it has read', () => {
    const kept: Uint8Array[] = [];
    const answers = new AssuanAnswers(
      (answer) => 'data' in answer && answer.data.use((bytes) => void kept.push(bytes)),
    );
    answers.push(Buffer.from('D 8351\nOK\nD 8351'));
    answers.wipe();
    answers.push(Buffer.from('\n'.replace('\n', 'OK\n')));
    expect(kept.map(({ length }) => length)).toEqual([4, 0]);
  });

  it('answers any bytes with answers or with a typed error, and never keeps more than its bounds', () => {
    const random = seededRandom(7);
    for (let run = 0; run < 300; run += 1) {
      const words = ['OK\n', 'D ', 'ERR ', '%41', '%', '\n', 'S x\n', '\r', '\0', '12345678'];
      const text = Array.from({ length: 40 }, () => random.pick(words) ?? '').join('');
      try {
        read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(MiddlewareError);
      }
    }
  });
});
