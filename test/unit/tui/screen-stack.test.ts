import { beforeEach, describe, expect, it } from 'vitest';
import { ScreenStack } from '../../../src/tui/shell/screen-stack.js';
import type { Screen } from '../../../src/tui/screen.js';

let clock = 0;
let changes = 0;
let stack: ScreenStack;

/** A screen that notes when it is closed. */
function screenOf(title: string, closed: string[] = []): Screen {
  return {
    title,
    View: () => null,
    keys: [],
    busy: false,
    key: () => true,
    linear: () => [],
    subscribe: () => () => undefined,
    close: () => void closed.push(title),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  clock = 0;
  changes = 0;
  stack = new ScreenStack({ now: () => clock, onChange: () => void (changes += 1) });
  stack.open(screenOf('home'));
});

/** Begins to load a screen; gives what ends that. */
function openSoon(failed: () => void = () => undefined, leave: () => void = () => undefined) {
  let resolve: (screen: Screen) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const loading = new Promise<Screen>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  stack.openSoon(loading, { leave, failed });
  return { resolve, reject };
}

describe('ScreenStack', () => {
  it('takes every key until the screen that was asked for stands', async () => {
    const { resolve } = openSoon();
    for (const key of ['character', 'down', 'enter', 'backspace'] as const) expect(stack.takes(key)).toBe(true);
    expect(stack.front?.title).toBe('home');
    resolve(screenOf('PIN'));
    await settled();
    expect(stack.front?.title).toBe('PIN');
    expect(stack.takes('character')).toBe(false);
  });

  it('takes the rest of what was begun before the screen stood, until nothing comes or Enter', async () => {
    const { resolve } = openSoon();
    expect(stack.takes('character')).toBe(true);
    resolve(screenOf('PIN'));
    await settled();
    for (let at = 100; at <= 2000; at += 400) {
      clock = at;
      expect(stack.takes('character')).toBe(true);
    }
    expect(stack.takes('enter')).toBe(true);
    expect(stack.takes('character')).toBe(false);
  });

  it('hears again half a second after the last key', async () => {
    const { resolve } = openSoon();
    stack.takes('character');
    resolve(screenOf('PIN'));
    await settled();
    clock = 499;
    expect(stack.takes('character')).toBe(true);
    clock = 1000;
    expect(stack.takes('character')).toBe(false);
  });

  it('opens nothing after Escape, and closes what was loaded', async () => {
    const closed: string[] = [];
    const { resolve } = openSoon();
    expect(stack.takes('escape')).toBe(true);
    expect(stack.takes('character')).toBe(false);
    resolve(screenOf('PIN', closed));
    await settled();
    expect(stack.front?.title).toBe('home');
    expect(closed).toEqual(['PIN']);
    // Escape means what it always means when nothing is on its way.
    expect(stack.takes('escape')).toBe(false);
  });

  it('takes the menu away in the moment in which the screen comes', async () => {
    stack.open(screenOf('menu'));
    const { resolve } = openSoon(undefined, () => stack.back());
    expect(stack.front?.title).toBe('menu');
    resolve(screenOf('PIN'));
    await settled();
    stack.back();
    expect(stack.front?.title).toBe('home');
    expect(stack.isHome).toBe(true);
  });

  it('says that nothing could be loaded, and hears again', async () => {
    let failures = 0;
    const { reject } = openSoon(() => void (failures += 1));
    reject(new Error('TEST'));
    await settled();
    expect(failures).toBe(1);
    expect(stack.takes('character')).toBe(false);
  });
});
