import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../src/core/errors.js';
import { errorText } from '../../../src/messages/error-text.js';
import { errorMessages } from '../../../src/messages/errors.js';
import { reasonNames, reasonText } from '../../../src/messages/reasons.js';
import { templateFields } from '../../../src/messages/template.js';

const languages = ['sv', 'en'] as const;

describe('errorMessages', () => {
  it.each(errorCodes)('%s has a sentence and a next step in both languages', (code) => {
    for (const language of languages) {
      const { sentence, nextStep } = errorMessages[code][language];
      expect(sentence).toMatch(/^[A-ZÅÄÖ].*[.!?\]}]$/s);
      expect(nextStep).toMatch(/^[A-ZÅÄÖ].*\.$/s);
    }
    expect(errorMessages[code].sv.sentence).not.toBe(errorMessages[code].en.sentence);
  });

  it.each(errorCodes)('%s uses the same fields in both languages', (code) => {
    const { sv, en } = errorMessages[code];
    expect(templateFields(sv.sentence + sv.nextStep)).toEqual(templateFields(en.sentence + en.nextStep));
  });

  it.each(errorCodes)('%s reads well when no field is known', (code) => {
    for (const language of languages) {
      const { sentence, nextStep } = errorText(language, code, {});
      expect(`${sentence} ${nextStep}`).not.toMatch(/[[\]{}]|\?(?!$)| {2}|\s[.,]/);
    }
  });
});

describe('errorText()', () => {
  it('fills in the tries left, by their number', () => {
    expect(errorText('en', 'ERR_PIN_WRONG', { attemptsRemaining: 1 }).sentence).toBe('Wrong PIN. 1 try left.');
    expect(errorText('en', 'ERR_PIN_WRONG', { attemptsRemaining: 2 }).sentence).toBe('Wrong PIN. 2 tries left.');
    expect(errorText('sv', 'ERR_PIN_WRONG', { attemptsRemaining: 2 }).sentence).toBe('Fel PIN-kod. 2 försök kvar.');
  });

  it('names a code of a newer daemon instead of calling it something else', () => {
    expect(errorText('sv', 'ERR_CARD_FROM_THE_FUTURE', {}).sentence).toContain('ERR_CARD_FROM_THE_FUTURE');
    expect(errorText('en', 'toString', {}).sentence).toContain('toString');
  });

  it('says in words why a server could not be asked', () => {
    const fields = { host: 'rp.example', reason: 'too-long' };
    expect(errorText('sv', 'ERR_REMOTE_RESPONSE', fields).sentence).toContain('(svaret är för långt)');
    expect(errorText('en', 'ERR_REMOTE_TLS', { ...fields, reason: 'of-the-future' }).sentence).toContain(
      'of-the-future',
    );
  });

  it('does not read a field as a template', () => {
    expect(errorText('en', 'ERR_CARD_ABSENT', { reader: 'A {attemptsRemaining} [x]' }).sentence).toBe(
      'There is no card in the reader A {attemptsRemaining} [x].',
    );
  });
});

describe('reasonText()', () => {
  it.each(reasonNames)('%s has a text in both languages', (reason) => {
    const [sv, en] = languages.map(
      (language) => reasonText(language, { reason, field: 'jwks', name: 'A', detail: 'B' }) ?? '',
    );
    expect(sv).toMatch(/\S.*[^.]$/);
    expect(en).toMatch(/\S.*[^.]$/);
    expect(sv).not.toBe(en);
    expect(`${sv} ${en}`).not.toMatch(/[{}?]/);
  });

  it('knows nothing of other words', () => {
    expect(reasonText('sv', { reason: 'toString' })).toBeUndefined();
    expect(reasonText('sv', {})).toBeUndefined();
  });
});
