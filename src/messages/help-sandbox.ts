import type { HelpNotes } from './help-notes.js';

/** What the help of `kort sandbox` says below its options. */
export const sandboxNotes: HelpNotes = {
  'sandbox start': {
    more: {
      sv: 'Sandlådan är en egen kortd. Lägg till --instance sandbox till andra kommandon för att nå den.',
      en: 'The sandbox is a kortd of its own. Add --instance sandbox to other commands to reach it.',
    },
    examples: [
      { line: 'kort sandbox start', sv: 'virtuella läsare och kort', en: 'virtual readers and cards' },
      { line: 'kort status --instance sandbox', sv: 'vad som finns i dem', en: 'what is in them' },
    ],
  },
  'sandbox stop': { examples: [{ line: 'kort sandbox stop', sv: 'stoppa sandlådan', en: 'stop the sandbox' }] },
  'sandbox demo': {
    examples: [
      {
        line: 'kort sandbox demo',
        sv: 'skriv PIN-koden och se en hel inloggning',
        en: 'type the PIN and see a whole login',
      },
    ],
  },
  'sandbox list': {
    examples: [{ line: 'kort sandbox list', sv: 'läsare, kort och deras koder', en: 'readers, cards and their codes' }],
  },
  'sandbox insert': {
    examples: [
      { line: 'kort sandbox insert tolvan', sv: 'i en tom läsare', en: 'into an empty reader' },
      { line: 'kort sandbox insert tolvan "Sandbox Reader 2"', sv: 'i en viss läsare', en: 'into this reader' },
    ],
  },
  'sandbox remove': {
    examples: [{ line: 'kort sandbox remove tolvan', sv: 'dra ut kortet', en: 'pull the card out' }],
  },
  'sandbox fault': {
    examples: [
      {
        line: 'kort sandbox fault tolvan remove-before --command 5',
        sv: 'kortet dras ut före det femte kommandot',
        en: 'the card is pulled before the fifth command',
      },
      {
        line: 'kort sandbox fault tolvan delay 250',
        sv: 'varje kommando tar en kvarts sekund',
        en: 'each command takes a quarter of a second',
      },
      { line: 'kort sandbox fault tolvan none', sv: 'kortet är helt igen', en: 'the card is whole again' },
    ],
  },
  'sandbox reset': {
    more: {
      sv: 'Frågar inte: korten är på låtsas, men hämtade certifikat på dem försvinner.',
      en: 'Does not ask: the cards are not real, but certificates that were downloaded to them are gone.',
    },
    examples: [{ line: 'kort sandbox reset', sv: 'alla kort som nya', en: 'all cards as new' }],
  },
  'sandbox add-reader': {
    examples: [
      { line: 'kort sandbox add-reader', sv: 'en läsare till', en: 'one more reader' },
      {
        line: 'kort sandbox add-reader "Keypad Reader" --pin-pad',
        sv: 'en läsare med egen knappsats',
        en: 'a reader with a keypad of its own',
      },
    ],
  },
  'sandbox press': {
    examples: [
      {
        line: 'kort sandbox press 123456 ok',
        sv: 'skriv koden på läsarens knappsats och tryck OK',
        en: "type the code on the reader's keypad and press OK",
      },
    ],
  },
  'sandbox remove-reader': {
    examples: [
      { line: 'kort sandbox remove-reader "Keypad Reader"', sv: 'koppla ur läsaren', en: 'unplug the reader' },
    ],
  },
  'sandbox revoke': {
    examples: [
      {
        line: 'kort sandbox revoke tolvan --reason keyCompromise',
        sv: 'kortets certifikat spärras',
        en: 'the certificates of the card are revoked',
      },
    ],
  },
  'sandbox unrevoke': {
    examples: [{ line: 'kort sandbox unrevoke tolvan', sv: 'de gäller igen', en: 'they are valid again' }],
  },
  'sandbox order': {
    examples: [
      {
        line: 'kort sandbox order tolvan --kind renewal',
        sv: 'ett nytt certifikat väntar på att hämtas',
        en: 'a new certificate waits to be downloaded',
      },
    ],
  },
  'sandbox issuer': {
    examples: [
      { line: 'kort sandbox issuer', sv: 'vad som väntar hos utfärdaren', en: 'what waits at the issuer' },
      { line: 'kort sandbox issuer --fault down', sv: 'utfärdaren svarar inte', en: 'the issuer does not answer' },
      { line: 'kort sandbox issuer --fault none', sv: 'den fungerar igen', en: 'it works again' },
    ],
  },
};
