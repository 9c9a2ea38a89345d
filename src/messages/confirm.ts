import type { Language } from './language.js';

/** What is asked before something is lost. */
export interface ConfirmMessages {
  /** Behind each question. */
  keys: string;
  /** Lower-case letters of the keys: first yes, then no. */
  letters: readonly [yes: string, no: string];
  /** Nobody is there who could answer. */
  needsYes(loss: string): string;
  rpRemove(clientId: string): string;
  expiryForget(card: string): string;
  fileOverwritten(file: string): string;
}

const sv: ConfirmMessages = {
  keys: 'Vill du det? j = ja, n = nej',
  letters: ['j', 'n'],
  needsYes: (loss) => `${loss} Här finns ingen att fråga: lägg till --yes om du är säker`,
  rpRemove: (clientId) =>
    `Tjänsten ${clientId} tas bort: den kan inte längre be om inloggning eller underskrift, och måste registreras på nytt för att få göra det.`,
  expiryForget: (card) =>
    `Det som är antecknat om kortet ${card} glöms: dess certifikat, dess sista dag och vilka varningar som har visats.`,
  fileOverwritten: (file) => `Filen ${file} finns redan och skrivs över.`,
};

const en: ConfirmMessages = {
  keys: 'Do you want that? y = yes, n = no',
  letters: ['y', 'n'],
  needsYes: (loss) => `${loss} Nobody can be asked here: add --yes if you are sure`,
  rpRemove: (clientId) =>
    `The service ${clientId} is removed: it can ask for no login or signature any more, and must be registered anew to do so.`,
  expiryForget: (card) =>
    `What is noted about the card ${card} is forgotten: its certificates, its last day, and which warnings were shown.`,
  fileOverwritten: (file) => `The file ${file} exists and is overwritten.`,
};

/** By language. */
export const confirmMessages: Readonly<Record<Language, ConfirmMessages>> = { sv, en };
