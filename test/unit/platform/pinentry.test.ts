import { afterEach, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPinentry } from '../../../src/platform/pinentry.js';
import { answering, fakePinentry, type FakePinentry } from '../../support/fake-pinentry.js';

const never = new AbortController().signal;
const window = { title: 'kort', text: 'TEST', ok: 'OK', cancel: 'Cancel' };
const times = { startMs: 5000, answerMs: 5000 };
let fake: FakePinentry | undefined;
afterEach(() => fake?.remove());

const dialogues = (body: string, limits = times, env: Record<string, string> = {}) => {
  fake = fakePinentry(body);
  return createPinentry({ program: fake.program, env, times: limits });
};
const greeted = "say('OK Pleased to meet you');";
const settled = `${greeted} for (;;) { const { value } = await lines.next(); if (/^(GETPIN|CONFIRM|MESSAGE)/.test(value)) break; say('OK'); }`;

describe('createPinentry()', () => {
  it('gives a PIN as bytes', async () => {
    const pin = await dialogues(answering({ GETPIN: 'D 83%3551\nOK' })).getPin({ ...window, label: 'PIN:' }, never);
    expect(pin?.use((bytes) => Buffer.from(bytes).toString())).toBe('83551');
    pin?.wipe();
  });

  it.each([
    ['OK', 'ok'],
    ['ERR 83886194 Not confirmed', 'notOk'],
    ['ERR 83886179 Operation cancelled', 'cancel'],
    ['ERR 83886278 Fully cancelled', 'cancel'],
    ['ERR 83886142 Timeout', 'cancel'],
  ])('takes %s for %s', async (answer, meaning) => {
    expect(await dialogues(answering({ CONFIRM: answer })).confirm({ ...window, notOk: 'No' }, never)).toBe(meaning);
  });

  it('sends what the window says, escaped, and nothing of the environment that could load code', async () => {
    const body = `
const told = [];
${greeted}
for (;;) {
  const { value } = await lines.next();
  told.push(value);
  if (value === 'CONFIRM') break;
  say('OK');
}
require('node:fs').writeFileSync(require('node:path').join(__dirname, 'told'), JSON.stringify({ told, env: process.env, argv: process.argv.slice(2) }));
say('OK');`;
    const env = { DISPLAY: ':9', LD_PRELOAD: '/tmp/evil.so', GTK_MODULES: 'evil', SECRET: 'x' };
    const pinentry = dialogues(body, times, env);
    await pinentry.confirm(
      { ...window, text: '100 % säker\nGETPIN\r\nOPTION x', error: 'TEST fel', notOk: 'Nej' },
      never,
    );
    const {
      told,
      env: given,
      argv,
    } = JSON.parse(readFileSync(join(fake?.program ?? '', '..', 'told'), 'utf8')) as {
      told: string[];
      env: Record<string, string>;
      argv: string[];
    };
    expect(told).toEqual([
      'OPTION lc-ctype=C.UTF-8',
      'SETTIMEOUT 6',
      'SETTITLE kort',
      'SETOK OK',
      'SETCANCEL Cancel',
      'SETNOTOK Nej',
      'SETERROR TEST fel',
      'SETDESC 100 %25 säker%0AGETPIN%0D%0AOPTION x',
      'CONFIRM',
    ]);
    expect(
      Object.keys(given)
        .filter((name) => !name.startsWith('npm_'))
        .toSorted(),
    ).toEqual(['DISPLAY', 'LC_ALL', 'PATH']);
    expect([given['DISPLAY'], argv]).toEqual([':9', []]);
  });

  it.each([
    ['ends at once', 'process.exit(0);', ['ended', 'start']],
    ['ends with a fault in the middle', `${greeted} await lines.next(); process.abort();`, ['ended']],
    ['greets with an error', "say('ERR 67108983 No pinentry');", ['start']],
    ['has no screen', answering({ GETPIN: 'ERR 83918950 Inappropriate ioctl for device' }), ['start']],
    ['does not take the text', answering({ SETDESC: 'ERR 536870981 line too long' }), ['start']],
    ['answers garbage', "raw(Buffer.alloc(500, 0xff)); say('');", ['protocol']],
    ['answers before it is asked', "raw(Buffer.from('OK hello\\nOK\\nOK\\n'));", ['protocol']],
    ['asks us something', `${settled} say('INQUIRE PASSPHRASE');`, ['protocol']],
    ['answers with more than a PIN', `${settled} say('D ' + '1'.repeat(600)); say('OK');`, ['protocol']],
    ['floods', `${settled} raw(Buffer.alloc(10 << 20, 'D 1111111111111111\\n'));`, ['protocol']],
    ['floods without line ends', `${settled} raw(Buffer.alloc(10 << 20, 0x31));`, ['protocol']],
    ['sends status lines without end', `${settled} for (;;) say('S working');`, ['protocol']],
  ])('ends with a typed error when it %s', async (_what, body, reasons) => {
    const asked = dialogues(body).getPin({ ...window, label: 'PIN:' }, never);
    await expect(asked).rejects.toMatchObject({ code: 'ERR_PIN_DIALOGUE' });
    expect(reasons).toContain(
      ((await asked.catch((error: unknown) => error)) as { fields: { reason: string } }).fields.reason,
    );
  });

  it.each([
    ['is silent', 'setInterval(() => 0, 1000);', { startMs: 100, answerMs: 5000 }],
    ['does not answer a setting', `${greeted} setInterval(() => 0, 1000);`, { startMs: 500, answerMs: 5000 }],
    [
      'never answers the question',
      `process.on('SIGTERM', () => 0); ${settled} setInterval(() => 0, 1000);`,
      { startMs: 5000, answerMs: 100 },
    ],
  ])('is given up when it %s', async (_what, body, limits) => {
    await expect(dialogues(body, limits).confirm(window, never)).rejects.toMatchObject({
      code: 'ERR_PIN_DIALOGUE',
      fields: { reason: 'timeout' },
    });
  });

  it('refuses a text that no dialogue takes before it asks anything', async () => {
    await expect(dialogues(answering({})).confirm({ ...window, text: 'å'.repeat(500) }, never)).rejects.toMatchObject({
      fields: { reason: 'too-long' },
    });
  });

  it('closes the window when it is told to, also one that does not want to end', async () => {
    const body = `process.on('SIGTERM', () => 0); ${settled} require('node:fs').writeFileSync(require('node:path').join(__dirname, 'pid'), String(process.pid)); setInterval(() => 0, 1000);`;
    const controller = new AbortController();
    const asked = dialogues(body).message(window, controller.signal);
    const pidOf = (): number => {
      try {
        return Number(readFileSync(join(fake?.program ?? '', '..', 'pid'), 'utf8'));
      } catch {
        return 0;
      }
    };
    await expect.poll(pidOf, { timeout: 5000 }).toBeGreaterThan(1);
    const pid = pidOf();
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const isThere = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(isThere, { timeout: 5000 }).toBe(false);
  });

  it('says so where there is no such program', async () => {
    await expect(
      createPinentry({ program: '/nonexistent/pinentry', env: {} }).confirm(window, never),
    ).rejects.toMatchObject({ code: 'ERR_PIN_DIALOGUE' });
  });
});
