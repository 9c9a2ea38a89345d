import type { Purpose } from '../model/relying-party.js';
import type { Language } from './language.js';

/** What the desktop's window for the PIN says besides what every prompt does. */
export interface PinentryMessages {
  title: string;
  cancel: string;
  close: string;
  pinOk: Readonly<Record<Purpose, string>>;
  codeLabel: string;
  codeOk: string;
  useCard: string;
  nextCard: string;
  otherCard: string;
  cardNumber(number: number, count: number): string;
  useLastTry: string;
  /** What the button {@link useLastTry} does. */
  lastTryHint: string;
  /** The reader has a keypad. */
  padQuestion: string;
  onReader: string;
  onComputer: string;
  /** Above the text, after an answer that did not count. */
  tooSoon: string;
  empty: string;
  page(number: number, count: number): string;
  nextPage: string;
  back: string;
  readAll: string;
  handOver: string;
  waiting: string;
  open: string;
  decline: string;
}

const sv: PinentryMessages = {
  title: 'kort',
  cancel: 'Avbryt',
  close: 'Stäng',
  pinOk: { auth: 'Logga in', sign: 'Skriv under' },
  codeLabel: 'Kontrollkod:',
  codeOk: 'Gå vidare',
  useCard: 'Använd detta',
  nextCard: 'Nästa',
  otherCard: 'Annat kort',
  cardNumber: (number, count) => `Kort ${number} av ${count}:`,
  useLastTry: 'Använd sista försöket',
  lastTryHint: 'Är du inte säker på koden: avbryt. Annars skriver du PIN-koden i nästa ruta.',
  padQuestion: 'Läsaren har en egen knappsats. Där är PIN-koden säkrast.',
  onReader: 'På läsaren',
  onComputer: 'På datorn',
  tooSoon: 'Svaret kom för tidigt och räknades inte. Läs, och svara igen.',
  empty: 'Ingenting var skrivet.',
  page: (number, count) => `Sida ${number} av ${count}`,
  nextPage: 'Nästa sida',
  back: 'Tillbaka',
  readAll: 'Jag har läst allt',
  handOver:
    'Frågan får inte plats i den här rutan. Öppna ”kort ui”, eller ”kort prompt” i en terminal: frågan flyttar dit.',
  waiting: 'En begäran till väntar på dig:',
  open: 'Öppna',
  decline: 'Avböj',
};

const en: PinentryMessages = {
  title: 'kort',
  cancel: 'Cancel',
  close: 'Close',
  pinOk: { auth: 'Sign in', sign: 'Sign' },
  codeLabel: 'Confirmation code:',
  codeOk: 'Go on',
  useCard: 'Use this one',
  nextCard: 'Next',
  otherCard: 'Other card',
  cardNumber: (number, count) => `Card ${number} of ${count}:`,
  useLastTry: 'Use the last try',
  lastTryHint: 'If you are not sure of the code: cancel. Otherwise, the next window asks for the PIN.',
  padQuestion: 'The reader has a keypad of its own. There the PIN is safest.',
  onReader: 'On the reader',
  onComputer: 'On the computer',
  tooSoon: 'The answer came too soon and did not count. Read, and answer again.',
  empty: 'Nothing was typed.',
  page: (number, count) => `Page ${number} of ${count}`,
  nextPage: 'Next page',
  back: 'Back',
  readAll: 'I have read all of it',
  handOver:
    'The question does not fit into this window. Open "kort ui", or "kort prompt" in a terminal: it moves there.',
  waiting: 'One more request is waiting for you:',
  open: 'Open',
  decline: 'Decline',
};

/** By language. */
export const pinentryMessages: Readonly<Record<Language, PinentryMessages>> = { sv, en };
