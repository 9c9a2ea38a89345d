import type { HelpNotes } from './help-notes.js';

/** What the help of `kort status` says below its options. */
export const statusNotes: HelpNotes = {
  status: {
    examples: [
      { line: 'kort status', sv: 'läget just nu', en: 'how things are now' },
      {
        line: 'kort status --watch',
        sv: 'på nytt vid varje ändring, tills du trycker Ctrl-C',
        en: 'again at each change, until you press Ctrl-C',
      },
      { line: 'kort status --json', sv: 'för program', en: 'for programs' },
    ],
  },
};

/** What the help of `kort prompt` says below its options. */
export const promptNotes: HelpNotes = {
  prompt: {
    more: {
      sv: 'Låt den stå öppen: när en tjänst ber om din PIN-kod frågas du här. Tjänsten får aldrig se koden.',
      en: 'Leave it open: when a service asks for your PIN, you are asked here. The service never sees the PIN.',
    },
    examples: [
      {
        line: 'kort prompt',
        sv: 'svara på inloggningar här tills du avslutar',
        en: 'answer logins here until you end it',
      },
      { line: 'kort prompt --once', sv: 'svara på en och avsluta sedan', en: 'answer one and then end' },
    ],
  },
};

/** What the help of `kort pin` and `kort unlock` says below its options. */
export const pinNotes: HelpNotes = {
  unlock: {
    more: {
      sv: 'PUK-koden står i brevet som kom med kortet. För många fel låser kortet för gott.',
      en: 'The PUK is in the letter that came with the card. Too many wrong ones lock the card for good.',
    },
    examples: [
      {
        line: 'kort unlock --puk',
        sv: 'lås upp kortet som sitter i: PUK-koden och en ny PIN-kod frågas efter',
        en: 'unlock the card that is inserted: the PUK and a new PIN are asked for',
      },
      {
        line: 'kort unlock --puk --pin signature',
        sv: 'lås upp PIN-koden för underskrift',
        en: 'unlock the PIN for signatures',
      },
    ],
  },
  'pin status': {
    examples: [
      {
        line: 'kort pin status',
        sv: 'återstående försök, utan att något försök går åt',
        en: 'the tries left; this costs none',
      },
    ],
  },
  'pin change': {
    examples: [
      {
        line: 'kort pin change',
        sv: 'byt PIN-kod på kortet som sitter i',
        en: 'change the PIN of the card that is inserted',
      },
      {
        line: 'kort pin change --pin signature --card 9752269875',
        sv: 'byt PIN-koden för underskrift på ett av flera kort',
        en: 'change the PIN for signatures of one of several cards',
      },
    ],
  },
  'pin verify': {
    examples: [
      {
        line: 'kort pin verify',
        sv: 'är det här rätt kod? Ett fel kostar ett försök',
        en: 'is this the right PIN? A wrong one costs a try',
      },
    ],
  },
};

/** What the help of `kort watch` and `kort trace` says below its options. */
export const watchNotes: HelpNotes = {
  watch: {
    more: {
      sv: 'Text på en terminal; annars, och med --json, en rad JSON för varje händelse.',
      en: 'Text on a terminal; otherwise, and with --json, one line of JSON for each event.',
    },
    examples: [
      {
        line: 'kort watch',
        sv: 'följ kort och läsare tills du trycker Ctrl-C',
        en: 'follow cards and readers until Ctrl-C',
      },
      { line: 'kort watch --json', sv: 'händelserna som JSON-rader', en: 'the events as lines of JSON' },
    ],
  },
  trace: {
    more: {
      sv: 'PIN-koder, PUK-koder och nycklar utelämnas, men innehållet i kortets filer syns: ge inspelningen bara till den som ska se det.',
      en: "PINs, PUKs and keys are left out, but the contents of the card's files are visible: give the recording only to those who should see them.",
    },
    examples: [
      {
        line: 'kort trace --reader "Sandbox Reader 1"',
        sv: 'kommandona till kortet i en läsare, tills du trycker Ctrl-C',
        en: 'the commands to the card in one reader, until Ctrl-C',
      },
    ],
  },
};
