import type { HelpNotes } from './help-notes.js';

/** What the help of `kort expiry` says below its options. */
export const expiryNotes: HelpNotes = {
  expiry: {
    more: {
      sv: 'Slutar med 0 när allt är gott, med 8 när något snart löper ut (eller inom --within), med 9 när något har löpt ut eller brådskar.',
      en: 'Ends with 0 when all is fine, with 8 when something ends soon (or within --within), with 9 when something is over or urgent.',
    },
    examples: [
      { line: 'kort expiry', sv: 'allt som löper ut, det närmaste först', en: 'all that ends, the nearest first' },
      { line: 'kort expiry --within 30', sv: 'bara det närmaste 30 dagarna', en: 'only what ends within 30 days' },
      { line: 'kort expiry --ics kort.ics', sv: 'som kalenderfil', en: 'as a calendar file' },
    ],
  },
  'expiry snooze': {
    examples: [
      {
        line: 'kort expiry snooze ec4be77c39d4 --days 14',
        sv: 'ingen varning om just det på två veckor',
        en: 'no warning of this one thing for two weeks',
      },
    ],
  },
  'expiry note': {
    examples: [
      {
        line: 'kort expiry note 2027-05',
        sv: 'kortet som sitter i gäller till och med maj 2027',
        en: 'the card that is inserted is valid through May 2027',
      },
      { line: 'kort expiry note none', sv: 'ta bort anteckningen', en: 'take the note back' },
    ],
  },
  'expiry forget': {
    more: {
      sv: 'Frågar först. Ett kort som sätts i igen blir känt igen.',
      en: 'Asks first. A card that is inserted again is known again.',
    },
    examples: [
      {
        line: 'kort expiry forget 9752269875',
        sv: 'inga fler varningar om ett kort som är borta',
        en: 'no more warnings of a card that is lost',
      },
    ],
  },
};
