import { describe, expect, it } from 'vitest';
import type { Language } from '../../src/messages/language.js';
import { failureText } from '../../src/terminal/texts/failure-text.js';
import { wrongCommands } from '../support/commands-in-texts.js';
import { provoke, type Provocation, type ToldError } from '../support/provoked-errors/provocation.js';
import { provokedErrors } from '../support/provoked-errors/provoked-errors.js';

const textsIn = (language: Language, error: ToldError, instance?: string) =>
  failureText(error, { language, instance, color: false, sandbox: false });

/** What no reader should meet in a sentence. */
const spoiled = /[{}[\]?]|undefined|NaN|\.\.| {2}|\s[.,;:]|[.!?][”"]\.|[.!] [a-zåäö]|[:(]\s*[.)]/;
const otherQuotes: Readonly<Record<Language, RegExp>> = { sv: /["“']/, en: /[”“]/ };

async function checkTexts(language: Language, error: ToldError): Promise<void> {
  for (const instance of [undefined, 'ward']) {
    const { sentence, nextStep } = textsIn(language, error, instance);
    for (const text of [sentence, nextStep]) {
      expect(text).toMatch(/^[A-ZÅÄÖ].*[.”"]$/s);
      expect(text).not.toMatch(spoiled);
      expect(text).not.toMatch(otherQuotes[language]);
      expect(await wrongCommands(text, language)).toEqual([]);
    }
  }
}

describe('every error code', () => {
  it.each(Object.entries<Provocation>(provokedErrors))(
    '%s comes of its cause, and says in both languages what happened and what to do',
    async (code, provocation) => {
      const error = await provoke(provocation);
      expect(error.code).toBe(code);
      await checkTexts('sv', error);
      await checkTexts('en', error);
      const [sv, en] = [textsIn('sv', error), textsIn('en', error)];
      expect(sv.sentence).not.toBe(en.sentence);
      expect(sv.nextStep).not.toBe(en.nextStep);
      // A detail of more than one word is a sentence of developers.
      const { detail } = error.fields;
      if (typeof detail === 'string' && / [a-z]/.test(detail)) expect(sv.sentence).not.toContain(detail);
    },
  );
});
