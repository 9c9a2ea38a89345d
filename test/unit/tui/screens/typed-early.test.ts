import { afterEach, expect, it, vi } from 'vitest';
import { createPinVerifyScreen } from '../../../../src/tui/screens/pin-screens.js';
import { ScriptedDaemon } from '../../../support/scripted-daemon.js';
import { ScreenHand } from '../../../support/screen-hand.js';
import { begunChange } from '../../../support/ui-stage.js';

afterEach(() => vi.restoreAllMocks());

it('the rest of a PIN that was begun before it was asked for is not sent as a whole one', async () => {
  const begun = { ...begunChange, operation: 'verify', codes: ['current'] };
  let answer: (begun: unknown) => void = () => undefined;
  const daemon = new ScriptedDaemon().on('pin.begin', () => new Promise((resolve) => (answer = resolve)));
  const hand = new ScreenHand(undefined, { own: [daemon] });
  hand.open(createPinVerifyScreen(hand, { card: 'card:0001' }));
  await expect.poll(() => daemon.calls).toHaveLength(1);
  hand.type('83');
  answer(begun);
  await hand.until(/Current PIN: $/m);
  hand.type('5172\r');
  expect(hand.text).toMatch(/Current PIN: $/m);
  expect(daemon.pins).toEqual([]);
  // Whoever waits a moment begins anew.
  const later = performance.now() + 600;
  vi.spyOn(performance, 'now').mockReturnValue(later);
  daemon.on('pin.run', () => ({ before: begunChange.pin, after: begunChange.pin }));
  hand.type('835172\r');
  await expect.poll(() => daemon.pins).toEqual(['aa 835172']);
});
