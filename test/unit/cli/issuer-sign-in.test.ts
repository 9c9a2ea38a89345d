import { beforeEach, describe, expect, it } from 'vitest';
import type { IssuerSession } from '../../../src/control-contract/certificates.js';
import type { PromptView } from '../../../src/model/prompt.js';
import { runScripted, type CliResult } from '../../support/scripted-cli.js';
import { fails, ScriptedDaemon } from '../../support/scripted-daemon.js';
import { promptView } from '../../support/prompt-view.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

const issuer = {
  clientId: 'issuer',
  name: { sv: 'TEST utfärdaren', en: 'TEST issuer' },
  registeredBy: 'system',
} as const;
const session: IssuerSession = {
  session: 'session-1',
  issuer,
  holder: 'Tolvan Tolvansson',
  orders: [],
  expiresAt: '2028-01-02T12:00:00.000Z',
};
const ours: Partial<PromptView> = {
  relyingParty: { name: issuer.name, registeredBy: 'system' },
  launcher: 'process',
  origin: undefined,
};
const show = (daemon: ScriptedDaemon, promptId: string, change: Partial<PromptView>): void =>
  daemon.emit('prompt.show', { ...promptView(promptId, change), ticket: promptId.repeat(16) });

let daemon: ScriptedDaemon;
let prompting: ScriptedDaemon;
let signIn: { resolve: (session: IssuerSession) => void; reject: (error: unknown) => void };
beforeEach(() => {
  daemon = new ScriptedDaemon()
    .on(
      'download.list',
      () => ({ downloads: [] }),
      () => ({ downloads: [] }),
    )
    .on('issuer.list', () => ({ issuers: [issuer] }))
    .on('issuer.signIn', () => new Promise((resolve, reject) => (signIn = { resolve, reject })));
  const attached = () => ({ place: { here: true, kind: 'input' }, waiting: [] });
  prompting = new ScriptedDaemon().on('prompt.attach', attached, attached);
});
const lines = [secretOf('1111'), secretOf('2222')];
const download = (...options: readonly string[]): Promise<CliResult> => {
  const clients = [daemon.client, prompting.client];
  lines.splice(0, 2, secretOf('1111'), secretOf('2222'));
  return runScripted(['certificate', 'download', '--pin-stdin', '--yes', ...options], {
    connect: () => Promise.resolve(clients.shift()!),
    readPinLines: () => Promise.resolve(lines),
  });
};
/** On a loaded machine. */
const patient = { timeout: 8000 };
const begun = (): Promise<void> => expect.poll(() => daemon.calls.at(-1), patient).toMatch(/^issuer\.signIn/);
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 750));

describe('signInFromInput()', () => {
  it('answers the login at the issuer with the first line', async () => {
    const ended = download();
    await begun();
    show(prompting, 'a', ours);
    await expect.poll(() => prompting.pins, patient).toEqual(['aa 1111']);
    prompting.emit('prompt.close', { promptId: 'a', outcome: { status: 'complete' } });
    signIn.resolve(session);
    expect((await ended).out).toContain('No certificate waits for you at TEST issuer.');
    expect(lines.map(isWiped)).toEqual([true, true]);
  });

  it('leaves every other order alone, and answers its own after them', async () => {
    const others: readonly Partial<PromptView>[] = [
      { ...ours, relyingParty: { name: { sv: 'TEST utfärdaren', en: 'another' }, registeredBy: 'system' } },
      { ...ours, relyingParty: { name: issuer.name, registeredBy: 'user' } },
      { ...ours, launcher: 'page', origin: 'https://evil.example' },
      { ...ours, origin: 'https://evil.example' },
      { ...ours, purpose: 'sign' },
    ];
    const ended = download();
    await begun();
    for (const other of others) {
      show(prompting, 'b', other);
      prompting.emit('prompt.close', { promptId: 'b', outcome: { status: 'failed', hintCode: 'userCancel' } });
      show(prompting, 'c', other);
    }
    await pause();
    expect(prompting.pins).toEqual([]);
    show(prompting, 'a', ours);
    await expect.poll(() => prompting.pins, patient).toEqual(['aa 1111']);
    signIn.resolve(session);
    expect((await ended).code).toBe(0);
  });

  it('picks its own among those that wait', async () => {
    prompting.on('prompt.pick', () => ({ accepted: true }));
    const ended = download();
    await begun();
    const { relyingParty, purpose, launcher } = promptView('b');
    prompting.emit('prompt.waiting', {
      waiting: [
        { promptId: 'b', relyingParty, purpose, launcher },
        { promptId: 'a', ...ours, purpose: 'auth' },
      ],
    });
    expect(prompting.calls.at(-1)).toBe('prompt.pick {"promptId":"a"}');
    signIn.resolve(session);
    expect((await ended).code).toBe(0);
  });

  it('takes its own order, and no other, from where that is asked', async () => {
    prompting.on('prompt.take', () => ({ accepted: true }));
    const ended = download();
    await begun();
    const { relyingParty, purpose, launcher } = promptView('b');
    const elsewhere = { here: false, kind: 'ui' };
    prompting.emit('prompt.place', { ...elsewhere, question: { promptId: 'b', relyingParty, purpose, launcher } });
    prompting.emit('prompt.place', elsewhere);
    expect(prompting.calls.filter((made) => made.startsWith('prompt.take'))).toEqual([]);
    prompting.emit('prompt.place', { ...elsewhere, question: { promptId: 'a', ...ours, purpose: 'auth' } });
    expect(prompting.calls.at(-1)).toBe('prompt.take {}');
    show(prompting, 'a', ours);
    await expect.poll(() => prompting.pins, patient).toEqual(['aa 1111']);
    signIn.resolve(session);
    expect((await ended).code).toBe(0);
  });

  it('ends with what was wrong with the PIN, and does not try it again', async () => {
    prompting.on('prompt.cancel', () => ({ accepted: true }));
    const ended = download();
    await begun();
    show(prompting, 'a', ours);
    await expect.poll(() => prompting.pins, patient).toEqual(['aa 1111']);
    prompting.emit('prompt.show', {
      ...promptView('a', { ...ours, problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } } }),
      ticket: 'c'.repeat(32),
    });
    expect(prompting.calls.at(-1)).toBe('prompt.cancel {"promptId":"a"}');
    await fails('ERR_ISSUER_LOGIN', { hintCode: 'userCancel' })().catch(signIn.reject);
    const { code, error } = await ended;
    expect([code, error]).toEqual([4, expect.stringContaining('Wrong PIN. 2 tries left. Nothing has been changed')]);
    expect(prompting.pins).toHaveLength(1);
  });

  it('ends where only a revoked certificate fits, whichever of the two connections tells first', async () => {
    const { candidates } = promptView('a');
    const revocation = { status: 'revoked', checkedAt: '', revokedAt: '', certificate: 'leaf' } as const;
    const revoked = candidates.map((candidate) => ({ ...candidate, revocation }));
    prompting.on('prompt.cancel', () => ({ accepted: true }));
    const ended = download();
    await begun();
    show(prompting, 'a', { ...ours, state: 'choose', chosen: undefined, candidates: revoked });
    await expect.poll(() => prompting.calls.at(-1), patient).toBe('prompt.cancel {"promptId":"a"}');
    await fails('ERR_ISSUER_LOGIN', { hintCode: 'userCancel' })().catch(signIn.reject);
    const { code, error } = await ended;
    expect([code, error]).toEqual([5, expect.stringContaining('What fits on the cards has been revoked')]);
    expect(prompting.pins).toEqual([]);
  });

  it('names what waits where it is not clear which is meant', async () => {
    const order = { kind: 'extra', personId: '191212121212', holder: 'Tolvan', issuer: 'CN=TEST CA,C=SE' } as const;
    const facts = { level: 3, keySpecs: ['rsa-2048'], notAfter: '2028-01-02T12:00:00.000Z' } as const;
    const waiting = ['one', 'two'].map((id) => ({ id, ...order, ...facts }));
    const ended = download();
    await begun();
    signIn.resolve({ ...session, orders: waiting });
    const { code, error } = await ended;
    const known = 'TEST CA, assurance level 3, valid until 2028-01-02)';
    expect([code, error]).toEqual([2, expect.stringMatching(/--order: one \(.*; two \(/)]);
    expect(error.split(known)).toHaveLength(3);
  });

  it('asks the daemon to say which issuer is meant where that is not clear', async () => {
    daemon.answers['issuer.list'] = [() => ({ issuers: [issuer, { ...issuer, clientId: 'other' }] })];
    daemon.answers['issuer.signIn'] = [fails('ERR_ISSUER_AMBIGUOUS')];
    const { code, error } = await download();
    expect([code, error]).toEqual([2, expect.stringContaining('ERR_ISSUER_AMBIGUOUS')]);
    expect(prompting.calls).toEqual([]);
  });
});
