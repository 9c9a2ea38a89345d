import type { Language } from './language.js';

/** What the screens of the terminal UI say that work with a card. */
export interface UiWorkMessages {
  title: Readonly<Record<'change' | 'unblock' | 'verify' | 'download' | 'remove' | 'restore', string>>;
  connecting: string;
  nextStep: string;
  /** Of a code that is being typed. */
  typed(count: number): string;
  tooShort(missing: number): string;
  fits: string;
  /** Enter without a code. */
  nothingTyped: string;
  tooLong(extra: number): string;
  /** Some of what was typed is none. */
  onlyDigits: string;
  covered: string;
  cancelled: string;
  againToCancel: string;
  cancelling: string;
  /** While the card works for long. */
  elapsed(seconds: number): string;
  signIn: string;
  /** What to do about a locked PIN. */
  unlockHere: string;
  keys: Readonly<
    Record<'confirm' | 'erase' | 'cancel' | 'choose' | 'number' | 'move' | 'scroll' | 'again' | 'done' | 'goOn', string>
  >;
  /** In fewer words, for a narrow window. */
  shortKeys: Readonly<Partial<Record<'erase' | 'number' | 'goOn', string>>>;
  selected(line: string): string;
  removeHow: string;
  removeOnly: string;
  removeWithKey: string;
}

const sv: UiWorkMessages = {
  title: {
    change: 'Byt PIN-kod',
    unblock: 'Lås upp med PUK-kod',
    verify: 'Prova PIN-kod',
    download: 'Hämta certifikat',
    remove: 'Ta bort certifikat',
    restore: 'Lägg tillbaka certifikat',
  },
  connecting: 'kontaktar kortd',
  nextStep: 'Gör så här',
  typed: (count) => `${count} tecken`,
  tooShort: (missing) => `${missing} till behövs`,
  fits: 'längden är rätt',
  nothingTyped: 'Ingenting är skrivet än: skriv koden först. Inget försök har använts.',
  tooLong: (extra) => `${extra} för mycket`,
  onlyDigits: 'koden är bara siffror, radera det andra',
  covered: 'Något annat kom emellan. Det du hade skrivit är raderat. Skriv det från början.',
  cancelled: 'Avbrutet. Inget har skickats till kortet.',
  againToCancel: 'Kortet arbetar. Esc en gång till avbryter så snart det går.',
  elapsed: (seconds) => `Det har tagit ${seconds === 1 ? '1 sekund' : `${seconds} sekunder`} än så länge.`,
  cancelling: 'Avbryter så snart kortet är i ordning …',
  signIn: 'Inloggningen hos utfärdaren öppnas nu. Frågan efter PIN-koden kommer hit, framför den här skärmen.',
  unlockHere: 'Tryck u för att låsa upp med PUK-koden, eller kontakta din support.',
  keys: {
    confirm: 'bekräfta',
    erase: 'radera ett tecken',
    cancel: 'avbryt',
    choose: 'välj',
    number: 'välj efter nummer',
    move: 'flytta',
    scroll: 'bläddra',
    again: 'försök igen',
    done: 'klar',
    goOn: 'fortsätt hämtningen',
  },
  shortKeys: { erase: 'radera', number: 'nummer', goOn: 'fortsätt' },
  selected: (line) => `Markerat: ${line}`,
  removeHow: 'Vad ska tas bort?',
  removeOnly: 'Bara certifikatet. Nyckeln är kvar, och certifikatet kan läggas tillbaka.',
  removeWithKey: 'Certifikatet och nyckeln. Det går ALDRIG att ångra.',
};

const en: UiWorkMessages = {
  title: {
    change: 'Change PIN',
    unblock: 'Unlock with PUK',
    verify: 'Try PIN',
    download: 'Download a certificate',
    remove: 'Remove a certificate',
    restore: 'Put a certificate back',
  },
  connecting: 'asking kortd',
  nextStep: 'What to do',
  typed: (count) => (count === 1 ? '1 character' : `${count} characters`),
  tooShort: (missing) => `${missing} more needed`,
  fits: 'the length is right',
  nothingTyped: 'Nothing is typed yet: type the code first. No try was used.',
  tooLong: (extra) => `${extra} too many`,
  onlyDigits: 'the code is digits only, erase the rest',
  covered: 'Something else came in between. What you had typed is wiped. Type it from the start.',
  cancelled: 'Cancelled. Nothing was sent to the card.',
  againToCancel: 'The card is working. Esc once more cancels as soon as that can be done.',
  elapsed: (seconds) => `That has taken ${seconds === 1 ? '1 second' : `${seconds} seconds`} so far.`,
  cancelling: 'Cancelling as soon as the card is in order ...',
  signIn: 'The login at the issuer opens now. The question for your PIN comes here, in front of this screen.',
  unlockHere: 'Press u to unlock it with the PUK, or contact your helpdesk.',
  keys: {
    confirm: 'confirm',
    erase: 'erase a character',
    cancel: 'cancel',
    choose: 'choose',
    number: 'choose by number',
    move: 'move',
    scroll: 'scroll',
    again: 'try again',
    done: 'done',
    goOn: 'go on with the download',
  },
  shortKeys: { erase: 'erase', number: 'number', goOn: 'go on' },
  selected: (line) => `Marked: ${line}`,
  removeHow: 'What do you want to remove?',
  removeOnly: 'Only the certificate. The key stays, and the certificate can be put back.',
  removeWithKey: 'The certificate and the key. That can NEVER be undone.',
};

/** By language. */
export const uiWorkMessages: Readonly<Record<Language, UiWorkMessages>> = { sv, en };
