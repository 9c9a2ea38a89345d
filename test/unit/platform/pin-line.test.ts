import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPinLine, readPinLines } from '../../../src/platform/pin-line.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kort-line-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function readFrom(content: string): Promise<string> {
  const path = join(folder, 'line');
  writeFileSync(path, content);
  const descriptor = openSync(path, 'r');
  try {
    const secret = await readPinLine(descriptor);
    return secret.use((bytes) => Buffer.from(bytes).toString());
  } finally {
    closeSync(descriptor);
  }
}

/** What a process of its own reads from a pipe that is written in these pieces. */
function readFromPipe(pieces: readonly string[], end = true, count = 1): Promise<string> {
  const program = `
    import { readPinLines } from './src/platform/pin-line.ts';
    const textOf = (secret) => secret.use((bytes) => Buffer.from(bytes).toString());
    readPinLines(${count}).then(
      (lines) => console.log('read ' + lines.map(textOf).join(' ')),
      (error) => console.log('failed ' + error.code + ' ' + error.fields.reason),
    );`;
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      ['--import', './test/support/typescript-loader.mjs', '--input-type=module', '-e', program],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.once('close', () => resolve(out.trim()));
    const write = (index: number): void => {
      const piece = pieces[index];
      if (piece === undefined) {
        if (end) child.stdin.end();
        return;
      }
      child.stdin.write(piece, () => setTimeout(() => write(index + 1), 20));
    };
    child.stdin.on('error', () => undefined);
    write(0);
  });
}

describe('readPinLine()', () => {
  it.each([
    ['835196\n', '835196'],
    ['835196', '835196'],
    ['835196\r\n', '835196'],
    ['835196\nmore\n', '835196'],
  ])('reads %j from a file', async (content, expected) => {
    expect(await readFrom(content)).toBe(expected);
  });

  it.each(['', '\n', '\r\n', `${'1'.repeat(64)}\n`])('refuses %j', async (content) => {
    await expect(readFrom(content)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  it('takes /dev/null, which also stands in for a closed input, for an empty one, and refuses a folder', async () => {
    for (const [path, reason] of [
      ['/dev/null', 'pinEmpty'],
      [folder, 'pinUnreadable'],
    ] as const) {
      const descriptor = openSync(path, 'r');
      await expect(readPinLine(descriptor)).rejects.toMatchObject({ code: 'ERR_USAGE', fields: { reason } });
      closeSync(descriptor);
    }
  });

  it('refuses a descriptor that is closed', async () => {
    await expect(readPinLine(1_000_000)).rejects.toMatchObject({ fields: { reason: 'pinUnreadable' } });
  });

  it('reads a line that comes through a pipe in pieces, without waiting for its end', async () => {
    expect(await readFromPipe(['83', '51', '96\n'], false)).toBe('read 835196');
  });

  it('reads a line without line feed at the end of a pipe, and refuses an empty pipe and a long line', async () => {
    expect(await readFromPipe(['835196'])).toBe('read 835196');
    expect(await readFromPipe([])).toBe('failed ERR_USAGE pinEmpty');
    expect(await readFromPipe(['1'.repeat(100)], false)).toBe('failed ERR_USAGE pinTooLong');
  });
});

describe('readPinLines()', () => {
  const linesFrom = async (content: string, count: number): Promise<readonly string[]> => {
    const path = join(folder, 'lines');
    writeFileSync(path, content);
    const descriptor = openSync(path, 'r');
    try {
      const lines = await readPinLines(count, descriptor);
      return lines.map((secret) => secret.use((bytes) => Buffer.from(bytes).toString()));
    } finally {
      closeSync(descriptor);
    }
  };

  it.each([
    ['835196\n246810\n', ['835196', '246810']],
    ['835196\r\n246810', ['835196', '246810']],
    ['835196\n246810\nmore\n', ['835196', '246810']],
  ])('reads two lines of %j from a file', async (content, expected) => {
    expect(await linesFrom(content, 2)).toEqual(expected);
  });

  it.each([
    ['835196\n', 'pinLineMissing'],
    ['835196', 'pinLineMissing'],
    ['835196\n\n246810\n', 'pinLineMissing'],
    ['\n246810\n', 'pinEmpty'],
    [`835196\n${'2'.repeat(64)}\n`, 'pinTooLong'],
  ])('refuses %j where two lines are wanted', async (content, reason) => {
    await expect(linesFrom(content, 2)).rejects.toMatchObject({ code: 'ERR_USAGE', fields: { reason } });
  });

  it('reads lines that come through a pipe in pieces, without waiting for its end', async () => {
    expect(await readFromPipe(['83', '5196\n24', '68', '10\nmore'], false, 2)).toBe('read 835196 246810');
    expect(await readFromPipe(['835196\n24', '6810'], true, 2)).toBe('read 835196 246810');
    expect(await readFromPipe(['835196\n'], true, 2)).toBe('failed ERR_USAGE pinLineMissing');
    expect(await readFromPipe(['835196\n', '2'.repeat(100)], false, 2)).toBe('failed ERR_USAGE pinTooLong');
  });
});
