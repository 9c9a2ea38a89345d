import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptAnswer } from '../../src/operations/prompt.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { promptView } from '../support/prompt-view.js';

let home: PrivateHome;
let stage: ControlStage;

beforeEach(async () => {
  home = new PrivateHome();
  mkdirSync(join(home.folder, 'run', 'kort'), { recursive: true, mode: 0o700 });
  stage = await openControlStage({ socketPath: join(home.folder, 'run', 'kort', 'control.sock') });
});
afterEach(async () => {
  await stage.close();
  home.remove();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function startPrompt(args: readonly string[], input: string): Promise<Ended> {
  const child = spawn(process.execPath, [kortProgram, 'prompt', '--pin-stdin', ...args], {
    env: home.env,
    stdio: 'pipe',
  });
  const ended = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.error += text));
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...ended })));
}

const forever = new AbortController().signal;
const attached = () => expect.poll(() => stage.prompts.surfaces.available).toBe(true);
const pinOf = (answer: PromptAnswer): string | undefined =>
  answer.kind === 'pin' ? answer.pin.use((bytes) => Buffer.from(bytes).toString()) : undefined;

describe('kort prompt --pin-stdin', () => {
  it('answers the first order with the line, and ends with its outcome in one JSON document', async () => {
    const ended = startPrompt(['--json'], '835196\n');
    await attached();
    const prompt = stage.prompts.surfaces.open('p1');
    prompt.show(promptView('p1'));
    const answer = await prompt.answer(forever);
    expect(pinOf(answer)).toBe('835196');
    expect(answer).toMatchObject({ lastTryConsent: false });
    prompt.close({ status: 'complete' });
    const { code, out, error } = await ended;
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(JSON.parse(out)).toEqual({ promptId: 'p1', orderId: 'order of p1', outcome: { status: 'complete' } });
  });

  it('never sends a second PIN: a wrong one cancels the order', async () => {
    const ended = startPrompt(['--lang', 'sv'], '835196\n');
    await attached();
    const prompt = stage.prompts.surfaces.open('p1');
    prompt.show(promptView('p1'));
    expect(pinOf(await prompt.answer(forever))).toBe('835196');
    prompt.show(promptView('p1', { state: 'working' }));
    prompt.show(
      promptView('p1', { attemptsRemaining: 2, problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } } }),
    );
    expect(await prompt.answer(forever)).toEqual({ kind: 'cancel' });
    prompt.close({ status: 'failed', hintCode: 'userCancel' });
    const { code, out, error } = await ended;
    expect({ code, out }).toEqual({
      code: 5,
      out: 'Inloggningen hos Exempelkliniken blev inte av. Du avbröt inloggningen.\n',
    });
    expect(error).toContain('Exempelkliniken vill att du loggar in');
    expect(error).toContain('Fel PIN-kod. 2 försök kvar.');
    expect(out + error).not.toContain('835196');
  });

  it('does not spend a last try that no person agreed to', async () => {
    const ended = startPrompt([], '835196\n');
    await attached();
    const prompt = stage.prompts.surfaces.open('p1');
    prompt.show(promptView('p1', { attemptsRemaining: 1, lastTry: true }));
    expect(await prompt.answer(forever)).toEqual({ kind: 'cancel' });
    prompt.close({ status: 'failed', hintCode: 'userCancel' });
    expect((await ended).code).toBe(5);
  });

  it('waits where a card must be chosen or inserted, and closes an explanation', async () => {
    const ended = startPrompt([], '835196\n');
    await attached();
    const prompt = stage.prompts.surfaces.open('p1');
    prompt.show(promptView('p1', { state: 'noCard', candidates: [], chosen: undefined }));
    const none = prompt.answer(AbortSignal.timeout(1500));
    await expect(none).rejects.toMatchObject({ name: 'TimeoutError' });
    prompt.show(promptView('p1', { state: 'choose', chosen: undefined }));
    await expect(prompt.answer(AbortSignal.timeout(500))).rejects.toMatchObject({ name: 'TimeoutError' });
    prompt.show(promptView('p1', { state: 'explain', problem: { code: 'ERR_PIN_BLOCKED', fields: {} } }));
    expect(await prompt.answer(forever)).toEqual({ kind: 'acknowledge' });
    prompt.close({ status: 'failed', hintCode: 'pinBlocked' });
    expect((await ended).code).toBe(4);
  });

  it('ends with the outcome of an order that failed before its first state was shown', async () => {
    const ended = startPrompt([], '835196\n');
    await attached();
    stage.prompts.surfaces.open('p1').close({ status: 'failed', hintCode: 'cardRemoved' });
    const { code, out } = await ended;
    expect(code).not.toBe(0);
    expect(out).toMatch(/^A request did not go through\. The card was removed\./);
  });

  it('writes out the text of a signature, and gives the PIN once for each document', async () => {
    const ended = startPrompt(['--lang', 'sv'], '835196\n');
    await attached();
    const prompt = stage.prompts.surfaces.open('p1');
    const documents = ['Intyg', 'Bilaga'].map((label) => ({ label, digest: 'sha256:ab' }));
    const signature = { purpose: 'sign', visibleText: 'Jag intygar.\nAllt.', documents, documentsNow: 1 } as const;
    prompt.show(promptView('p1', { ...signature, state: 'read' }));
    expect(await prompt.answer(forever)).toEqual({ kind: 'acknowledge' });
    for (const documentsSigned of [0, 1]) {
      prompt.show(promptView('p1', { ...signature, documentsSigned }));
      expect(pinOf(await prompt.answer(forever))).toBe('835196');
      prompt.show(promptView('p1', { ...signature, state: 'working' }));
    }
    prompt.close({ status: 'complete' });
    const { code, out, error } = await ended;
    expect(code).toBe(0);
    expect(out).toContain('du har skrivit under 2 dokument');
    expect(error).toMatch(/ {2}\| Jag intygar\.\n {2}\| Allt\.\n[^]*\| Bilaga\n {4}sha256:ab/);
  });

  it('cancels where a code has to be typed, which needs a person', async () => {
    const ended = startPrompt([], '835196\n');
    await attached();
    const prompt = stage.prompts.surfaces.open('p1');
    prompt.show(promptView('p1', { state: 'code', confirmationCode: undefined }));
    expect(await prompt.answer(forever)).toEqual({ kind: 'cancel' });
    prompt.close({ status: 'failed', hintCode: 'userCancel' });
    expect((await ended).code).toBe(5);
  });

  it('refuses an empty line before it asks the daemon anything', async () => {
    const { code, out } = await startPrompt(['--json'], '\n');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'ERR_USAGE' } });
    expect(stage.prompts.surfaces.available).toBe(false);
  });
});
