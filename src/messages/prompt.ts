import type { ChoiceReason, PromptUnfit } from '../model/prompt.js';
import type { Purpose, Registrar } from '../model/relying-party.js';
import type { Language } from './language.js';
import { purposeMessages, type PurposeMessages } from './prompt-purpose.js';

/** What a PIN prompt on a terminal says. */
export interface PromptMessages {
  title: string;
  idle: string;
  idleHint: string;
  /** An order has begun, and nothing is known of it yet. */
  starting: string;
  startingHint: string;
  /** Stands before the name of the service that asks. */
  service: string;
  registeredBy: Readonly<Record<Registrar, string>>;
  origin: string;
  /** Label of {@link localProgram}, {@link ownDownload} and {@link link}. */
  from: string;
  localProgram: string;
  ownDownload: string;
  link: string;
  /** No browser has proved who began. */
  unbound: string;
  confirmationCode: string;
  confirmationHint: string;
  typeCode: string;
  typeCodeHint: string;
  levelsWanted(levels: readonly number[]): string;
  askedAgain: string;
  serviceWrites: string;
  /** Before the list of what will be signed. */
  documentsKnown(count: number): string;
  documentTitle(number: number, count: number): string;
  position(first: number, last: number, count: number): string;
  readOn: string;
  readAll: string;
  insertCard: string;
  reading: string;
  readingMore: string;
  /** While the PIN of another one is typed. */
  cardCame(label: string, reader: string): string;
  chooseCard: string;
  /** There is a question to go back to. */
  chooseOtherHint: string;
  /** Where there is nothing to choose, but something that does not fit. */
  listKey: string;
  listTitle: string;
  listHint: string;
  card: string;
  reader: string;
  inReader: string;
  holder: string;
  level: string;
  unknownLevel: string;
  validUntil: string;
  because: Readonly<Record<ChoiceReason, string>>;
  unfitTitle: string;
  /** Of `usage` it depends on the purpose, of `expired` on the time. */
  unfit: Readonly<Record<Exclude<PromptUnfit['reason'], 'usage' | 'expired'>, string>>;
  expired: string;
  notYetValid: string;
  attemptsLeft: string;
  lastTry: string;
  consentWord: string;
  consentPrompt(word: string): string;
  /** What one PIN entry signs; all at once, or the next of several, whose label follows. */
  signing(now: number, signed: number, count: number): string;
  /** Before {@link signing}, where each document takes a PIN of its own. */
  signedSoFar(signed: number, count: number): string;
  working: string;
  cardSilent: string;
  doneUnnamed: string;
  failedUnnamed: string;
  waitingOrders(count: number): string;
  waitingTitle: string;
  waitingHint: string;
  moreToChoose(first: number, last: number, count: number): string;
  refused: string;
  /** Enter without a code. */
  nothingTyped: string;
  codeRefused: string;
  windowTooSmall: string;
  ended: string;
  /** What a login says otherwise than a signature. */
  of: Readonly<Record<Purpose, PurposeMessages>>;
}

const sv: PromptMessages = {
  title: 'kort: här skriver du din PIN-kod',
  idle: 'Väntar på att en tjänst ska be om inloggning eller underskrift …',
  idleHint: 'Ctrl-C avslutar',
  starting: 'En begäran har kommit. Tittar på korten …',
  startingHint: 'Esc avbryter',
  service: 'Tjänsten',
  registeredBy: {
    system: 'registrerad av din administratör',
    user: 'INTE från din administratör: registrerad av dig själv, för test',
    sandbox: 'hör till sandlådan',
  },
  origin: 'Webbplats',
  from: 'Från',
  localProgram: 'ett program på den här datorn',
  ownDownload: 'en hämtning av certifikat, här på datorn',
  link: 'en länk på den här datorn',
  unbound: 'INGEN WEBBLÄSARE kan intyga att det var du som började.',
  confirmationCode: 'Kontrollkod',
  confirmationHint: 'ska vara samma kod som på tjänstens sida',
  typeCode: 'Skriv kontrollkoden som tjänstens sida visar (inte din PIN-kod)',
  typeCodeHint: 'Visar ingen sida som du själv öppnat en kod: tryck Esc, begäran är inte din · Enter går vidare',
  levelsWanted: (levels) => `Tjänsten kräver tillitsnivå ${levels.join(' eller ')}`,
  askedAgain: 'Samma tjänst har begärt något en gång till medan frågan stod öppen, och fick nej.',
  serviceWrites: 'Tjänsten skriver:',
  documentsKnown: (count) =>
    count === 1
      ? 'Ett dokument skrivs under. Här är bara dess kontrollsumma känd, inte vad som står i det:'
      : `${count} dokument skrivs under. Här är bara deras kontrollsummor kända, inte vad som står i dem:`,
  documentTitle: (number, count) => `Dokument ${number} av ${count}, som tjänsten kallar:`,
  position: (first, last, count) => `Rad ${first}–${last} av ${count}`,
  readOn: 'Läs vidare till sista raden: mellanslag eller pil ned · Esc avbryter underskriften',
  readAll: 'Enter: jag har läst allt · Pil upp går tillbaka · Esc avbryter underskriften',
  insertCard: 'Sätt i ditt kort.',
  reading: 'Kortet läses …',
  readingMore: 'Ett kort till läses …',
  cardCame: (label, reader) => `Ett kort till sattes i: ${label} (läsare ${reader}).`,
  chooseCard: 'Vilket kort vill du använda?',
  chooseOtherHint: 'Tryck på en siffra · Esc går tillbaka',
  listKey: 'Tabb visar vad mer som finns',
  listTitle: 'Det finns inget annat att välja.',
  listHint: 'Esc går tillbaka',
  card: 'Kort',
  reader: 'läsare',
  inReader: 'i läsare',
  holder: 'Innehavare',
  level: 'tillitsnivå',
  unknownLevel: 'okänd tillitsnivå',
  validUntil: 'giltigt till',
  because: {
    'only-one': 'Valt för att det var det enda som passade.',
    preferred: 'Valt för att du har sagt att det ska användas först.',
    rule: 'Valt enligt administratörens regler.',
    'last-time': 'Valt för att du använde det hos den här tjänsten förra gången.',
    'first-on-card': 'Valt för att det gäller längst av dem på kortet.',
    'by-user': 'Du har valt det.',
  },
  unfitTitle: 'Passar inte:',
  unfit: {
    level: 'har inte den tillitsnivå som tjänsten kräver',
    untrusted: 'utfärdaren är inte betrodd på den här datorn',
    issuer: 'tjänsten godtar inte dess utfärdare',
    person: 'tjänsten frågar efter en annan person',
    'no-key': 'dess nyckel finns inte, eller kan inte användas till det här',
  },
  expired: 'har gått ut',
  notYetValid: 'gäller inte än',
  attemptsLeft: 'Försök kvar',
  lastTry: 'SISTA FÖRSÖKET. Blir det fel låses PIN-koden.',
  consentWord: 'SISTA',
  consentPrompt: (word) => `Skriv ${word} för att godkänna att det sista försöket används`,
  signing: (now, signed, count) => {
    if (now < count) return `Med koden skriver du nu under dokument ${signed + 1} av ${count}, som tjänsten kallar:`;
    return count === 1
      ? 'Med koden skriver du under dokumentet.'
      : `Med koden skriver du under alla ${count} dokument.`;
  },
  signedSoFar: (signed, count) => `Dokument ${signed} av ${count} är underskrivet. Skriv PIN-koden för nästa.`,
  working: 'Kortet arbetar. Låt det sitta i …',
  cardSilent: 'Kortet svarar inte. Vänta lite till, eller dra ut kortet.',
  doneUnnamed: 'Klart.',
  failedUnnamed: 'En begäran blev inte av.',
  waitingOrders: (count) => (count === 1 ? 'En begäran till väntar.' : `${count} begäranden till väntar.`),
  waitingTitle: 'Fler tjänster väntar på dig:',
  waitingHint: 'Tryck på en siffra för att öppna · Ctrl-C avslutar',
  moreToChoose: (first, last, count) => `${first} till ${last} av ${count} · mellanslag visar fler`,
  nothingTyped: 'Ingenting är skrivet än: skriv koden först. Inget försök har använts.',
  refused: 'PIN-koden användes inte, eftersom frågan hann ändras. Läs igen och skriv den på nytt.',
  codeRefused: 'Kontrollkoden användes inte, eftersom frågan hann ändras. Skriv den på nytt.',
  windowTooSmall: 'Gör fönstret större för att se hela frågan.',
  ended: 'Platsen för PIN-koden är stängd.',
  of: purposeMessages.sv,
};

const en: PromptMessages = {
  title: 'kort: this is where you type your PIN',
  idle: 'Waiting for a service to ask for a login or a signature ...',
  idleHint: 'Ctrl-C ends',
  starting: 'A request has come. Looking at the cards ...',
  startingHint: 'Esc cancels',
  service: 'The service',
  registeredBy: {
    system: 'registered by your administrator',
    user: 'NOT from your administrator: registered by yourself, for testing',
    sandbox: 'part of the sandbox',
  },
  origin: 'Web site',
  from: 'From',
  localProgram: 'a program on this computer',
  ownDownload: 'a certificate download, here on this computer',
  link: 'a link on this computer',
  unbound: 'NO BROWSER can prove that it was you who began.',
  confirmationCode: 'Confirmation code',
  confirmationHint: "must be the same as on the service's page",
  typeCode: "Type the confirmation code that the service's page shows (not your PIN)",
  typeCodeHint: 'If no page that you opened yourself shows a code, press Esc: the request is not yours · Enter goes on',
  levelsWanted: (levels) => `The service requires assurance level ${levels.join(' or ')}`,
  askedAgain: 'The same service has asked for something once more while this question stood open, and was refused.',
  serviceWrites: 'The service writes:',
  documentsKnown: (count) =>
    count === 1
      ? 'One document will be signed. Only its digest is known here, not what it says:'
      : `${count} documents will be signed. Only their digests are known here, not what they say:`,
  documentTitle: (number, count) => `Document ${number} of ${count}, which the service calls:`,
  position: (first, last, count) => `Rows ${first}–${last} of ${count}`,
  readOn: 'Read on to the last row: Space or arrow down · Esc cancels the signature',
  readAll: 'Enter: I have read all of it · Arrow up goes back · Esc cancels the signature',
  insertCard: 'Insert your card.',
  reading: 'Reading the card ...',
  readingMore: 'One more card is being read ...',
  cardCame: (label, reader) => `One more card was inserted: ${label} (reader ${reader}).`,
  chooseCard: 'Which card do you want to use?',
  chooseOtherHint: 'Press a number · Esc goes back',
  listKey: 'Tab shows what else there is',
  listTitle: 'There is nothing else to choose.',
  listHint: 'Esc goes back',
  card: 'Card',
  reader: 'reader',
  inReader: 'in reader',
  holder: 'Holder',
  level: 'assurance level',
  unknownLevel: 'unknown assurance level',
  validUntil: 'valid until',
  because: {
    'only-one': 'Chosen because it was the only one that fitted.',
    preferred: 'Chosen because you have said that it comes first.',
    rule: "Chosen by your administrator's rules.",
    'last-time': 'Chosen because you used it for this service last time.',
    'first-on-card': 'Chosen because it is valid longest of those on the card.',
    'by-user': 'You chose it.',
  },
  unfitTitle: 'Does not fit:',
  unfit: {
    level: 'does not have the assurance level that the service requires',
    untrusted: 'its issuer is not trusted on this computer',
    issuer: 'the service does not accept its issuer',
    person: 'the service asks for another person',
    'no-key': 'its key is not there, or cannot do this',
  },
  expired: 'has expired',
  notYetValid: 'is not valid yet',
  attemptsLeft: 'Tries left',
  lastTry: 'LAST TRY. If it is wrong, the PIN is locked.',
  consentWord: 'LAST',
  consentPrompt: (word) => `Type ${word} to agree that the last try is used`,
  signing: (now, signed, count) => {
    if (now < count) return `The PIN now signs document ${signed + 1} of ${count}, which the service calls:`;
    return count === 1 ? 'The PIN signs the document.' : `The PIN signs all ${count} documents.`;
  },
  signedSoFar: (signed, count) => `Document ${signed} of ${count} is signed. Type the PIN for the next one.`,
  working: 'The card is working. Leave it in ...',
  cardSilent: 'The card does not answer. Wait a little longer, or pull the card out.',
  doneUnnamed: 'Done.',
  failedUnnamed: 'A request did not go through.',
  waitingOrders: (count) => (count === 1 ? 'One more request is waiting.' : `${count} more requests are waiting.`),
  waitingTitle: 'More services are waiting for you:',
  waitingHint: 'Press a number to open one · Ctrl-C ends',
  moreToChoose: (first, last, count) => `${first} to ${last} of ${count} · Space shows more`,
  nothingTyped: 'Nothing is typed yet: type the code first. No try was used.',
  refused: 'The PIN was not used, because the question changed meanwhile. Read again and type it anew.',
  codeRefused: 'The confirmation code was not used, because the question changed meanwhile. Type it anew.',
  windowTooSmall: 'Make the window larger to see the whole question.',
  ended: 'The place for the PIN is closed.',
  of: purposeMessages.en,
};

/** By language. */
export const promptMessages: Readonly<Record<Language, PromptMessages>> = { sv, en };
