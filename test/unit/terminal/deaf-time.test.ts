import { describe, expect, it } from 'vitest';
import { createDeafTime } from '../../../src/terminal/keys/deaf-time.js';

describe('createDeafTime()', () => {
  it('lets no key count until none has come for half a second', () => {
    let now = 0;
    const deaf = createDeafTime(() => now);
    expect(deaf.takes()).toBe(false);
    deaf.begin();
    for (const at of [100, 550, 1000]) {
      now = at;
      expect(deaf.takes()).toBe(true);
    }
    now = 1500;
    expect(deaf.takes()).toBe(false);
    expect(deaf.takes()).toBe(false);
  });
});
