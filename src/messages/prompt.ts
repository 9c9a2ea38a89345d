import type { Language } from './language.js';

/** What the keys do, where there is no other card to take and where there is. */
type HintByCards = Readonly<Record<'only' | 'other', string>>;

/** What a PIN prompt on a terminal says. */
export interface PromptMessages {
  title: string;
  idle: string;
  idleHint: string;
  /** An order has begun, and nothing is known of it yet. */
  starting: string;
  /** Stands before the name of the service that asks. */
  service: string;
  wantsLogin: string;
  registeredBy: Readonly<Record<'system' | 'user', string>>;
  origin: string;
  /** Label of {@link localProgram}. */
  from: string;
  localProgram: string;
  confirmationCode: string;
  confirmationHint: string;
  levelsWanted(levels: readonly number[]): string;
  serviceWrites: string;
  insertCard: string;
  reading: string;
  readingMore: string;
  /** While the PIN of another one is typed. */
  cardCame(label: string, reader: string): string;
  chooseCard: string;
  chooseHint: string;
  /** There is a question to go back to. */
  chooseOtherHint: string;
  card: string;
  reader: string;
  inReader: string;
  holder: string;
  level: string;
  unknownLevel: string;
  validUntil: string;
  attemptsLeft: string;
  lastTry: string;
  consentWord: string;
  consentPrompt(word: string): string;
  consentHint: string;
  pin: string;
  pinHint: HintByCards;
  /** The reader has a keypad. */
  pinPad: string;
  pinPadHint: HintByCards;
  pinPadWaits: string;
  pinPadWaitsHint: string;
  working: string;
  cardSilent: string;
  cancelHint: string;
  explainHint: HintByCards;
  /** Another program has the card. */
  busyHint: HintByCards;
  done(relyingParty: string): string;
  doneUnnamed: string;
  /** Before the sentence that says why. */
  failed(relyingParty: string): string;
  failedUnnamed: string;
  waitingOrders(count: number): string;
  waitingTitle: string;
  waitingHint: string;
  refused: string;
  windowTooSmall: string;
  ended: string;
}

const sv: PromptMessages = {
  title: 'kort: här skriver du din PIN-kod',
  idle: 'Väntar på att en tjänst ska be om inloggning …',
  idleHint: 'Ctrl-C avslutar',
  starting: 'En inloggning startar …',
  service: 'Tjänsten',
  wantsLogin: 'vill att du loggar in (legitimering)',
  registeredBy: {
    system: 'registrerad av din administratör',
    user: 'INTE från din administratör: registrerad av dig själv, för test',
  },
  origin: 'Webbplats',
  from: 'Från',
  localProgram: 'ett program på den här datorn',
  confirmationCode: 'Kontrollkod',
  confirmationHint: 'ska vara samma kod som på inloggningssidan',
  levelsWanted: (levels) => `Tjänsten kräver tillitsnivå ${levels.join(' eller ')}`,
  serviceWrites: 'Tjänsten skriver:',
  insertCard: 'Sätt i ditt kort.',
  reading: 'Kortet läses …',
  readingMore: 'Ett kort till läses …',
  cardCame: (label, reader) => `Ett kort till sattes i: ${label} (läsare ${reader}).`,
  chooseCard: 'Vilket kort vill du använda?',
  chooseHint: 'Tryck på en siffra · Esc avbryter inloggningen',
  chooseOtherHint: 'Tryck på en siffra · Esc går tillbaka',
  card: 'Kort',
  reader: 'läsare',
  inReader: 'i läsare',
  holder: 'Innehavare',
  level: 'tillitsnivå',
  unknownLevel: 'okänd tillitsnivå',
  validUntil: 'giltigt till',
  attemptsLeft: 'Försök kvar',
  lastTry: 'SISTA FÖRSÖKET. Blir det fel spärras PIN-koden.',
  consentWord: 'SISTA',
  consentPrompt: (word) => `Skriv ${word} för att godkänna att det sista försöket används`,
  consentHint: 'Skriv inte PIN-koden än · Enter bekräftar · Esc avbryter inloggningen',
  pin: 'PIN-kod',
  pinHint: {
    only: 'Enter loggar in · Esc avbryter',
    other: 'Enter loggar in · Tabb byter kort · Esc avbryter',
  },
  pinPad: 'Tryck Enter här, och skriv sedan PIN-koden på läsaren.',
  pinPadHint: {
    only: 'Enter börjar · T skriver på datorn i stället · Esc avbryter',
    other: 'Enter börjar · T skriver på datorn i stället · Tabb byter kort · Esc avbryter',
  },
  pinPadWaits: 'Läsaren väntar: skriv PIN-koden på dess knappsats, och tryck OK där.',
  pinPadWaitsHint: 'Avbryt på läsaren, det går fortast · Esc avbryter inloggningen',
  working: 'Kortet arbetar. Låt det sitta i …',
  cardSilent: 'Kortet svarar inte. Vänta lite till, eller dra ut kortet.',
  cancelHint: 'Esc avbryter inloggningen',
  explainHint: {
    only: 'Enter stänger · Esc avbryter inloggningen',
    other: 'Enter stänger · Tabb byter kort · Esc avbryter inloggningen',
  },
  busyHint: {
    only: 'Enter försöker igen · Esc avbryter inloggningen',
    other: 'Enter försöker igen · Tabb byter kort · Esc avbryter inloggningen',
  },
  done: (relyingParty) => `Klart: du är legitimerad hos ${relyingParty}.`,
  doneUnnamed: 'Klart: du är legitimerad.',
  failed: (relyingParty) => `Inloggningen hos ${relyingParty} blev inte av.`,
  failedUnnamed: 'En inloggning blev inte av.',
  waitingOrders: (count) => (count === 1 ? 'En begäran till väntar.' : `${count} begäranden till väntar.`),
  waitingTitle: 'Fler tjänster ber om inloggning:',
  waitingHint: 'Tryck på en siffra för att öppna · Ctrl-C avslutar',
  refused: 'PIN-koden användes inte, eftersom frågan hann ändras. Läs igen och skriv den på nytt.',
  windowTooSmall: 'Gör fönstret större för att se hela frågan.',
  ended: 'PIN-platsen är stängd.',
};

const en: PromptMessages = {
  title: 'kort: this is where you type your PIN',
  idle: 'Waiting for a service to ask for a login ...',
  idleHint: 'Ctrl-C ends',
  starting: 'A login is starting ...',
  service: 'The service',
  wantsLogin: 'wants you to sign in (authentication)',
  registeredBy: {
    system: 'registered by your administrator',
    user: 'NOT from your administrator: registered by yourself, for testing',
  },
  origin: 'Web site',
  from: 'From',
  localProgram: 'a program on this computer',
  confirmationCode: 'Confirmation code',
  confirmationHint: 'must be the same as on the login page',
  levelsWanted: (levels) => `The service requires assurance level ${levels.join(' or ')}`,
  serviceWrites: 'The service writes:',
  insertCard: 'Insert your card.',
  reading: 'Reading the card ...',
  readingMore: 'One more card is being read ...',
  cardCame: (label, reader) => `One more card was inserted: ${label} (reader ${reader}).`,
  chooseCard: 'Which card do you want to use?',
  chooseHint: 'Press a number · Esc cancels the login',
  chooseOtherHint: 'Press a number · Esc goes back',
  card: 'Card',
  reader: 'reader',
  inReader: 'in reader',
  holder: 'Holder',
  level: 'assurance level',
  unknownLevel: 'unknown assurance level',
  validUntil: 'valid until',
  attemptsLeft: 'Tries left',
  lastTry: 'LAST TRY. If it is wrong, the PIN is blocked.',
  consentWord: 'LAST',
  consentPrompt: (word) => `Type ${word} to agree that the last try is used`,
  consentHint: 'Do not type the PIN yet · Enter confirms · Esc cancels the login',
  pin: 'PIN',
  pinHint: {
    only: 'Enter signs in · Esc cancels',
    other: 'Enter signs in · Tab changes card · Esc cancels',
  },
  pinPad: 'Press Enter here, then type the PIN on the reader.',
  pinPadHint: {
    only: 'Enter begins · T types on the computer instead · Esc cancels',
    other: 'Enter begins · T types on the computer instead · Tab changes card · Esc cancels',
  },
  pinPadWaits: 'The reader is waiting: type the PIN on its keypad, and press OK there.',
  pinPadWaitsHint: 'Cancel on the reader, that is quickest · Esc cancels the login',
  working: 'The card is working. Leave it in ...',
  cardSilent: 'The card does not answer. Wait a little longer, or pull the card out.',
  cancelHint: 'Esc cancels the login',
  explainHint: {
    only: 'Enter closes · Esc cancels the login',
    other: 'Enter closes · Tab changes card · Esc cancels the login',
  },
  busyHint: {
    only: 'Enter tries again · Esc cancels the login',
    other: 'Enter tries again · Tab changes card · Esc cancels the login',
  },
  done: (relyingParty) => `Done: you are signed in to ${relyingParty}.`,
  doneUnnamed: 'Done: you are signed in.',
  failed: (relyingParty) => `The login to ${relyingParty} did not go through.`,
  failedUnnamed: 'A login did not go through.',
  waitingOrders: (count) => (count === 1 ? 'One more request is waiting.' : `${count} more requests are waiting.`),
  waitingTitle: 'More services ask for a login:',
  waitingHint: 'Press a number to open one · Ctrl-C ends',
  refused: 'The PIN was not used, because the question changed meanwhile. Read again and type it anew.',
  windowTooSmall: 'Make the window larger to see the whole question.',
  ended: 'The place for the PIN is closed.',
};

/** By language. */
export const promptMessages: Readonly<Record<Language, PromptMessages>> = { sv, en };
