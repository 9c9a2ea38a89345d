import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/cli/context.js';
import { reportError } from '../../../src/cli/report-error.js';
import { MiddlewareError, type ErrorCode, type ErrorFields } from '../../../src/core/errors.js';

let written: string;
beforeEach(() => (written = ''));

const report = async (code: ErrorCode, fields: ErrorFields, columns?: number): Promise<string> => {
  const ports = { error: { write: (text: string) => void (written += text), columns } };
  const context = { ports, language: 'en', json: false, sandbox: false, instance: undefined };
  await reportError(context as unknown as CommandContext, new MiddlewareError(code, 'Failed', { fields }));
  return written;
};
const download = { work: 'download', downloadId: '0123456789abcdef', step: 'issued' };

describe('reportError()', () => {
  it('breaks rows between words on a terminal, and writes one line each to a file', async () => {
    const narrow = (await report('ERR_CARD_REMOVED', download, 40)).split('\n');
    expect(Math.max(...narrow.map((row) => row.length))).toBeLessThanOrEqual(40);
    const words = narrow.join(' ').split(/\s+/);
    written = '';
    const lines = await report('ERR_CARD_REMOVED', download);
    expect(lines.split('\n')).toHaveLength(4);
    expect(words).toEqual(lines.split(/\s+/));
  });

  it('says of an interrupted download how it goes on, not that it starts again', async () => {
    const text = await report('ERR_CARD_REMOVED', download);
    expect(text).toMatch(/: Insert the card\. Go on with "kort certificate download --resume 01234567"\.\n/);
    expect(text).not.toContain('start again');
  });

  it('does not offer what was just refused to an issued download', async () => {
    const text = await report('ERR_DOWNLOAD_UNFINISHED', { ...download, reason: 'issued' });
    expect(text).not.toMatch(/--discard"/);
    expect(text).toMatch(/: Go on with "kort certificate download --resume 01234567"\.\n/);
  });

  it('sends nobody who cancelled a login looking for a fault', async () => {
    expect(await report('ERR_ISSUER_LOGIN', { hintCode: 'userCancel' })).toContain(
      'What to do: Start again whenever you like.\n',
    );
    written = '';
    expect(await report('ERR_ISSUER_LOGIN', { hintCode: 'startFailed' })).toContain('Check that the right card');
  });

  it('says what to do where nothing was left', async () => {
    expect(await report('ERR_CARD_REMOVED', {})).toContain('Insert the card and start again.');
  });
});
