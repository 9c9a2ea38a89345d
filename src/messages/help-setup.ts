import type { HelpNotes } from './help-notes.js';

/** What the help of `kort daemon` says below its options. */
export const daemonNotes: HelpNotes = {
  'daemon start': {
    examples: [{ line: 'kort daemon start', sv: 'starta kortd för dig', en: 'start kortd for you' }],
  },
  'daemon stop': {
    more: {
      sv: 'Pågående inloggningar avbryts. En hämtning av certifikat går att fortsätta senare.',
      en: 'Logins that are going on are cancelled. A download of a certificate can be resumed.',
    },
    examples: [{ line: 'kort daemon stop', sv: 'stoppa kortd', en: 'stop kortd' }],
  },
  'daemon status': {
    examples: [
      { line: 'kort daemon status', sv: 'version, port och vad som väntar', en: 'version, port and what waits' },
    ],
  },
};

/** What the help of `kort rp` says below its options. */
export const rpNotes: HelpNotes = {
  'rp add': {
    examples: [
      {
        line: 'kort rp add ./idp.json',
        sv: 'låt tjänsten i filen be om inloggning',
        en: 'let the service in the file ask for logins',
      },
    ],
  },
  'rp list': { examples: [{ line: 'kort rp list', sv: 'vilka som får fråga', en: 'who may ask' }] },
  'rp show': {
    examples: [
      {
        line: 'kort rp show https://idp.example.org',
        sv: 'adresser, nivåer och nycklar',
        en: 'addresses, levels and keys',
      },
    ],
  },
  'rp remove': {
    more: {
      sv: 'Frågar först. En tjänst som administratören har registrerat går inte att ta bort.',
      en: 'Asks first. One that the administrator registered cannot be removed.',
    },
    examples: [
      {
        line: 'kort rp remove https://idp.example.org',
        sv: 'tjänsten får inte fråga längre',
        en: 'the service may ask no longer',
      },
    ],
  },
  'rp check': {
    examples: [
      { line: 'kort rp check ./idp.json', sv: 'är filen rätt?', en: 'is the file right?' },
      {
        line: 'kort rp check https://idp.example.org --live',
        sv: 'stämmer det som är registrerat med tjänsten på nätet?',
        en: 'does what is registered agree with the service on the network?',
      },
    ],
  },
};

/** What the help of `kort open` and `kort link` says below its options. */
export const linkNotes: HelpNotes = {
  open: {
    more: {
      sv: 'Webbläsaren kör kommandot själv när länkarna är registrerade (”kort link register”).',
      en: 'The browser runs this by itself when the links are registered ("kort link register").',
    },
    examples: [
      {
        line: 'kort open "kort://start?client_id=https%3A%2F%2Fidp.example.org&ref=0123456789abcdefghijkl"',
        sv: 'fortsätt inloggningen som länken började',
        en: 'go on with the login that the link began',
      },
    ],
  },
  'link register': {
    examples: [{ line: 'kort link register', sv: 'öppna sådana länkar med kort', en: 'open such links with kort' }],
  },
  'link unregister': {
    examples: [{ line: 'kort link unregister', sv: 'som det var förut', en: 'as it was before' }],
  },
  'link status': {
    examples: [{ line: 'kort link status', sv: 'vem öppnar dem?', en: 'who opens them?' }],
  },
};
