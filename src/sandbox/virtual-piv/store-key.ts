import type { KeyObject } from 'node:crypto';
import type { PinPolicy, PivKeyState } from './piv-card-state.js';
import type { PivContext } from './piv-context.js';
import { defaultPinPolicy } from './piv-keys.js';

const PIN_POLICY = 0xaa;
const TOUCH_POLICY = 0xab;

/** Yubico's values of the PIN policy; 00 leaves it to the slot. */
const policies: Readonly<Record<number, PinPolicy>> = { 1: 'never', 2: 'once', 3: 'always' };

/** The policy that the objects of GENERATE or import name; undefined when the card does not know it. */
export function wantedPolicy(
  { state }: PivContext,
  reference: number,
  objects: ReadonlyMap<number, Uint8Array>,
): PinPolicy | undefined {
  const [pin, touch] = [objects.get(PIN_POLICY), objects.get(TOUCH_POLICY)];
  if (!state.yubico && (pin !== undefined || touch !== undefined)) return undefined;
  const value = pin?.[0] ?? 0;
  return value === 0 ? defaultPinPolicy(reference) : policies[value];
}

/** Puts a key into its slot, in place of the one that was there. */
export function storeKey(card: PivContext, privateKey: KeyObject, key: Omit<PivKeyState, 'pkcs8'>): void {
  const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
  card.state.keys = [...card.state.keys.filter(({ reference }) => reference !== key.reference), { ...key, pkcs8 }];
  card.save();
}
