import type { HelpNotes } from './help-notes.js';

/** What the help of `kort expiry` says below its options. */
export const expiryNotes: HelpNotes = {
  expiry: {
    more: {
      sv: 'Slutar med 0 när allt är i sin ordning, med 8 när något snart går ut (eller inom --within), med 9 när något har gått ut eller brådskar.',
      en: 'Ends with 0 when all is fine, with 8 when something expires soon (or within --within), with 9 when something has expired or is urgent.',
    },
    examples: [
      { line: 'kort expiry', sv: 'allt som går ut, det närmaste först', en: 'all that expires, the nearest first' },
      {
        line: 'kort expiry --within 30',
        sv: 'bara det som går ut inom 30 dagar',
        en: 'only what expires within 30 days',
      },
      { line: 'kort expiry --ics kort.ics', sv: 'som kalenderfil', en: 'as a calendar file' },
    ],
  },
  'expiry snooze': {
    examples: [
      {
        line: 'kort expiry snooze ec4be77c39d4 --days 14',
        sv: 'ingen varning om just det på två veckor',
        en: 'no warnings about this one thing for two weeks',
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
        en: 'no more warnings about a card that is lost',
      },
    ],
  },
};
