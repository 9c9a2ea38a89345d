import { describe, expect, it } from 'vitest';
import { cardWorkMessages } from '../../../src/messages/card-work.js';
import { certificateMessages } from '../../../src/messages/certificate.js';
import { downloadMessages } from '../../../src/messages/download.js';
import { certificateHelp } from '../../../src/messages/help-certificate.js';
import { inventoryMessages } from '../../../src/messages/inventory.js';
import { commandMessages } from '../../../src/messages/commands.js';
import { demoMessages } from '../../../src/messages/demo.js';
import { helpMessages } from '../../../src/messages/help.js';
import { launchMessages } from '../../../src/messages/launch.js';
import { failedHints, hintText } from '../../../src/messages/outcomes.js';
import { pinMessages } from '../../../src/messages/pin.js';
import { promptMessages } from '../../../src/messages/prompt.js';
import { statusMessages } from '../../../src/messages/status.js';
import { usageMessages } from '../../../src/messages/usage.js';
import { watchMessages } from '../../../src/messages/watch.js';

const catalogues = {
  inventoryMessages,
  certificateHelp,
  downloadMessages,
  certificateMessages,
  cardWorkMessages,
  commandMessages,
  demoMessages,
  helpMessages,
  launchMessages,
  pinMessages,
  promptMessages,
  statusMessages,
  usageMessages,
  watchMessages,
};

/** Every sentence of a catalogue with its path; functions are called with numbers that stand out. */
function sentences(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    // Level lists want an array; everything else takes what it is given.
    const call = value as (...args: unknown[]) => string;
    return [[path, path.endsWith('levelsWanted') ? call([3]) : call('7', '8', '9', '10')]];
  }
  return Object.entries(value as object).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`));
}

describe.each(Object.entries(catalogues))('%s', (_name, catalogue) => {
  it('has the same sentences in Swedish and in English, and none empty', () => {
    const sv = sentences(catalogue.sv);
    const en = sentences(catalogue.en);
    expect(sv.map(([path]) => path)).toEqual(en.map(([path]) => path));
    expect([...sv, ...en].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('uses every argument in both languages', () => {
    for (const language of ['sv', 'en'] as const) {
      for (const [path, text] of sentences(catalogue[language])) {
        expect(text, path).not.toContain('undefined');
      }
    }
    const numbers = (texts: typeof catalogue.sv): string[] =>
      sentences(texts).map(([path, text]) => `${path} ${(text.match(/\b(?:7|8|9|10)\b/g) ?? []).sort().join()}`);
    expect(numbers(catalogue.sv)).toEqual(numbers(catalogue.en));
  });
});

describe('hintText()', () => {
  it('has a sentence for every hint of the protocol in both languages', () => {
    for (const hint of Object.keys(failedHints)) {
      expect(hintText('sv', hint)).toMatch(/\.$/);
      expect(hintText('en', hint)).toMatch(/\.$/);
    }
    expect(hintText('sv', 'constructor')).toBeUndefined();
  });
});
