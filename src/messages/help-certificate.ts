import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

type Command =
  | 'list'
  | 'show'
  | 'export'
  | 'remove'
  | 'restore'
  | 'backups'
  | 'prefer'
  | 'unprefer'
  | 'why'
  | 'inventory'
  | 'download';

/** What `--help` says of `kort certificate`. */
export interface CertificateHelp {
  commands: Readonly<Record<Command, string>>;
  options: Readonly<
    Record<
      | 'out'
      | 'withKey'
      | 'pinStdin'
      | 'downloadPins'
      | 'yes'
      | 'for'
      | 'forService'
      | 'sign'
      | 'issuer'
      | 'order'
      | 'keepReplaced'
      | 'resume'
      | 'discard'
      | 'evenIssued',
      string
    >
  >;
  names: Readonly<Record<'order' | 'download', string>>;
}

const sv: CertificateHelp = {
  commands: {
    list: 'visa certifikaten på alla kort',
    show: 'visa allt om ett certifikat',
    export: 'skriv ut ett certifikat (PEM)',
    remove: 'ta bort ett certifikat från kortet; en säkerhetskopia sparas',
    restore: 'lägg tillbaka ett certifikat som togs bort utan nyckel',
    backups: 'visa certifikat som har tagits bort och är sparade',
    prefer: 'låt ett certifikat komma först när flera passar; ändrar inget på kortet',
    unprefer: 'ta bort din regel om vilket som kommer först',
    why: 'visa vilka certifikat en tjänst skulle erbjudas, i vilken ordning och varför',
    inventory: 'räkna upp algoritmer och nycklar, och vad en kvantdator kan knäcka',
    download: 'hämta ett certifikat från utfärdaren till kortet, eller fortsätt en hämtning',
  },
  options: {
    out: 'skriv till en fil i stället för till standard ut',
    withKey: 'ta bort nyckeln också: går aldrig att ångra',
    pinStdin: 'läs PIN-koden som en rad från standard in',
    downloadPins:
      'läs PIN-koderna från standard in, en på varje rad: först den för inloggningen, sedan den för kortet (ofta samma); med --discard bara den för kortet',
    yes: 'svara ja på frågor, för program; behövs med --pin-stdin',
    for: 'bara för denna tjänst (client_id); annars för alla',
    forService: 'tjänstens client_id',
    sign: 'vid underskrift i stället för inloggning',
    issuer: 'utfärdarens client_id; behövs om flera finns',
    order: 'vilket av de certifikat som väntar',
    keepReplaced: 'lämna det certifikat som ersätts kvar på kortet',
    resume: 'fortsätt en hämtning som inte är avslutad',
    discard: 'ge upp en hämtning som inte är avslutad, och ta bort dess nyckel från kortet',
    evenIssued: 'med --discard: även om utfärdaren redan har gjort certifikatet',
  },
  names: { order: 'beställning', download: 'hämtning' },
};

const en: CertificateHelp = {
  commands: {
    list: 'show the certificates of all cards',
    show: 'show everything about a certificate',
    export: 'write out a certificate (PEM)',
    remove: 'remove a certificate from its card; a backup is kept',
    restore: 'put back a certificate that was removed without its key',
    backups: 'show certificates that were removed and are kept',
    prefer: 'let a certificate come first where several fit; changes nothing on the card',
    unprefer: 'remove your rule about which comes first',
    why: 'show which certificates a service would be offered, in which order, and why',
    inventory: 'list algorithms and keys, and what a quantum computer can break',
    download: 'download a certificate from its issuer to the card, or go on with a download',
  },
  options: {
    out: 'write to a file instead of standard output',
    withKey: 'remove the key too: can never be undone',
    pinStdin: 'read the PIN as one line from standard input',
    downloadPins:
      'read the PINs from standard input, one on each line: first that of the login, then that of the card (often the same); with --discard only that of the card',
    yes: 'answer questions with yes, for programs; needed with --pin-stdin',
    for: 'for this service (client_id) only; otherwise for all',
    forService: 'client_id of the service',
    sign: 'at a signature instead of a login',
    issuer: 'client_id of the issuer; needed where there are several',
    order: 'which of the certificates that wait',
    keepReplaced: 'leave the certificate that is replaced on the card',
    resume: 'go on with a download that is not finished',
    discard: 'give up a download that is not finished, and remove its key from the card',
    evenIssued: 'with --discard: even if the issuer has made the certificate already',
  },
  names: { order: 'order', download: 'download' },
};

/** By language. */
export const certificateHelp: Readonly<Record<Language, CertificateHelp>> = { sv, en };

/** What the help of each says below its options. */
export const certificateNotes: HelpNotes = {
  'certificate list': {
    examples: [{ line: 'kort certificate list', sv: 'med fingeravtryck', en: 'with their fingerprints' }],
  },
  'certificate show': {
    examples: [
      {
        line: 'kort certificate show 3f2a9c1d',
        sv: 'början av fingeravtrycket räcker',
        en: 'the beginning of the fingerprint is enough',
      },
    ],
  },
  'certificate export': {
    examples: [
      { line: 'kort certificate export 3f2a9c1d --out my.pem', sv: 'till en fil', en: 'to a file' },
      { line: 'kort certificate export 3f2a9c1d', sv: 'till standard ut', en: 'to standard output' },
    ],
  },
  'certificate inventory': {
    examples: [
      {
        line: 'kort certificate inventory --json',
        sv: 'alla nycklar och algoritmer, för program',
        en: 'all keys and algorithms, for programs',
      },
    ],
  },
  'certificate prefer': {
    examples: [
      { line: 'kort certificate prefer 3f2a9c1d', sv: 'det kommer först överallt', en: 'it comes first everywhere' },
      {
        line: 'kort certificate prefer 3f2a9c1d --for https://idp.example.org',
        sv: 'det kommer först hos en tjänst',
        en: 'it comes first at one service',
      },
    ],
  },
  'certificate unprefer': {
    examples: [
      {
        line: 'kort certificate unprefer --for https://idp.example.org',
        sv: 'din regel för tjänsten tas bort',
        en: 'your rule for the service is removed',
      },
    ],
  },
  'certificate why': {
    examples: [
      {
        line: 'kort certificate why --for https://idp.example.org',
        sv: 'vad en inloggning där skulle erbjudas',
        en: 'what a login there would be offered',
      },
    ],
  },
  'certificate remove': {
    more: {
      sv: 'Frågar först. Certifikatet sparas och går att lägga tillbaka med ”kort certificate restore”; med --with-key går det aldrig.',
      en: 'Asks first. The certificate is kept and can be put back by "kort certificate restore"; with --with-key it never can.',
    },
    examples: [
      {
        line: 'kort certificate remove 3f2a9c1d',
        sv: 'ta bort det, men behåll nyckeln på kortet',
        en: 'remove it, and leave its key on the card',
      },
    ],
  },
  'certificate restore': {
    examples: [{ line: 'kort certificate restore 3f2a9c1d', sv: 'ångra en borttagning', en: 'undo a removal' }],
  },
  'certificate backups': {
    examples: [{ line: 'kort certificate backups', sv: 'vad som går att lägga tillbaka', en: 'what can be put back' }],
  },
  'certificate download': {
    more: {
      sv: 'Du legitimerar dig hos utfärdaren med kortet, och skriver sedan PIN-koden för kortet. En hämtning som avbryts går att fortsätta senare.',
      en: 'You sign in at the issuer with the card, and then type the PIN for the card. An interrupted download can be resumed.',
    },
    examples: [
      {
        line: 'kort certificate download',
        sv: 'hämta det som väntar hos utfärdaren',
        en: 'download what waits at the issuer',
      },
      {
        line: 'kort certificate download --resume',
        sv: 'fortsätt en hämtning som avbröts',
        en: 'go on with a download that was interrupted',
      },
    ],
  },
};
