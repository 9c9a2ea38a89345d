import { expect, it } from 'vitest';
import type { TokenEntry } from '../../../src/tokens/token-entry.js';
import { withoutTwins } from '../../../src/tokens/pkcs11-twins.js';

const entry = (
  reader: string,
  state: TokenEntry['state'],
  { serial = '', fingerprints = [] }: { serial?: string; fingerprints?: readonly string[] } = {},
): TokenEntry =>
  ({
    reader,
    state,
    token: { info: { serial } },
    certificates: fingerprints.map((fingerprint) => ({ certificate: { fingerprint } })),
  }) as unknown as TokenEntry;

const long = 'TEST Reader with a name that no slot description can hold in full [Contact] 00 00';

it.each<[string, TokenEntry, TokenEntry, boolean]>([
  ['in the same reader', entry('A 00 00', 'ready'), entry('A 00 00', 'ready'), false],
  ['in a reader with a long name', entry(long, 'ready'), entry(long.slice(0, 64), 'ready'), false],
  ['while we read the card', entry('A 00 00', 'reading'), entry('A 00 00', 'ready'), false],
  ['of a card that we offer in another reader', entry('A 00 00', 'same-card'), entry('A 00 00', 'ready'), false],
  ['in a reader that is none for cards', entry('A 00 00', 'skipped'), entry('A 00 00', 'ready'), false],
  ['of a card that we cannot drive', entry('A 00 00', 'unknown'), entry('A 00 00', 'ready'), true],
  [
    'with the same certificate, the reader not told',
    entry('A', 'ready', { fingerprints: ['aa', 'bb'] }),
    entry('', 'ready', { fingerprints: ['bb'] }),
    false,
  ],
  [
    'with another certificate, the reader not told',
    entry('A', 'ready', { fingerprints: ['aa'] }),
    entry('', 'ready', { fingerprints: ['bb'] }),
    true,
  ],
  [
    'with the end of our serial',
    entry('A', 'ready', { serial: '00AABBCCDDEEFF' }),
    entry('', 'ready', { serial: 'bbccddeeff' }),
    false,
  ],
  [
    'with a serial that says nothing',
    entry('A', 'ready', { serial: '0001' }),
    entry('', 'ready', { serial: '1' }),
    true,
  ],
  ['of a card that has been pulled', entry('A 00 00', 'absent'), entry('A 00 00', 'ready'), true],
])('withoutTwins() judges a module token %s', (_what, native, ofModule, stays) => {
  expect(withoutTwins([native], [ofModule])).toEqual(stays ? [ofModule] : []);
});
