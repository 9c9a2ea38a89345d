import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followGuide, withoutNumbers } from '../support/guide-runner.js';
import { guides } from '../support/guides.js';

describe('the guide', () => {
  it.each(guides.map((guide) => [basename(guide.path), guide] as const))(
    '%s can be followed word by word, and shows the screens of today (scripts/guide-screens writes them)',
    async (_, { path, language }) => {
      const guide = readFileSync(path, 'utf8');
      expect(withoutNumbers(await followGuide(guide, language))).toBe(withoutNumbers(guide));
    },
    180_000,
  );
});
