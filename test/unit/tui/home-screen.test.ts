import { describe, expect, it } from 'vitest';
import type { StatusReader } from '../../../src/control-contract/status.js';
import { createHelpScreen } from '../../../src/tui/shell/help-screen.js';
import { createHomeScreen } from '../../../src/tui/shell/home-screen.js';
import type { HomeSource } from '../../../src/tui/shell/home-source.js';
import { readerWithCard } from '../../support/ui-stage.js';
import { ScreenHand } from '../../support/screen-hand.js';

const readerOf = (name: string): StatusReader => ({ name, card: 'absent', sharing: 'unused' });

/** What the home screen says after a key, with these readers. */
function saidAfter(character: string, readers: readonly StatusReader[]) {
  const hand = new ScreenHand(undefined, { language: 'sv' });
  const source = Object.assign(hand, {
    status: { readers },
    link: { state: 'up' },
  }) as unknown as HomeSource;
  const isTaken = createHomeScreen(source).key('character', character.charCodeAt(0));
  return { isTaken, said: hand.said };
}

describe('createHomeScreen()', () => {
  it('says why a key about a card does nothing, and where to look for one', () => {
    expect(saidAfter('p', [readerOf('Läsare 1'), readerOf('Läsare 2')])).toEqual({
      isTaken: true,
      said: ['Det sitter inget läsbart kort i Läsare 1. Välj en annan läsare med ↑ ↓.'],
    });
    expect(saidAfter('u', [readerOf('Läsare 1')]).said).toEqual([
      'Det sitter inget läsbart kort i Läsare 1. Sätt i ett kort.',
    ]);
  });

  it('keeps the reader chosen whose card something was done with, when that card is gone', () => {
    const hand = new ScreenHand(undefined, { language: 'sv' });
    const source = Object.assign(hand, {
      status: { service: 'available', readers: [readerWithCard(1), readerWithCard(2)] },
      link: { state: 'up', past: new Map() },
      openSoon: () => undefined,
    });
    const home = createHomeScreen(source as unknown as HomeSource);
    home.key('character', 'p'.charCodeAt(0));
    source.status.readers = [readerOf('Läsare 1'), readerWithCard(2)];
    expect(home.linear().at(-1)).toBe('Valt: Läsare 1');
  });

  it.each([
    ['absent', 'Kortläsartjänsten svarar inte.'],
    ['missing', 'Programbiblioteket för kortläsare är inte installerat.'],
  ] as const)('says what to do where the card service is %s', (service, sentence) => {
    const hand = new ScreenHand(undefined, { language: 'sv' });
    const source = Object.assign(hand, { status: { service, readers: [] }, link: { state: 'up', past: new Map() } });
    expect(createHomeScreen(source as unknown as HomeSource).linear()).toEqual([
      sentence,
      'Utan den syns inga kortläsare. Tryck x för att felsöka.',
    ]);
  });

  it('leaves keys that mean nothing to the shell', () => {
    expect(saidAfter('z', [readerOf('Läsare 1')])).toEqual({ isTaken: false, said: [] });
    expect(saidAfter('p', [])).toEqual({ isTaken: false, said: [] });
  });
});

describe('createHelpScreen()', () => {
  it('is put away by the key that opened it', () => {
    const hand = new ScreenHand(undefined);
    const help = createHelpScreen(hand, { title: 'TEST', keys: [] });
    hand.open(help);
    expect(help.key('character', '?'.charCodeAt(0))).toBe(true);
    expect(hand.depth).toBe(0);
  });
});
