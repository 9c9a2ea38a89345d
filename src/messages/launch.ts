import type { Language } from './language.js';

/** What `kort open` and `kort link` say. The name of a service is from outside. */
export interface LaunchMessages {
  /** Title of a notification where there is no terminal. */
  title: string;
  fetching(relyingParty: string): string;
  /** By the hint of the pending order. */
  pending: Readonly<Record<'outstandingTransaction' | 'noCard' | 'chooseCard' | 'userSign' | 'cardBusy', string>>;
  delivering(relyingParty: string): string;
  /** The prompt stands on other surfaces, so many. */
  promptElsewhere(surfaces: number): string;
  complete: string;
  goesOnInBrowser: string;
  /** The browser could not be opened; the address stands in the next line. */
  openYourself: string;
  notOpened: string;
  /** There is no address to go on to. */
  goBack: string;
  /** Before the sentence that says why. */
  failed: string;
  registered(program: string): string;
  unregistered: string;
  ours(program: string): string;
  other(handler: string): string;
  otherProgram(command: string): string;
  nobody: string;
  howToRegister(command: string): string;
}

const sv: LaunchMessages = {
  title: 'Inloggning med kort',
  fetching: (relyingParty) => `Hämtar begäran från ${relyingParty} …`,
  pending: {
    outstandingTransaction: 'Väntar på att frågan visas …',
    noCard: 'Väntar på ett kort …',
    chooseCard: 'Väntar på ett svar där frågan visas …',
    userSign: 'Väntar på PIN-koden …',
    cardBusy: 'Ett annat program använder kortet …',
  },
  delivering: (relyingParty) => `Lämnar svaret till ${relyingParty} …`,
  promptElsewhere: (surfaces) =>
    surfaces === 0
      ? 'Det finns ingenstans att fråga efter PIN-koden: kör ”kort prompt” i en terminal.'
      : 'Frågan efter PIN-koden visas i ”kort ui”, i ”kort prompt” eller i ett fönster på skrivbordet.',
  complete: 'Kortets svar är lämnat till tjänsten.',
  goesOnInBrowser: 'Fortsätt i webbläsaren.',
  openYourself: 'Webbläsaren gick inte att öppna. Öppna själv denna adress i den webbläsare där du började:',
  notOpened: 'Webbläsaren gick inte att öppna.',
  goBack: 'Gå tillbaka till tjänsten.',
  failed: 'Det blev inget av.',
  registered: (program) => `Länkar som börjar med kort: öppnas nu av ${program}`,
  unregistered: 'Länkar som börjar med kort: öppnas inte längre av det här programmet.',
  ours: (program) => `Länkar som börjar med kort: öppnas av det här programmet: ${program}`,
  other: (handler) => `VARNING: Länkar som börjar med kort: öppnas av ett annat program: ${handler}`,
  otherProgram: (command) => `Det kör: ${command}`,
  nobody: 'Inget program öppnar länkar som börjar med kort:.',
  howToRegister: (command) => `”${command}” registrerar det här programmet.`,
};

const en: LaunchMessages = {
  title: 'Login with a card',
  fetching: (relyingParty) => `Fetching the request from ${relyingParty} ...`,
  pending: {
    outstandingTransaction: 'Waiting for the question to be shown ...',
    noCard: 'Waiting for a card ...',
    chooseCard: 'Waiting for an answer where the question is shown ...',
    userSign: 'Waiting for the PIN ...',
    cardBusy: 'Another program is using the card ...',
  },
  delivering: (relyingParty) => `Handing the answer to ${relyingParty} ...`,
  promptElsewhere: (surfaces) =>
    surfaces === 0
      ? 'There is nowhere to ask for the PIN: run "kort prompt" in a terminal.'
      : 'The question for the PIN is shown in "kort ui", in "kort prompt" or in a window on the desktop.',
  complete: "The card's answer has been handed to the service.",
  goesOnInBrowser: 'Go on in the browser.',
  openYourself: 'The browser could not be opened. Open this address yourself, in the browser where you began:',
  notOpened: 'The browser could not be opened.',
  goBack: 'Go back to the service.',
  failed: 'It did not go through.',
  registered: (program) => `Links that begin with kort: are now opened by ${program}`,
  unregistered: 'Links that begin with kort: are no longer opened by this program.',
  ours: (program) => `Links that begin with kort: are opened by this program: ${program}`,
  other: (handler) => `WARNING: Links that begin with kort: are opened by another program: ${handler}`,
  otherProgram: (command) => `It runs: ${command}`,
  nobody: 'No program opens links that begin with kort:.',
  howToRegister: (command) => `"${command}" registers this program.`,
};

/** By language. */
export const launchMessages: Readonly<Record<Language, LaunchMessages>> = { sv, en };
