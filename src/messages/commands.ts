import type { Language } from './language.js';

/** What the commands say when they have done their work. */
export interface CommandMessages {
  error: string;
  warning: string;
  nextStep: string;
  /** What was cancelled cannot stop yet. */
  stillStopping: string;
  /** Where there are more to choose from than one key can name. */
  typeNumber(highest: number): string;
  started(instance: string, pid: number): string;
  stopped(instance: string): string;
  registered(clientId: string): string;
  removed(clientId: string): string;
  noRelyingParties: string;
  registeredBy: Readonly<Record<'system' | 'user', string>>;
  builtIn: string;
  relyingParty: Readonly<
    Record<'name' | 'origins' | 'levels' | 'issuers' | 'launchers' | 'purposes' | 'keys' | 'registered', string> &
      Record<
        'request' | 'response' | 'removal' | 'enrollment' | 'caFile' | 'pins' | 'unbound' | 'pinForEachDocument',
        string
      >
  >;
  anyIssuer: string;
  yes: string;
  checks: Readonly<
    Record<'entry' | 'keys' | 'origins' | 'levels' | 'issuers' | 'endpoints' | 'conflict' | 'pages', string>
  >;
  sandboxReaders: string;
  sandboxCodes(pin: string, puk: string, signaturePin: string): string;
  sandboxFaults(faults: string): string;
  /** What a keypad asks for. */
  sandboxPinPad: Readonly<Record<'nothing' | 'pin' | 'current-pin' | 'new-pin' | 'confirmation', string>>;
  sandboxCards: string;
  sandboxEmpty: string;
  sandboxNotInserted: string;
  sandboxSocket(path: string): string;
  sandboxCa(path: string): string;
  sandboxRevocation(url: string): string;
  sandboxRevoked(reason: string): string;
  sandboxIssuer(url: string): string;
  sandboxOrder(kind: string, holder: string, card: string): string;
  sandboxOrdered(kind: string, holder: string): string;
  issuerFault(fault: string): string;
  issuerWorks: string;
  faultArmed(card: string): string;
  faultCleared(card: string): string;
}

const sv: CommandMessages = {
  error: 'Fel',
  warning: 'Varning',
  nextStep: 'Gör så här',
  stillStopping: 'Ctrl-C igen avslutar direkt; det som redan har börjat kan ändå bli gjort.',
  typeNumber: (highest) => `Skriv ett tal, 1 till ${highest}, och tryck Enter · Esc avbryter`,
  started: (instance, pid) => `kortd är igång (instans ${instance}, process ${pid}).`,
  stopped: (instance) => `kortd är stoppad (instans ${instance}).`,
  registered: (clientId) => `${clientId} är registrerad.`,
  removed: (clientId) => `${clientId} är borttagen.`,
  noRelyingParties: 'Ingen tjänst är registrerad.',
  registeredBy: { system: 'av administratören', user: 'av dig' },
  builtIn: 'hör till sandlådan',
  relyingParty: {
    name: 'Namn',
    origins: 'Webbplatser',
    levels: 'Tillitsnivåer',
    issuers: 'Utfärdare',
    launchers: 'Startsätt',
    purposes: 'Ändamål',
    keys: 'Nycklar',
    registered: 'Registrerad',
    request: 'Begäran hämtas från',
    response: 'Svar lämnas till',
    removal: 'Uttaget kort meddelas till',
    enrollment: 'Certifikat hämtas från',
    caFile: 'CA-fil',
    pins: 'Servernycklar',
    unbound: 'Koden skrivs av användaren',
    pinForEachDocument: 'PIN-kod för varje dokument',
  },
  anyIssuer: 'alla som litas på här',
  yes: 'ja',
  checks: {
    entry: 'filen',
    keys: 'nycklar',
    origins: 'webbplatser',
    levels: 'tillitsnivåer',
    issuers: 'utfärdare',
    endpoints: 'adresser',
    conflict: 'inte upptaget av någon annan',
    pages: 'inloggningssidor',
  },
  sandboxReaders: 'Läsare',
  sandboxCodes: (pin, puk, signaturePin) =>
    `Nya kort har PIN-kod ${pin} och PUK-kod ${puk}, och egen PIN-kod för underskrift ${signaturePin} där sådan finns; ”kort sandbox reset” gör alla som nya.`,
  sandboxFaults: (faults) => `inställda fel: ${faults}`,
  sandboxPinPad: {
    nothing: 'knappsats',
    pin: 'knappsatsen frågar efter PIN-koden: ”kort sandbox press”',
    'current-pin': 'knappsatsen frågar efter den gamla koden: ”kort sandbox press”',
    'new-pin': 'knappsatsen frågar efter den nya PIN-koden: ”kort sandbox press”',
    confirmation: 'knappsatsen frågar efter den nya PIN-koden igen: ”kort sandbox press”',
  },
  sandboxCards: 'Kort',
  sandboxEmpty: 'tom',
  sandboxNotInserted: 'inte i någon läsare',
  sandboxCa: (path) => `Sandlådans CA, för trust.d i en annan instans: ${path}`,
  sandboxRevocation: (url) => `Spärrlistor (/crl/…) och OCSP (/ocsp): ${url}`,
  sandboxRevoked: (reason) => `certifikaten är spärrade: ${reason}`,
  sandboxIssuer: (url) => `Utfärdare: ${url}`,
  sandboxOrder: (kind, holder, card) => `${kind} väntar på ${holder} (${card})`,
  sandboxOrdered: (kind, holder) => `${kind} väntar nu på ${holder} hos utfärdaren.`,
  issuerFault: (fault) => `Utfärdaren har felet ${fault}.`,
  issuerWorks: 'Utfärdaren fungerar som vanligt.',
  sandboxSocket: (path) => `Andra program når läsarna med PCSCLITE_CSOCK_NAME=${path}`,
  faultArmed: (card) => `Felet är inställt på ${card}.`,
  faultCleared: (card) => `${card} fungerar som vanligt.`,
};

const en: CommandMessages = {
  error: 'Error',
  warning: 'Warning',
  nextStep: 'What to do',
  stillStopping: 'Ctrl-C again ends at once; what has begun may be done all the same.',
  typeNumber: (highest) => `Type a number, 1 to ${highest}, and press Enter · Esc cancels`,
  started: (instance, pid) => `kortd is running (instance ${instance}, process ${pid}).`,
  stopped: (instance) => `kortd has stopped (instance ${instance}).`,
  registered: (clientId) => `${clientId} is registered.`,
  removed: (clientId) => `${clientId} has been removed.`,
  noRelyingParties: 'No service is registered.',
  registeredBy: { system: 'by the administrator', user: 'by you' },
  builtIn: 'part of the sandbox',
  relyingParty: {
    name: 'Name',
    origins: 'Web sites',
    levels: 'Assurance levels',
    issuers: 'Issuers',
    launchers: 'Launchers',
    purposes: 'Purposes',
    keys: 'Keys',
    registered: 'Registered',
    request: 'Request fetched from',
    response: 'Answer posted to',
    removal: 'Card removal reported to',
    enrollment: 'Certificates come from',
    caFile: 'CA file',
    pins: 'Server keys',
    unbound: 'User types the code',
    pinForEachDocument: 'PIN for each document',
  },
  anyIssuer: 'any that is trusted here',
  yes: 'yes',
  checks: {
    entry: 'the file',
    keys: 'keys',
    origins: 'web sites',
    levels: 'assurance levels',
    issuers: 'issuers',
    endpoints: 'addresses',
    conflict: 'not taken by another',
    pages: 'login pages',
  },
  sandboxReaders: 'Readers',
  sandboxCodes: (pin, puk, signaturePin) =>
    `New cards have PIN ${pin} and PUK ${puk}, and PIN ${signaturePin} for signatures where that has its own; "kort sandbox reset" makes all as new.`,
  sandboxFaults: (faults) => `faults set: ${faults}`,
  sandboxPinPad: {
    nothing: 'keypad',
    pin: 'the keypad asks for the PIN: "kort sandbox press"',
    'current-pin': 'the keypad asks for the old code: "kort sandbox press"',
    'new-pin': 'the keypad asks for the new PIN: "kort sandbox press"',
    confirmation: 'the keypad asks for the new PIN again: "kort sandbox press"',
  },
  sandboxCards: 'Cards',
  sandboxEmpty: 'empty',
  sandboxNotInserted: 'in no reader',
  sandboxCa: (path) => `The sandbox's CA, for the trust.d of another instance: ${path}`,
  sandboxRevocation: (url) => `Revocation lists (/crl/…) and OCSP (/ocsp): ${url}`,
  sandboxRevoked: (reason) => `the certificates are revoked: ${reason}`,
  sandboxIssuer: (url) => `Issuer: ${url}`,
  sandboxOrder: (kind, holder, card) => `${kind} waits for ${holder} (${card})`,
  sandboxOrdered: (kind, holder) => `${kind} waits for ${holder} at the issuer now.`,
  issuerFault: (fault) => `The issuer has the fault ${fault}.`,
  issuerWorks: 'The issuer works as usual.',
  sandboxSocket: (path) => `Other programs reach the readers with PCSCLITE_CSOCK_NAME=${path}`,
  faultArmed: (card) => `The fault is set on ${card}.`,
  faultCleared: (card) => `${card} works as usual.`,
};

/** By language. */
export const commandMessages: Readonly<Record<Language, CommandMessages>> = { sv, en };
