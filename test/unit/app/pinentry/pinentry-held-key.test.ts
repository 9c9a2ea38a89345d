import { describe, expect, it } from 'vitest';
import { PinentrySurface } from '../../../../src/app/pinentry/pinentry-surface.js';
import { attachedSurfaces } from '../../../../src/daemon/control/prompt-surfaces.js';
import type { DialogueWindow, PinDialogues } from '../../../../src/model/pin-dialogue.js';
import type { PromptView } from '../../../../src/model/prompt.js';
import { promptView } from '../../../support/prompt-view.js';
import { recordingLogger } from '../../../support/recording-logger.js';

/** The windows that somebody sees who holds Enter down for so many of them, and then lets go of it. */
async function windowsOf(view: Partial<PromptView>, held: number): Promise<readonly DialogueWindow[]> {
  let now = 10_000;
  const windows: DialogueWindow[] = [];
  let stand: () => void = () => undefined;
  const stands = new Promise<void>((resolve) => (stand = resolve));
  const open = async (window: DialogueWindow): Promise<'ok'> => {
    windows.push(window);
    if (windows.length > held) {
      stand();
      return await new Promise(() => undefined);
    }
    now += 30;
    return await Promise.resolve('ok');
  };
  const dialogues = { confirm: open, message: open, getPin: open } as unknown as PinDialogues;
  const clock = { now: () => now, monotonic: () => now };
  const prompts = attachedSurfaces({ clock, logger: recordingLogger() });
  const options = { prompts, dialogues, language: () => 'en' as const, clock, logger: recordingLogger() } as const;
  const surface = new PinentrySurface(options);
  await surface.attach();
  now += 10_000;
  prompts.surfaces.open('p1').show(promptView('p1', view));
  await stands;
  surface.close();
  return windows;
}

describe('a key that is held down while windows open', () => {
  it('turns no page of a text that is signed', async () => {
    const visibleText = Array.from({ length: 40 }, (_, index) => `TEST row ${index}`).join('\n');
    const windows = await windowsOf({ state: 'read', purpose: 'sign', visibleText }, 5);
    expect(new Set(windows.map(({ text }) => text)).size).toBe(1);
    expect(windows.at(-1)?.error).toContain('too soon');
  });

  it('does not agree to the last try', async () => {
    const windows = await windowsOf({ state: 'pin', lastTry: true, attemptsRemaining: 1 }, 3);
    expect(windows.map(({ ok }) => ok)).toEqual(Array.from({ length: 4 }, () => 'Use the last try'));
  });

  it('does not agree to a card that was not looked at', async () => {
    const { candidates } = promptView('p1');
    const [first] = candidates;
    if (first === undefined) throw new Error('No card');
    const several = [first, { ...first, id: 'c2', holder: 'Tretton Trettonsson' }];
    const windows = await windowsOf({ state: 'pin', candidates: several, chosenBecause: 'last-time' }, 3);
    expect(new Set(windows.map(({ ok }) => ok)).size).toBe(1);
  });
});
