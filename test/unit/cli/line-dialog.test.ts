import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLineDialog, type LineDialog } from '../../../src/cli/pin/line-dialog.js';
import type { CliPorts } from '../../../src/cli/ports.js';
import type { Secret } from '../../../src/core/secret.js';
import { scriptedTerminal, type ScriptedTerminal } from '../../support/scripted-terminal.js';

const textOf = (secret: Secret): string => secret.use((bytes) => Buffer.from(bytes).toString('latin1'));
const isCancelled = { code: 'ERR_PIN_CANCELLED' };

let terminal: ScriptedTerminal;
let interrupted: AbortController;
let dialog: LineDialog;
let endings: number;
const open = async (size?: { columns: number }): Promise<void> => {
  terminal = scriptedTerminal(size);
  interrupted = new AbortController();
  endings = 0;
  const ports: Pick<CliPorts, 'openTerminal' | 'interrupted' | 'endAtOnce'> = {
    openTerminal: terminal.open,
    endAtOnce: () => void (endings += 1),
    interrupted: () => Promise.resolve(interrupted.signal),
  };
  dialog = await openLineDialog({ ports: ports as CliPorts, language: 'en' });
};
beforeEach(() => open());
afterEach(() => dialog.close());

describe('Ctrl-C', () => {
  it('cancels, and only once more ends the program', async () => {
    const code = dialog.askCode('PIN');
    terminal.type('12\u0003');
    await expect(code).rejects.toMatchObject(isCancelled);
    expect(endings).toBe(0);
    terminal.type('\u0003');
    expect(endings).toBe(1);
  });

  it('ends the program after Escape too, which itself never does', async () => {
    const code = dialog.askCode('PIN');
    terminal.type('\u001b');
    await expect(code).rejects.toMatchObject(isCancelled);
    terminal.type('\u001b');
    terminal.type('\u0003');
    expect(endings).toBe(1);
  });

  it('is offered where something goes on in spite of it', async () => {
    const code = dialog.askCode('PIN');
    terminal.type('\u0003');
    await expect(code).rejects.toMatchObject(isCancelled);
    expect(terminal.written).not.toContain('Ctrl-C again');
    await terminal.until(/Ctrl-C again ends at once/);
  });

  it('is not offered where nothing does', async () => {
    vi.useFakeTimers();
    const code = dialog.askCode('PIN');
    terminal.type('\u0003');
    await expect(code).rejects.toMatchObject(isCancelled);
    dialog.close();
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    expect(terminal.written).not.toContain('Ctrl-C again');
  });
});

describe('askCode()', () => {
  it('takes bytes until Enter, shows dots, and minds Backspace', async () => {
    const code = dialog.askCode('PIN');
    terminal.type('12');
    terminal.type('3\u007f4');
    terminal.type('\r');
    expect(textOf(await code)).toBe('124');
    expect(terminal.written).toContain('\rPIN: ••\u001b[K');
    expect(terminal.written).not.toMatch(/[1234]/);
    expect(terminal.written.endsWith('\r\n')).toBe(true);
  });

  it('takes no empty code, and nothing that was typed before it was asked or after it was given', async () => {
    terminal.type('99\r');
    const first = dialog.askCode('One');
    terminal.type('\r12\r34\r');
    expect(textOf(await first)).toBe('12');
    const second = dialog.askCode('Two');
    terminal.type('5\r');
    expect(textOf(await second)).toBe('5');
  });

  it('takes the rest of a code that was begun before it was asked for as none', async () => {
    terminal.type('83');
    const code = dialog.askCode('PIN');
    terminal.type('5172\r');
    const later = performance.now() + 600;
    const now = vi.spyOn(performance, 'now').mockReturnValue(later);
    terminal.type('835172\r');
    expect(textOf(await code)).toBe('835172');
    now.mockRestore();
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-C after some digits', '12\u0003'],
  ])('is cancelled by %s, and so is every further question', async (_what, keys) => {
    const code = dialog.askCode('PIN');
    terminal.type(keys);
    await expect(code).rejects.toMatchObject(isCancelled);
    expect(dialog.cancelled.aborted).toBe(true);
    await expect(dialog.askCode('Next')).rejects.toMatchObject(isCancelled);
  });

  it('is cancelled by Escape, but not by a cursor key', async () => {
    const code = dialog.askCode('PIN');
    terminal.type('1\u001b[A2');
    await terminal.until(/PIN: ••\u001b/);
    terminal.type('\u001b');
    await expect(code).rejects.toMatchObject(isCancelled);
  });

  it('is cancelled when the program is ended, before the question too', async () => {
    const code = dialog.askCode('PIN');
    interrupted.abort();
    await expect(code).rejects.toMatchObject(isCancelled);
    dialog.close();
    await open();
    interrupted.abort();
    await expect(dialog.askCode('PIN')).rejects.toMatchObject(isCancelled);
  });

  it('ends with the error that makes asking pointless', async () => {
    const code = dialog.askCode('PIN');
    dialog.fail(new Error('TEST daemon is gone'));
    await expect(code).rejects.toThrow('TEST daemon is gone');
  });

  it('keeps to one row on a narrow terminal', async () => {
    dialog.close();
    await open({ columns: 12 });
    const code = dialog.askCode('A long label');
    terminal.type('12345678');
    terminal.type('\r');
    await code;
    for (const row of terminal.written.split(/[\r\n]+/)) {
      expect(row.replace('\u001b[K', '').length).toBeLessThan(12);
    }
  });
});

describe('askWord()', () => {
  it('shows nothing but the word, and waits until all of it stands there', async () => {
    const agreed = dialog.askWord('Type LAST', 'LAST');
    terminal.type('1234la\r');
    await terminal.until(/Type LAST: LA\u001b/);
    terminal.type('s9t\r');
    await agreed;
    expect(terminal.written).not.toMatch(/[0-9]/);
  });
});

describe('choose()', () => {
  it('shows what is offered, and takes the number of one of them and no other key', async () => {
    const offers = ['first', 'second', 'third'].map((text) => (mark: string) => [{ mark, text }]);
    const index = dialog.choose({ before: 'These:', offers, after: 'Which?', hint: 'Press a number' });
    terminal.type('x0493');
    expect(await index).toBe(2);
    expect(terminal.written).toContain('These:\r\n1  first\r\n2  second\r\n3  third\r\nWhich?\r\n');
  });

  it.each([
    ['12\r', 12],
    ['x0\r1\r', 1],
    ['19\r', 1],
    ['9\u007f11\r', 11],
  ])('takes a number of more digits where there are more than nine: %j', async (keys, number) => {
    const offers = Array.from({ length: 12 }, (_, at) => (mark: string) => [{ mark, text: `offer ${at}` }]);
    const index = dialog.choose({ before: 'These:', offers, hint: 'Press a number' });
    terminal.type(keys);
    expect(await index).toBe(number - 1);
    expect(terminal.written).toContain('\r\n12  offer 11\r\n');
    expect(terminal.written).toContain('Type a number, 1 to 12, and press Enter · Esc cancels: ');
    expect(terminal.written).not.toContain('Press a number');
  });
});

describe('say()', () => {
  it('lets no text from outside begin a row, nor a control character through', async () => {
    dialog.close();
    await open({ columns: 30 });
    dialog.say(`Card: ${'a'.repeat(10)} PIN: 1 \u001b[31m${'b'.repeat(20)} PIN: forged`);
    expect(terminal.written).not.toMatch(/\u001b/);
    expect(terminal.written).not.toMatch(/^PIN/m);
  });
});

describe('close()', () => {
  it('gives the terminal back', () => {
    expect(terminal.isOpen).toBe(true);
    dialog.close();
    dialog.close();
    expect(terminal.isOpen).toBe(false);
  });
});
