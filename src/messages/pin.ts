import type { ErrorFields } from '../core/errors.js';
import type { PinFormat } from '../model/pin.js';
import type { Language } from './language.js';

type Role = 'authentication' | 'signature';
type Operation = 'verify' | 'change' | 'unblock';

/** What the commands that look after PINs say. */
export interface PinMessages {
  card(label: string, product: string, serial: string, reader: string): string;
  pin: Readonly<Record<Role, string>>;
  puk: string;
  attempts(count: number): string;
  attemptsUnknown: string;
  pukUnknown: string;
  /** The card does not tell; this is what it said when a PUK was last wrong. */
  pukRemembered(count: number): string;
  blocked: string;
  notBlocked: string;
  lastAccepted(time: string): string;
  foreignTry(before: number, after: number): string;
  noticed(time: string): string;
  foreignPrograms(programs: string): string;
  foreignAdvice: string;
  foreignUse: string;
  foreignUseAdvice: string;
  noCards: string;
  chooseCard: string;
  choosePin: string;
  chooseHint: string;
  openOrders(count: number): string;
  busy: string;
  lastTry: Readonly<Record<'PIN' | 'PUK', string>>;
  consentWord: string;
  consentPrompt(word: string): string;
  consentHint: string;
  pukWarning: string;
  entryHint: string;
  current: string;
  currentPuk: string;
  next(rule: string): string;
  again: string;
  rule(shortest: number, longest: number, characters: PinFormat['characters']): string;
  malformed: string;
  different: string;
  working: string;
  onReader: Readonly<Record<Operation, string>>;
  done: Readonly<Record<Operation, string>>;
  before(count: number): string;
  doneBut(problem: string): string;
  /** Without a text where the error says it all. */
  effect: Readonly<Record<Operation, { readonly none?: string; readonly unknown: string }>>;
  effectNextStep(instance: string | undefined): string;
}

const named = (instance: string | undefined): string => (instance === undefined ? '' : ` --instance ${instance}`);

const sv: PinMessages = {
  card: (label, product, serial, reader) => `Kort: ${label} (${product}, nr ${serial}), läsare ${reader}`,
  pin: { authentication: 'PIN-kod för legitimering', signature: 'PIN-kod för underskrift' },
  puk: 'PUK-kod',
  attempts: (count) => `${count} försök kvar`,
  attemptsUnknown: 'antal försök okänt',
  pukUnknown: 'antal försök okänt (kortet berättar det bara när en kod är fel)',
  pukRemembered: (count) => `${count} försök kvar när kortet senast berättade`,
  blocked: 'låst',
  notBlocked: 'PIN-koden är inte låst. Med PUK-koden kan du ändå välja en ny.',
  lastAccepted: (time) => `senast rätt ${time}`,
  foreignTry: (before, after) => `Någon annan har använt PIN-försök: ${before} blev ${after}`,
  noticed: (time) => `upptäckt ${time}`,
  foreignPrograms: (programs) => `program som då var anslutna: ${programs}`,
  foreignUse: 'Ett annat program har använt eller bytt PIN-koden',
  foreignUseAdvice: 'Är koden fel nu kan den ha bytts där.',
  foreignAdvice: 'Var det inte du i ett annat program: byt PIN-kod och kontakta din support.',
  noCards: 'Inget läsbart kort sitter i.',
  chooseCard: 'Vilket kort?',
  choosePin: 'Vilken PIN-kod?',
  chooseHint: 'Tryck på en siffra · Esc avbryter',
  openOrders: (count) =>
    count === 1
      ? 'En inloggning är öppen samtidigt. Använder den samma kort får den ena vänta på den andra.'
      : `${count} inloggningar är öppna samtidigt. Använder de samma kort får den ena vänta på den andra.`,
  busy: 'Kortet används av en inloggning eller ett annat program. Väntar …',
  lastTry: {
    PIN: 'SISTA FÖRSÖKET. Blir det fel låses PIN-koden.',
    PUK: 'SISTA FÖRSÖKET med PUK-koden. Blir det fel kan kortet aldrig mer låsas upp med koder och måste bytas ut.',
  },
  consentWord: 'SISTA',
  consentPrompt: (word) => `Skriv ${word} för att godkänna det`,
  consentHint: 'Skriv ingen kod än. Enter bekräftar, Esc avbryter.',
  pukWarning: 'Tar försöken med PUK-koden slut kan kortet aldrig mer låsas upp med koder och måste bytas ut.',
  entryHint: 'Enter bekräftar, Esc avbryter. Koden visas som punkter.',
  current: 'Nuvarande PIN-kod',
  currentPuk: 'PUK-kod',
  next: (rule) => `Ny PIN-kod (${rule})`,
  again: 'Ny PIN-kod en gång till',
  rule: (shortest, longest, characters) =>
    `${shortest === longest ? shortest : `${shortest} till ${longest}`} ${characters === 'digits' ? 'siffror' : 'tecken'}`,
  malformed: 'Koden har fel längd eller fel tecken. Den har inte skickats till kortet. Skriv den igen.',
  different: 'De två nya koderna är olika. Skriv båda igen.',
  working: 'Kortet arbetar. Låt det sitta i …',
  onReader: {
    verify: 'Skriv PIN-koden på kortläsarens knappsats.',
    change: 'Skriv på kortläsarens knappsats: nuvarande PIN-kod, den nya, och den nya en gång till.',
    unblock: 'Skriv på kortläsarens knappsats: PUK-koden, en ny PIN-kod, och den nya en gång till.',
  },
  done: {
    verify: 'PIN-koden är rätt.',
    change: 'PIN-koden är bytt.',
    unblock: 'PIN-koden är upplåst, och den nya gäller.',
  },
  before: (count) => `(före: ${count})`,
  doneBut: (problem) => `Men därefter: ${problem}`,
  effect: {
    verify: { unknown: 'Det är okänt om kortet hann prova koden.' },
    change: { none: 'PIN-koden är inte bytt.', unknown: 'Det är okänt om PIN-koden hann bytas.' },
    unblock: { none: 'PIN-koden är inte upplåst.', unknown: 'Det är okänt om PIN-koden hann låsas upp.' },
  },
  effectNextStep: (instance) =>
    `Sätt i kortet och se antalet försök med ”kort pin status${named(instance)}”. Prova sedan vilken kod som gäller med ”kort pin verify${named(instance)}”: ett fel kostar ett försök.`,
};

const en: PinMessages = {
  card: (label, product, serial, reader) => `Card: ${label} (${product}, no. ${serial}), reader ${reader}`,
  pin: { authentication: 'PIN for authentication', signature: 'PIN for signature' },
  puk: 'PUK',
  attempts: (count) => (count === 1 ? '1 try left' : `${count} tries left`),
  attemptsUnknown: 'tries left unknown',
  pukUnknown: 'tries left unknown (the card tells only when a code is wrong)',
  pukRemembered: (count) => `${count === 1 ? '1 try' : `${count} tries`} left when the card last told`,
  blocked: 'locked',
  notBlocked: 'The PIN is not locked. You can still set a new one with the PUK.',
  lastAccepted: (time) => `last right ${time}`,
  foreignTry: (before, after) => `Somebody else has used PIN tries: ${before} became ${after}`,
  noticed: (time) => `noticed ${time}`,
  foreignPrograms: (programs) => `programs that were connected then: ${programs}`,
  foreignUse: 'Another program has used or changed the PIN',
  foreignUseAdvice: 'If the code is wrong now, it may have been changed there.',
  foreignAdvice: 'If that was not you in another program: change the PIN and contact your helpdesk.',
  noCards: 'No card that can be read is inserted.',
  chooseCard: 'Which card?',
  choosePin: 'Which PIN?',
  chooseHint: 'Press a number · Esc cancels',
  openOrders: (count) =>
    count === 1
      ? 'A login is open at the same time. If it uses the same card, one waits for the other.'
      : `${count} logins are open at the same time. If they use the same card, one waits for the other.`,
  busy: 'The card is used by a login or another program. Waiting ...',
  lastTry: {
    PIN: 'LAST TRY. If it is wrong, the PIN is locked.',
    PUK: 'LAST TRY of the PUK. If it is wrong, the card can never again be unlocked with codes and must be replaced.',
  },
  consentWord: 'LAST',
  consentPrompt: (word) => `Type ${word} to agree to that`,
  consentHint: 'Do not type a code yet. Enter confirms, Esc cancels.',
  pukWarning:
    'When the tries of the PUK run out, the card can never again be unlocked with codes and must be replaced.',
  entryHint: 'Enter confirms, Esc cancels. The code is shown as dots.',
  current: 'Current PIN',
  currentPuk: 'PUK',
  next: (rule) => `New PIN (${rule})`,
  again: 'New PIN once more',
  rule: (shortest, longest, characters) =>
    `${shortest === longest ? shortest : `${shortest} to ${longest}`} ${characters === 'digits' ? 'digits' : 'characters'}`,
  malformed: 'The code has the wrong length or wrong characters. It was not sent to the card. Type it again.',
  different: 'The two new codes are not the same. Type both again.',
  working: 'The card is working. Leave it in ...',
  onReader: {
    verify: 'Type the PIN on the keypad of the reader.',
    change: 'Type on the keypad of the reader: the current PIN, the new one, and the new one once more.',
    unblock: 'Type on the keypad of the reader: the PUK, a new PIN, and the new one once more.',
  },
  done: {
    verify: 'The PIN is right.',
    change: 'The PIN is changed.',
    unblock: 'The PIN is unlocked, and the new one applies.',
  },
  before: (count) => `(before: ${count})`,
  doneBut: (problem) => `But afterwards: ${problem}`,
  effect: {
    verify: { unknown: 'It is not known whether the card tried the code.' },
    change: { none: 'The PIN is not changed.', unknown: 'It is not known whether the PIN was changed.' },
    unblock: { none: 'The PIN is not unlocked.', unknown: 'It is not known whether the PIN was unlocked.' },
  },
  effectNextStep: (instance) =>
    `Insert the card and see the tries left with "kort pin status${named(instance)}". Then try which code is valid with "kort pin verify${named(instance)}": a wrong one costs a try.`,
};

/**
 * What became of a PIN where an operation with it failed: the fields `operation` and `pinEffect` say which one, and
 * whether that is known. The next step only where nobody knows; undefined where the error says it all.
 */
export function pinEffectText(
  language: Language,
  { operation, pinEffect, instance }: ErrorFields,
): { readonly sentence: string; readonly nextStep?: string } | undefined {
  const words = pinMessages[language];
  if (operation !== 'verify' && operation !== 'change' && operation !== 'unblock') return undefined;
  if (pinEffect === 'none') {
    const { none } = words.effect[operation];
    return none === undefined ? undefined : { sentence: none };
  }
  if (pinEffect !== 'unknown') return undefined;
  const nextStep = words.effectNextStep(typeof instance === 'string' ? instance : undefined);
  return { sentence: words.effect[operation].unknown, nextStep };
}

/** By language. */
export const pinMessages: Readonly<Record<Language, PinMessages>> = { sv, en };
