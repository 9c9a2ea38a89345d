import { describe, expect, it } from 'vitest';
import { cardBlocks, windowText } from '../../../../src/app/pinentry/window-text.js';
import { dialogueBytes, maxDialogueBytes } from '../../../../src/model/pin-dialogue.js';
import type { WirePrompt } from '../../../../src/control-contract/prompts.js';
import { promptView } from '../../../support/prompt-view.js';

const look = { language: 'en', color: false } as const;
const phrase = 'Blå elefant';

describe('windowText()', () => {
  it('leaves out neither who asks, from where, code, card nor tries, however much there is to say', () => {
    const kept = [
      /^kort: this is where you type your PIN\nYour phrase: Blå elefant\n/,
      /\nThe service Överlång /,
      /\n {2}Web site: https:\/\/login\.clinic\.example\n/,
      /\n {2}Confirmation code: AB23\n/,
      /\n {2}Card: TEST card \(reader Reader 1\)\n/,
      /\n {2}Tries left: 3$/,
    ];
    const texts = Array.from({ length: 80 }, (_, words) => {
      const name = 'Överlång '.repeat(words + 1).trim();
      const view: WirePrompt = {
        ...promptView('p1', {
          relyingParty: { name: { sv: name, en: name }, registeredBy: 'user' },
          bindingMessage: name,
          askedAgain: true,
          candidates: promptView('p1').candidates.map((one) => ({ ...one, tokenLabel: 'TEST card' })),
        }),
        ticket: 'TEST',
      };
      return windowText(view, cardBlocks(view, look), { look, phrase });
    });
    const fitting = texts.filter((text) => text !== undefined);
    expect(fitting.length).toBeGreaterThan(10);
    expect(fitting.length).toBeLessThan(80);
    for (const text of fitting) {
      expect(dialogueBytes(text)).toBeLessThanOrEqual(maxDialogueBytes);
      for (const fact of kept) expect(text.replaceAll('\u00a0', ' ')).toMatch(fact);
    }
  });
});
