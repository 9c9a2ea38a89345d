import type { Language } from './language.js';

/** What `--help` says of commands' options and arguments; names of both are the same in every language. */
export interface HelpMessages {
  /** What stands in angle brackets for what the user fills in. */
  names: Readonly<
    Record<
      | 'file'
      | 'clientId'
      | 'fingerprint'
      | 'fileOrId'
      | 'link'
      | 'card'
      | 'cardOrReader'
      | 'pin'
      | 'reader'
      | 'readerName'
      | 'readerOrCard'
      | 'fault'
      | 'kind'
      | 'value'
      | 'number'
      | 'key'
      | 'reason'
      | 'url'
      | 'days'
      | 'day'
      | 'id',
      string
    >
  >;
  options: Readonly<
    Record<
      | 'watch'
      | 'port'
      | 'live'
      | 'page'
      | 'pinStdin'
      | 'once'
      | 'vpcdPort'
      | 'hardwareOnly'
      | 'command'
      | 'puk'
      | 'card'
      | 'pin'
      | 'noPinPad'
      | 'traceReader'
      | 'pinPad'
      | 'pressReader'
      | 'revocationReason'
      | 'orderKind'
      | 'issuerFault'
      | 'within'
      | 'ics'
      | 'yes'
      | 'cardOfEnd'
      | 'snoozeDays',
      string
    >
  >;
  commands: Readonly<
    Record<
      | 'daemonStart'
      | 'daemonStop'
      | 'daemonStatus'
      | 'rpAdd'
      | 'rpList'
      | 'rpShow'
      | 'rpRemove'
      | 'rpCheck'
      | 'linkRegister'
      | 'linkUnregister'
      | 'linkStatus'
      | 'pinStatus'
      | 'pinChange'
      | 'pinVerify'
      | 'expirySnooze'
      | 'expiryNote'
      | 'expiryForget'
      | 'sandboxStart'
      | 'sandboxStop'
      | 'sandboxList'
      | 'sandboxInsert'
      | 'sandboxRemove'
      | 'sandboxFault'
      | 'sandboxAddReader'
      | 'sandboxRemoveReader'
      | 'sandboxPress'
      | 'sandboxRevoke'
      | 'sandboxUnrevoke'
      | 'sandboxOrder'
      | 'sandboxIssuer'
      | 'sandboxReset'
      | 'sandboxDemo',
      string
    >
  >;
  /** What `--pin-stdin` reads, by operation. */
  pinLines: Readonly<Record<'verify' | 'change' | 'unblock', string>>;
  arguments: Readonly<
    Record<
      | 'helpCommand'
      | 'file'
      | 'clientId'
      | 'fingerprint'
      | 'fileOrId'
      | 'link'
      | 'card'
      | 'expiryId'
      | 'cardEnds'
      | 'knownCard'
      | 'reader'
      | 'readerOrCard'
      | 'freeReader'
      | 'readerName'
      | 'fault'
      | 'value'
      | 'key',
      string
    >
  >;
}

const sv: HelpMessages = {
  names: {
    file: 'fil',
    clientId: 'client_id',
    fingerprint: 'fingeravtryck',
    fileOrId: 'fil|client_id',
    link: 'länk',
    card: 'kort',
    cardOrReader: 'kort|läsare',
    pin: 'kod',
    reader: 'läsare',
    readerName: 'namn',
    readerOrCard: 'läsare|kort',
    fault: 'fel',
    kind: 'slag',
    value: 'värde',
    number: 'tal',
    key: 'knapp',
    reason: 'skäl',
    url: 'adress',
    days: 'dagar',
    day: 'datum',
    id: 'beteckning',
  },
  options: {
    watch: 'visa på nytt när något ändras, tills du avbryter',
    port: 'port för inloggning från webbläsaren',
    live: 'kontrollera också tjänstens adresser och inloggningssidor på nätet',
    page: 'inloggningssida att kontrollera på nätet (kan anges flera gånger)',
    pinStdin: 'läs PIN-koden som en rad från standard in i stället för från terminalen',
    once: 'avsluta när en inloggning eller underskrift är klar',
    vpcdPort: 'anslut de virtuella läsarna till en vpcd på denna port',
    hardwareOnly: 'bara de virtuella läsarna, utan inloggningar',
    command: 'vid vilket kortkommando, räknat från nu',
    puk: 'med PUK-koden',
    card: 'kortets nummer (se ”kort pin status”) eller läsarens namn; behövs om flera kort sitter i',
    pin: 'vilken av kortets PIN-koder: authentication (legitimering) eller signature (underskrift)',
    noPinPad: 'skriv koden här även om läsaren har knappsats',
    traceReader: 'bara kortet i den här läsaren',
    pinPad: 'läsaren har en egen knappsats',
    pressReader: 'vilken läsare, om flera frågar efter en kod',
    revocationReason: 'varför; annars unspecified',
    orderKind: 'vad som ska vänta; annars extra',
    issuerFault: 'ställ in ett fel, eller ta bort det med none',
    within: 'bara det som går ut inom så många dagar',
    ics: 'skriv en kalenderfil (- för standard ut)',
    yes: 'svara ja på frågan, för program',
    cardOfEnd: 'vilket kort; behövs om inte ett enda sitter i',
    snoozeDays: 'hur många dagar, högst 30; annars 7',
  },
  commands: {
    daemonStart: 'starta kortd',
    daemonStop: 'stoppa kortd',
    daemonStatus: 'visa om kortd är igång',
    rpAdd: 'kontrollera en fil och registrera tjänsten',
    rpList: 'lista registrerade tjänster',
    rpShow: 'visa en tjänst',
    rpRemove: 'ta bort en tjänst som du själv har registrerat',
    rpCheck: 'kontrollera en fil (namn på .json) eller en registrerad tjänst',
    linkRegister: 'låt det här programmet öppna dem, för dig',
    linkUnregister: 'låt inte längre det här programmet öppna dem',
    linkStatus: 'visa vem som öppnar dem nu',
    pinStatus: 'läs återstående försök från korten, och visa försök som någon annan har gjort',
    pinChange: 'byt en PIN-kod',
    pinVerify: 'prova en PIN-kod (ett fel kostar ett försök)',
    expirySnooze: 'pausa varningar om en sak, dock aldrig förbi nästa gräns',
    expiryNote: 'anteckna kortets egen sista dag, som den står på kortet',
    expiryForget: 'glöm ett kort som inte sitter i',
    sandboxStart: 'starta sandlådan (en egen kortd, instans sandbox)',
    sandboxStop: 'stoppa sandlådan',
    sandboxList: 'lista virtuella läsare och kort',
    sandboxInsert: 'sätt i ett kort',
    sandboxRemove: 'dra ut kortet ur en läsare',
    sandboxFault: 'låt ett kort gå sönder på beställning',
    sandboxAddReader: 'anslut en läsare till',
    sandboxRemoveReader: 'koppla ur en läsare',
    sandboxPress: 'tryck på knapparna på en virtuell läsare, i tur och ordning',
    sandboxRevoke: 'spärra ett korts certifikat, i spärrlistan och hos OCSP-svararen',
    sandboxUnrevoke: 'häv spärren',
    sandboxOrder: 'låt ett certifikat vänta hos utfärdaren på den som har kortet',
    sandboxIssuer: 'visa utfärdaren och vad som väntar där, eller låt den gå sönder',
    sandboxReset: 'gör alla virtuella kort som nya: PIN-kod, PUK-kod och försök',
    sandboxDemo: 'logga in ett virtuellt kort hos en påhittad tjänst, från början till slut',
  },
  pinLines: {
    verify: 'läs PIN-koden som en rad från standard in',
    change: 'läs den nuvarande PIN-koden och den nya, en på varje rad, från standard in',
    unblock: 'läs PUK-koden och den nya PIN-koden, en på varje rad, från standard in',
  },
  arguments: {
    helpCommand: 'kommandot',
    file: 'fil med en tjänst (se docs/relying-parties.md)',
    clientId: 'tjänstens client_id',
    fingerprint: 'certifikatets fingeravtryck (SHA-256) eller början av det',
    fileOrId: 'fil, eller tjänstens client_id',
    link: 'kort://start?client_id=…&ref=…, från inloggningssidan',
    card: 'kortets namn i sandlådan',
    expiryId: 'beteckningen som ”kort expiry” visar inom hakparentes, eller början av den',
    cardEnds: 'ÅÅÅÅ-MM-DD, eller ÅÅÅÅ-MM för månadens sista dag; none tar bort anteckningen',
    knownCard: 'kortets nummer',
    reader: 'läsarens namn',
    readerOrCard: 'läsarens namn, eller kortets som sitter i den',
    freeReader: 'läsarens namn; annars en tom',
    readerName: 'namn på läsaren; annars ett ledigt',
    fault: 'vad som ska hända',
    key: 'knapp, eller flera siffror; koderna i en sandlåda är kända för alla',
    value: 'millisekunder för delay, fyra hexadecimala siffror för status',
  },
};

const en: HelpMessages = {
  names: {
    file: 'file',
    clientId: 'client_id',
    fingerprint: 'fingerprint',
    fileOrId: 'file|client_id',
    link: 'link',
    card: 'card',
    cardOrReader: 'card|reader',
    pin: 'code',
    reader: 'reader',
    readerName: 'name',
    readerOrCard: 'reader|card',
    fault: 'fault',
    kind: 'kind',
    value: 'value',
    number: 'number',
    key: 'key',
    reason: 'reason',
    url: 'url',
    days: 'days',
    day: 'date',
    id: 'id',
  },
  options: {
    watch: 'show again when something changes, until interrupted',
    port: 'port for login from the browser',
    live: 'check the addresses and login pages of the service on the network too',
    page: 'login page to check on the network (may be given several times)',
    pinStdin: 'read the PIN as one line from standard input instead of from the terminal',
    once: 'end when one login or signature has ended',
    vpcdPort: 'plug the virtual readers into a vpcd on this port',
    hardwareOnly: 'the virtual readers only, without logins',
    command: 'at which command to the card, counted from now',
    puk: 'with the PUK',
    card: 'number of the card (see "kort pin status") or name of the reader; needed when several cards are inserted',
    pin: "which of the card's PINs: authentication or signature",
    noPinPad: 'type the code here even if the reader has a keypad',
    traceReader: 'only the card in this reader',
    pinPad: 'the reader has a keypad of its own',
    pressReader: 'which reader, if several ask for a code',
    revocationReason: 'why; unspecified by default',
    orderKind: 'what shall wait; extra by default',
    issuerFault: 'set a fault, or take it away with none',
    within: 'only what expires within so many days',
    ics: 'write a calendar file (- for standard output)',
    yes: 'answer the question with yes, for programs',
    cardOfEnd: 'which card; needed unless exactly one is inserted',
    snoozeDays: 'for how many days, 30 at most; 7 by default',
  },
  commands: {
    daemonStart: 'start kortd',
    daemonStop: 'stop kortd',
    daemonStatus: 'show whether kortd is running',
    rpAdd: 'check a file and register the service',
    rpList: 'list the registered services',
    rpShow: 'show a service',
    rpRemove: 'remove a service that you registered yourself',
    rpCheck: 'check a file (named .json) or a registered service',
    linkRegister: 'let this program open them, for you',
    linkUnregister: 'no longer let this program open them',
    linkStatus: 'show who opens them now',
    pinStatus: 'read the tries left from the cards, and show tries that somebody else made',
    pinChange: 'change a PIN',
    pinVerify: 'try a PIN (a wrong one costs a try)',
    expirySnooze: 'pause warnings about one thing, never past its next threshold',
    expiryNote: "note the card's own last day, as it is printed on the card",
    expiryForget: 'forget a card that is not inserted',
    sandboxStart: 'start the sandbox (a kortd of its own, instance sandbox)',
    sandboxStop: 'stop the sandbox',
    sandboxList: 'list virtual readers and cards',
    sandboxInsert: 'insert a card',
    sandboxRemove: 'pull the card out of a reader',
    sandboxFault: 'make a card fail on demand',
    sandboxAddReader: 'plug in one more reader',
    sandboxRemoveReader: 'unplug a reader',
    sandboxPress: 'press the keys of a virtual reader, one after the other',
    sandboxRevoke: 'revoke the certificates of a card, in the list and at the OCSP responder',
    sandboxUnrevoke: 'take that back',
    sandboxOrder: "let a certificate wait at the issuer for the card's holder",
    sandboxIssuer: 'show the issuer and what waits there, or make it fail',
    sandboxReset: 'make all virtual cards as new: PIN, PUK and tries',
    sandboxDemo: 'sign a virtual card in to an invented service, from beginning to end',
  },
  pinLines: {
    verify: 'read the PIN as one line from standard input',
    change: 'read the current PIN and the new one, one on each line, from standard input',
    unblock: 'read the PUK and the new PIN, one on each line, from standard input',
  },
  arguments: {
    helpCommand: 'the command',
    file: 'file with a service (see docs/relying-parties.md)',
    clientId: 'client_id of the service',
    fingerprint: 'fingerprint (SHA-256) of the certificate, or its beginning',
    fileOrId: 'file, or client_id of the service',
    link: 'kort://start?client_id=…&ref=…, from the login page',
    card: 'name of the card in the sandbox',
    expiryId: 'the id that "kort expiry" shows in brackets, or its beginning',
    cardEnds: 'YYYY-MM-DD, or YYYY-MM for the last day of the month; none takes the note back',
    knownCard: 'number of the card',
    reader: 'name of the reader',
    readerOrCard: 'name of the reader, or of the card in it',
    freeReader: 'name of the reader; otherwise an empty one',
    readerName: 'name for the reader; otherwise a free one',
    fault: 'what shall happen',
    key: 'key, or several digits; everyone knows the codes of a sandbox',
    value: 'milliseconds for delay, four hexadecimal digits for status',
  },
};

/** By language. */
export const helpMessages: Readonly<Record<Language, HelpMessages>> = { sv, en };
