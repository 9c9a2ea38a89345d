import type { SurfaceKind } from '../model/surface.js';
import type { Language } from './language.js';

/** What a prompt says of where questions come to, and of the personal phrase. */
export interface PromptPlaceMessages {
  /** After a preposition-free beginning: where a surface of this kind is. */
  where: Readonly<Record<SurfaceKind, string>>;
  /** Before what is asked there. */
  askedElsewhere(where: string): string;
  takeHint: string;
  /** Nothing is asked yet. */
  nextElsewhere(where: string): string;
  takeNextHint: string;
  /** Stands before the phrase. */
  phrase: string;
  /** Where there is none. */
  phraseTip: string;
}

const sv: PromptPlaceMessages = {
  where: {
    ui: 'i kort ui, i ett annat fönster',
    pinentry: 'i ett fönster på skrivbordet',
    terminal: 'i en annan terminal',
    input: 'i ett program som svarar med en PIN-kod det redan har',
  },
  askedElsewhere: (where) => `En fråga är öppen ${where}:`,
  takeHint: 'T tar hit frågan · Ctrl-C avslutar',
  nextElsewhere: (where) => `Nästa fråga kommer ${where}.`,
  takeNextHint: 'T: frågorna ska komma hit · Ctrl-C avslutar',
  phrase: 'Din fras',
  phraseTip: 'Tips: ”kort phrase set” ger dig en egen fras i varje äkta fråga efter PIN-koden.',
};

const en: PromptPlaceMessages = {
  where: {
    ui: 'in kort ui, in another window',
    pinentry: 'in a window on the desktop',
    terminal: 'in another terminal',
    input: 'in a program that answers with a PIN that it already has',
  },
  askedElsewhere: (where) => `A question is open ${where}:`,
  takeHint: 'T brings the question here · Ctrl-C ends',
  nextElsewhere: (where) => `The next question appears ${where}.`,
  takeNextHint: 'T: questions come here · Ctrl-C ends',
  phrase: 'Your phrase',
  phraseTip: 'Tip: "kort phrase set" puts a phrase of your own into every real question for your PIN.',
};

/** By language. */
export const promptPlaceMessages: Readonly<Record<Language, PromptPlaceMessages>> = { sv, en };
