import { beforeEach, describe, expect, it } from 'vitest';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import type { Key } from '../../../src/terminal/keys/key-reader.js';
import { TerminalPrompt } from '../../../src/terminal/prompt/terminal-prompt.js';
import { promptView } from '../../support/prompt-view.js';
import { ScriptedDaemon } from '../../support/scripted-daemon.js';
import { questionOf } from '../../support/surface-caller.js';

let now: number;
let daemon: ScriptedDaemon;
let screen: string;
let prompt: TerminalPrompt;
let outcomes: string[];
const refused = (error: unknown): void => {
  throw error;
};

async function start(overview: object): Promise<void> {
  now = 1000;
  outcomes = [];
  const accepted = () => ({ accepted: true });
  daemon = new ScriptedDaemon().on('prompt.attach', () => overview).on('prompt.take', accepted, accepted);
  prompt = new TerminalPrompt({
    client: daemon.client,
    kind: 'terminal',
    look: { language: 'en', color: false },
    size: () => ({ columns: 80, rows: 24 }),
    draw: (lines) => void (screen = lines.join('\n')),
    now: () => now,
    onClosed: (_closed, text) => void outcomes.push(text),
    onInterrupt: () => undefined,
    onFailure: refused,
  });
  await prompt.start();
  daemon.calls.length = 0;
}

const here = { here: true, kind: 'terminal' } as const;
const there = { here: false, kind: 'ui', question: questionOf('p1') } as const;
const wire = (change: Partial<WirePrompt> = {}): WirePrompt => ({
  ...promptView('p1'),
  ticket: 'a'.repeat(32),
  ...change,
});
const press = (...keys: readonly string[]): void => {
  for (const key of keys) {
    if (key.length === 1) prompt.key('character', key.charCodeAt(0));
    else prompt.key(key as Key, 0);
  }
};

describe('a terminal whose question stands elsewhere', () => {
  beforeEach(async () => start({ place: there, waiting: [] }));

  it('says where, and who asks; T brings it here', () => {
    expect(screen).toContain('A question is open in kort ui, in another window:');
    expect(screen).toContain('Example Clinic (authentication, https://login.clinic.example)');
    expect(prompt.open).toBe(false);
    press('1', 'enter', 'escape', 't');
    expect(daemon.calls).toEqual(['prompt.take {}']);
  });

  it('says where the next question comes when nothing is asked', () => {
    daemon.emit('prompt.place', { here: false, kind: 'pinentry' });
    expect(screen).toContain('The next question appears in a window on the desktop.');
    press('T');
    daemon.emit('prompt.place', here);
    expect(screen).not.toContain('next question');
    expect(daemon.calls).toEqual(['prompt.take {}']);
    press('t');
    expect(daemon.calls).toHaveLength(1);
  });

  it('is deaf when the question has come', () => {
    press('t');
    daemon.emit('prompt.place', here);
    daemon.emit('prompt.show', wire());
    press('8', '3', 'enter');
    now += 500;
    press('5', 'enter');
    expect(daemon.pins).toEqual(['aa 5']);
  });
});

describe('a terminal whose question is taken away', () => {
  beforeEach(async () => start({ place: here, waiting: [] }));

  it('drops what was typed, and takes nothing of it along when the question comes back', () => {
    daemon.emit('prompt.show', wire());
    now += 500;
    press('8', '3');
    expect(screen).toMatch(/^PIN: ••$/m);
    daemon.emit('prompt.place', there);
    expect(screen).not.toMatch(/PIN:/);
    press('5', '1', 'enter');
    now += 500;
    press('5', '1', 'enter');
    daemon.emit('prompt.place', here);
    daemon.emit('prompt.show', wire({ ticket: 'b'.repeat(32) }));
    expect(screen).toMatch(/^PIN: $/m);
    now += 500;
    press('7', 'enter');
    expect(daemon.pins).toEqual(['bb 7']);
  });

  it('tells how it ended there', () => {
    daemon.emit('prompt.show', wire());
    daemon.emit('prompt.place', there);
    daemon.emit('prompt.close', { promptId: 'p1', outcome: { status: 'complete' } });
    daemon.emit('prompt.place', { here: false, kind: 'ui' });
    expect(outcomes).toEqual(['Done: you have identified yourself to Example Clinic.']);
    expect(screen).toContain('Done: you have identified yourself to Example Clinic.');
  });
});

describe('the personal phrase', () => {
  it.each(['pin', 'choose', 'read', 'code', 'noCard', 'explain'] as const)('stands in the state %s', async (state) => {
    await start({ place: here, phrase: 'Blå elefant', waiting: [] });
    daemon.emit('prompt.show', wire({ state, visibleText: 'TEST text' }));
    expect(screen).toMatch(/^Your phrase: Blå elefant$/m);
  });

  it('follows a change at once, and stays off a screen on which nothing is asked', async () => {
    await start({ place: here, waiting: [] });
    daemon.emit('prompt.show', wire());
    expect(screen).not.toContain('phrase');
    daemon.emit('prompt.phrase', { phrase: 'Grön giraff' });
    expect(screen).toContain('Your phrase: Grön giraff');
    daemon.emit('prompt.phrase', {});
    expect(screen).not.toContain('giraff');
  });

  it('is suggested where there is none, only while nothing has been asked', async () => {
    await start({ place: here, waiting: [] });
    expect(screen).toContain('kort phrase set');
    daemon.emit('prompt.show', wire());
    expect(screen).not.toContain('kort phrase set');
    daemon.emit('prompt.close', { promptId: 'p1', outcome: { status: 'complete' } });
    expect(screen).not.toContain('kort phrase set');
    await start({ place: here, phrase: 'Blå elefant', waiting: [] });
    expect(screen).not.toContain('phrase');
  });
});
