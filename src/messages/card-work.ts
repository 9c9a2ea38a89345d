import type { CardWorkOutcome, CardWorkStep } from '../model/card-work.js';
import { downloadSteps, type DownloadStep } from '../model/download.js';
import type { ErrorFields } from '../core/errors.js';
import { downloadMessages } from './download.js';
import type { Language } from './language.js';

/** What is said around work that changes a card. */
export interface CardWorkMessages {
  /** One certificate on a line. */
  certificate(holder: string, issuer: string, until: string, digits: string): string;
  removes: string;
  removesKey: string;
  keepsKey(digits: string, instance: string): string;
  notUndoable: string;
  leavesNoLogin: string;
  backedUp: string;
  restores: string;
  agreeRemove: string;
  /** Lower-case letters of the keys: first yes, then no. */
  letters: readonly [yes: string, no: string];
  pinUses(count: number): string;
  pin: string;
  managementKey: string;
  managementKeyNeeded: string;
  managementKeyForm: string;
  onReader(times: number): string;
  opening: string;
  leaveIn: string;
  doing: Readonly<Record<CardWorkStep | 'pin-pad' | 'waiting', string>>;
  done: Readonly<Record<CardWorkStep, string>>;
  cancelling: string;
  outcome: Readonly<Record<Extract<keyof CardWorkOutcome, 'stored' | 'removed'>, string>>;
  removedDone(instance: string): string;
  otherPrograms: string;
  needsYes: string;
  state: Readonly<Record<'untouched' | 'kept' | 'unknown', string>>;
  insert: string;
  seeCard(instance: string): string;
}

const sv: CardWorkMessages = {
  certificate: (holder, issuer, until, digits) => `${holder}, utfärdat av ${issuer}, till ${until} (${digits})`,
  removes: 'Detta certifikat tas bort från kortet:',
  removesKey: 'Nyckeln tas också bort. Det går ALDRIG att ångra: certifikatet kan inte användas längre.',
  keepsKey: (digits, instance) =>
    `Nyckeln är kvar på kortet. Certifikatet kan läggas tillbaka med ”kort certificate restore ${digits}${instance}”.`,
  notUndoable: 'Certifikatet kan inte läggas tillbaka efteråt.',
  leavesNoLogin: 'VARNING: efter detta finns inget certifikat på kortet som går att logga in med.',
  backedUp: 'En säkerhetskopia av certifikatet, utan nyckel, sparas på den här datorn.',
  restores: 'Detta certifikat läggs tillbaka på kortet, bredvid sin nyckel:',
  agreeRemove: 'Ta bort det? j = ja, n = nej',
  letters: ['j', 'n'],
  pinUses: (count) =>
    count === 1
      ? 'PIN-koden skrivs en gång.'
      : `PIN-koden skrivs en gång och används ${count} gånger: först när nyckeln skapas, sedan när certifikatet läggs på kortet.`,
  pin: 'PIN-kod',
  managementKey: 'Kortets administrationsnyckel (hexadecimalt)',
  managementKeyNeeded: 'Kortet kräver sin administrationsnyckel. Inget är ändrat. Frågan ställs igen, med nyckeln.',
  managementKeyForm: 'Nyckeln ska vara 32, 48 eller 64 hexadecimala tecken. Den har inte skickats till kortet.',
  onReader: (times) =>
    times === 1
      ? 'Skriv PIN-koden på kortläsarens knappsats.'
      : `Skriv PIN-koden på kortläsarens knappsats, ${times} gånger: läsaren frågar varje gång den behövs.`,
  opening: 'kortet öppnas med PIN-koden',
  leaveIn: 'Låt kortet sitta i tills allt är klart.',
  doing: {
    checking: 'kortet kontrolleras',
    'making-key': 'nyckeln skapas på kortet, det kan ta en minut',
    enrolling: 'certifikatet beställs hos utfärdaren',
    'waiting-for-issuer': 'utfärdaren arbetar',
    'checking-answer': 'utfärdarens svar kontrolleras',
    storing: 'certifikatet läggs på kortet',
    proving: 'nyckel och certifikat provas mot varandra',
    retiring: 'det gamla certifikatet tas bort',
    removing: 'certifikatet tas bort från kortet',
    'pin-pad': 'skriv PIN-koden på kortläsaren',
    waiting: 'kortet används av något annat, väntar',
  },
  done: {
    checking: 'kortet är kontrollerat',
    'making-key': 'nyckeln är skapad på kortet',
    enrolling: 'certifikatet är beställt',
    'waiting-for-issuer': 'utfärdaren har fått mer tid',
    'checking-answer': 'utfärdarens svar stämmer',
    storing: 'certifikatet ligger på kortet',
    proving: 'nyckel och certifikat hör ihop',
    retiring: 'det gamla certifikatet är borttaget',
    removing: 'certifikatet är borttaget från kortet',
  },
  cancelling: 'Avbryter så snart kortet är i ordning …',
  outcome: { stored: 'Nu på kortet:', removed: 'Borta från kortet (säkerhetskopia finns):' },
  removedDone: (instance) => `Säkerhetskopior visas av ”kort certificate backups${instance}”.`,
  otherPrograms: 'Andra program kan behöva startas om innan de ser ändringen.',
  needsYes: 'med --pin-stdin kan ingen fråga ställas: lägg till --yes om du är säker',
  state: {
    untouched: 'Inget har ändrats på kortet.',
    kept: 'Certifikatet är kvar på kortet.',
    unknown: 'Det är inte säkert hur långt kortet hann. Säkerhetskopian finns kvar.',
  },
  insert: 'Sätt i kortet.',
  seeCard: (instance) => `Sätt i kortet och se efter med ”kort certificate list${instance}”.`,
};

const en: CardWorkMessages = {
  certificate: (holder, issuer, until, digits) => `${holder}, issued by ${issuer}, until ${until} (${digits})`,
  removes: 'This certificate will be removed from the card:',
  removesKey: 'Its key is removed too. That can NEVER be undone: the certificate can no longer be used.',
  keepsKey: (digits, instance) =>
    `Its key stays on the card. The certificate can be put back with "kort certificate restore ${digits}${instance}".`,
  notUndoable: 'The certificate cannot be put back afterwards.',
  leavesNoLogin: 'WARNING: after this, no certificate on the card can be used to sign in.',
  backedUp: 'A backup of the certificate, without its key, is kept on this computer.',
  restores: 'This certificate is put back on the card, beside its key:',
  agreeRemove: 'Remove it? y = yes, n = no',
  letters: ['y', 'n'],
  pinUses: (count) =>
    count === 1
      ? 'The PIN is typed once.'
      : `The PIN is typed once and used ${count} times: first when the key is made, then when the certificate is put on the card.`,
  pin: 'PIN',
  managementKey: "The card's management key (hexadecimal)",
  managementKeyNeeded: 'The card requires its management key. Nothing is changed. You are asked again, with the key.',
  managementKeyForm: 'The key must have 32, 48 or 64 hexadecimal digits. It was not sent to the card.',
  onReader: (times) =>
    times === 1
      ? 'Type the PIN on the keypad of the reader.'
      : `Type the PIN on the keypad of the reader, ${times} times: it asks each time that it needs it.`,
  opening: 'opening the card with the PIN',
  leaveIn: 'Leave the card in until everything is done.',
  doing: {
    checking: 'checking the card',
    'making-key': 'making the key on the card, which may take a minute',
    enrolling: 'asking the issuer for the certificate',
    'waiting-for-issuer': 'the issuer is working',
    'checking-answer': "checking the issuer's answer",
    storing: 'putting the certificate on the card',
    proving: 'trying key and certificate against each other',
    retiring: 'removing the old certificate',
    removing: 'removing the certificate from the card',
    'pin-pad': 'type the PIN on the reader',
    waiting: 'something else uses the card, waiting',
  },
  done: {
    checking: 'the card is checked',
    'making-key': 'the key is made on the card',
    enrolling: 'the certificate is asked for',
    'waiting-for-issuer': 'the issuer has had more time',
    'checking-answer': "the issuer's answer is right",
    storing: 'the certificate is on the card',
    proving: 'key and certificate belong together',
    retiring: 'the old certificate is removed',
    removing: 'the certificate is removed from the card',
  },
  cancelling: 'Cancelling as soon as the card is in order ...',
  outcome: { stored: 'Now on the card:', removed: 'No longer on the card (a backup is kept):' },
  removedDone: (instance) => `Backups are shown by "kort certificate backups${instance}".`,
  otherPrograms: 'Other programs may have to be restarted before they see the change.',
  needsYes: 'with --pin-stdin nobody can be asked: add --yes if you are sure',
  state: {
    untouched: 'Nothing has been changed on the card.',
    kept: 'The certificate is still on the card.',
    unknown: 'It is not known how far the card came. The backup is still there.',
  },
  insert: 'Insert the card.',
  seeCard: (instance) => `Insert the card and look with "kort certificate list${instance}".`,
};

/** By language. */
export const cardWorkMessages: Readonly<Record<Language, CardWorkMessages>> = { sv, en };

/** What work that failed has left on the card, by the fields `work`, `state`, and of a download `step` and `downloadId`; undefined for other failures. */
export function cardWorkEffectText(
  language: Language,
  fields: ErrorFields,
): { readonly sentence: string; readonly nextStep?: string } | undefined {
  const { work, state, step, downloadId, instance } = fields;
  if (typeof work !== 'string') return undefined;
  const option = typeof instance === 'string' ? ` --instance ${instance}` : '';
  const downloads = downloadMessages[language];
  if (typeof downloadId === 'string' && isStep(step)) {
    return { sentence: downloads.state[step], nextStep: downloads.goOn(option, downloadId.slice(0, shownDigits)) };
  }
  const words = cardWorkMessages[language];
  if (state === 'untouched' || state === 'kept') return { sentence: words.state[state] };
  if (work === 'download') return { sentence: downloads.lost, nextStep: downloads.goOnLater(option) };
  return { sentence: words.state.unknown, nextStep: words.seeCard(option) };
}

/** Digits of an id that name a download well enough. */
const shownDigits = 8;

const isStep = (step: unknown): step is DownloadStep => downloadSteps.some((one) => one === step);
