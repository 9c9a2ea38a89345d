import { describe, expect, it } from 'vitest';
import { orderTexts, questionTexts } from '../../../src/terminal/texts/question-texts.js';
import type { NextStepLook } from '../../../src/terminal/look.js';
import { begunCardWork } from '../../support/begun-card-work.js';
import { testOrder } from '../../support/download-stage.js';

const look = (language: 'sv' | 'en'): NextStepLook => ({ language, color: false, instance: undefined, sandbox: false });

describe('orderTexts()', () => {
  it('names an order by its id only where another looks the same', () => {
    const orders = [testOrder({ id: 'one' }), testOrder({ id: 'two' }), testOrder({ id: 'three', kind: 'renewal' })];
    const texts = orders.map((order) => orderTexts(order, '1  ', look('sv'), orders).map(({ text }) => text));
    expect(texts[0]).toContain('beställning one');
    expect(texts[1]).toContain('beställning two');
    expect(texts[2]?.join(' ')).not.toContain('three');
  });
});

describe('questionTexts()', () => {
  it('says in sentences how far a download has come that goes on', () => {
    const begun = begunCardWork({ work: 'resume', step: 'issued', pinUses: 1 });
    const texts = questionTexts(begun, false, look('sv')).map(({ text }) => text);
    expect(texts).toContain('Hämtningen fortsätter där den var.');
    expect(texts).toContain('Certifikatet är utfärdat och väntar på att läggas på kortet.');
  });
});
