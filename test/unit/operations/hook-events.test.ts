import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { followHookEvents } from '../../../src/operations/hook-events.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import type { Token } from '../../../src/tokens/token.js';

const ready = (reader: string, id: string): TokenEntry => ({
  reader,
  state: 'ready',
  token: { info: { id, product: '', serial: '', label: '', reader, pins: [] } } as unknown as Token,
});
const state = (reader: string, is: TokenEntry['state']): TokenEntry => ({ reader, state: is });
const same = (reader: string, sameAs: string): TokenEntry => ({ reader, state: 'same-card', sameAs });
const failed = (reader: string): TokenEntry => ({
  reader,
  state: 'failed',
  error: new MiddlewareError('ERR_CARD_RESPONSE', 'x'),
});

/** What programs are told of a series of states. */
function told(...states: readonly (readonly TokenEntry[])[]): readonly string[] {
  let entries: readonly TokenEntry[] = [];
  let listener = (): void => undefined;
  const tokens = {
    get entries() {
      return entries;
    },
    subscribe: (next: () => void) => {
      listener = next;
      return () => undefined;
    },
  };
  const events: string[] = [];
  followHookEvents(tokens, ({ name, reader, token }) => void events.push(`${name} ${reader} ${token ?? '-'}`));
  for (const next of states) {
    entries = next;
    listener();
  }
  return events;
}

describe('followHookEvents()', () => {
  it('tells of a card when it has been read, and when it is gone', () => {
    const a = state('A', 'absent');
    expect(told([a], [state('A', 'reading')], [ready('A', 'card:1')], [ready('A', 'card:1')], [a])).toEqual([
      'on-insert A card:1',
      'on-remove A card:1',
    ]);
  });

  it('tells of a card that was in from the beginning, and of one whose reader is unplugged', () => {
    expect(told([ready('A', 'card:1')], [])).toEqual(['on-insert A card:1', 'on-remove A card:1']);
  });

  it('tells of a card that cannot be read, without a token', () => {
    expect(told([state('A', 'reading')], [failed('A')], [failed('A')], [state('A', 'absent')])).toEqual([
      'on-insert A -',
      'on-remove A -',
    ]);
  });

  it('tells of nothing for a card that was gone before it was read', () => {
    expect(told([state('A', 'absent')], [state('A', 'reading')], [state('A', 'absent')])).toEqual([]);
  });

  it('tells of a swap without an empty reader in between', () => {
    expect(told([ready('A', 'card:1')], [state('A', 'reading')], [ready('A', 'card:2')])).toEqual([
      'on-insert A card:1',
      'on-remove A card:1',
      'on-insert A card:2',
    ]);
  });

  it('tells once of a card that fails for a while', () => {
    const states = [
      [ready('A', 'card:1')],
      [state('A', 'unresponsive')],
      [ready('A', 'card:1')],
      [state('A', 'absent')],
    ];
    expect(told(...states)).toEqual(['on-insert A card:1', 'on-remove A card:1']);
  });

  it('tells once of a card with two faces, whichever leaves first', () => {
    const both = [ready('A', 'card:1'), same('B', 'A')];
    const gone = [state('A', 'absent'), state('B', 'absent')];
    const once = ['on-insert A card:1'];
    expect(told(both, [ready('A', 'card:1'), state('B', 'absent')], gone)).toEqual([...once, 'on-remove A card:1']);
    expect(told(both, [state('A', 'absent'), ready('B', 'card:1')], gone)).toEqual([...once, 'on-remove B card:1']);
    expect(told([same('B', 'C'), ready('C', 'card:1')], [ready('B', 'card:1'), state('C', 'absent')], gone)).toEqual([
      'on-insert C card:1',
      'on-remove B card:1',
    ]);
  });
});
