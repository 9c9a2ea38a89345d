import type { CertificateOrderKind } from '../model/certificate-order.js';
import type { DownloadStep } from '../model/download.js';
import type { Language } from './language.js';

/** What `kort certificate download` says besides what all card work does. */
export interface DownloadMessages {
  intro: string;
  signInHere: string;
  signInElsewhere: string;
  signedIn(issuer: string, holder: string): string;
  noOrders(issuer: string): string;
  waiting: string;
  kind: Readonly<Record<CertificateOrderKind, string>>;
  order(holder: string, personId: string): string;
  organization(name: string): string;
  facts(level: string, until: string): string;
  replaces: string;
  replacesKept: string;
  forCard(cardNumber: string): string;
  /** Only where two are otherwise alike. */
  orderId(id: string): string;
  chooseOrder: string;
  chooseUnfinished: string;
  continueIt(holder: string, card: string): string;
  startNew: string;
  giveUp(holder: string): string;
  step: Readonly<Record<DownloadStep, string>>;
  unfinishedSince(time: string): string;
  unfinishedNone: string;
  checked: string;
  plan: string;
  resumes: string;
  discards: string;
  discardsAsked: string;
  discarded: string;
  done: string;
  doneNext: string;
  state: Readonly<Record<DownloadStep, string>>;
  lost: string;
  goOnLater(instance: string): string;
  goOn(instance: string, id: string): string;
  orderNeeded(orders: string): string;
  unfinishedNeeded(ids: string): string;
  oneOfThem: string;
}

const sv: DownloadMessages = {
  intro:
    'Så här går det till: du loggar in hos utfärdaren med kortet, ser vad som väntar, och skriver PIN-koden en gång till för att lägga det på kortet. Inget ändras på kortet innan du har sagt ja.',
  signInHere: 'Inloggningen hos utfärdaren öppnas här.',
  signInElsewhere:
    'Skriv PIN-koden för inloggningen där frågan visas: i ”kort ui”, i ”kort prompt” eller i ett fönster på skrivbordet.',
  signedIn: (issuer, holder) => `Inloggad hos ${issuer} som ${holder}.`,
  noOrders: (issuer) => `Inget certifikat väntar på dig hos ${issuer}. Inget har ändrats på kortet.`,
  waiting: 'Det här väntar på dig:',
  kind: {
    extra: 'ytterligare en e-legitimation',
    renewal: 'ett nytt i stället för ett gammalt',
    'reserve-extension': 'längre tid för ett reservkort',
  },
  order: (holder, personId) => `${holder} (${personId})`,
  organization: (name) => `hos ${name}`,
  facts: (level, until) => `${level}, gäller till ${until}`,
  replaces: 'Ersätter, och tar bort från kortet när det nya har klarat sitt prov:',
  replacesKept: 'Ersätter, men lämnar kvar på kortet:',
  forCard: (cardNumber) => `för kortet med nummer ${cardNumber}`,
  orderId: (id) => `beställning ${id}`,
  chooseOrder: 'Vilket vill du hämta?',
  chooseUnfinished: 'En hämtning är inte avslutad. Vad vill du göra?',
  continueIt: (holder, card) => `Fortsätt: ${holder}, kortet ${card}`,
  startNew: 'Hämta ett annat certifikat',
  giveUp: (holder) => `Ge upp: ${holder}`,
  step: {
    planned: 'inget är gjort än',
    key: 'nyckeln kan finnas på kortet',
    requested: 'certifikatet är beställt',
    issued: 'certifikatet är utfärdat och väntar på att läggas på kortet',
    stored: 'certifikatet finns på kortet, det gamla återstår att ta bort',
  },
  unfinishedSince: (time) => `påbörjad ${time}`,
  unfinishedNone: 'det finns ingen oavslutad hämtning',
  checked: 'Kortet och certifikatet är kontrollerade, så långt det går utan PIN-koden.',
  plan: 'Nu skapas en nyckel på kortet, utfärdaren gör certifikatet, det läggs på kortet och provas.',
  resumes: 'Hämtningen fortsätter där den var.',
  discards: 'Hämtningen ges upp: en nyckel som den kan ha lämnat på kortet tas bort.',
  discardsAsked: 'Utfärdaren kan redan ha gjort certifikatet. I så fall går det förlorat och måste beställas på nytt.',
  discarded: 'Hämtningen är avslutad. Kortet är som det var innan.',
  done: 'Klart.',
  doneNext: 'Du behöver inte göra något mer: logga in som vanligt.',
  state: {
    planned: 'Inget har ändrats på kortet.',
    key: 'Dina gamla certifikat fungerar som förut. En ny nyckel utan certifikat kan finnas på kortet; den tas om hand när du fortsätter.',
    requested:
      'Dina gamla certifikat fungerar som förut. Certifikatet kan redan vara beställt; det blir ändå bara ett, och det går inte förlorat.',
    issued:
      'Dina gamla certifikat fungerar som förut. Ditt nya certifikat är utfärdat och sparat på den här datorn, och läggs på kortet när du fortsätter.',
    stored: 'Ditt nya certifikat finns på kortet och fungerar. Bara städningen efter det gamla återstår.',
  },
  lost: 'Hur långt hämtningen kom är antecknat på den här datorn, och dina gamla certifikat fungerar som förut.',
  goOnLater: (instance) => `Kör sedan ”kort certificate download${instance}” igen: den fortsätter där den var.`,
  goOn: (instance, id) => `Fortsätt med ”kort certificate download --resume ${id}${instance}”.`,
  orderNeeded: (orders) => `flera certifikat väntar, ange vilket med --order: ${orders}`,
  unfinishedNeeded: (ids) => `flera hämtningar är oavslutade, ange vilken: ${ids}`,
  oneOfThem: 'välj en av --resume, --discard och --order',
};

const en: DownloadMessages = {
  intro:
    'How it goes: you sign in at the issuer with the card, see what waits, and type the PIN once more to put it on the card. Nothing is changed on the card before you have said yes.',
  signInHere: 'The login at the issuer opens here.',
  signInElsewhere:
    'Type the PIN for the login where the question is shown: in "kort ui", in "kort prompt" or in a window on the desktop.',
  signedIn: (issuer, holder) => `Signed in at ${issuer} as ${holder}.`,
  noOrders: (issuer) => `No certificate waits for you at ${issuer}. Nothing has been changed on the card.`,
  waiting: 'This waits for you:',
  kind: {
    extra: 'one more e-ID',
    renewal: 'a new one in place of an old one',
    'reserve-extension': 'more time for a reserve card',
  },
  order: (holder, personId) => `${holder} (${personId})`,
  organization: (name) => `at ${name}`,
  facts: (level, until) => `${level}, valid until ${until}`,
  replaces: 'It takes the place of this one, which is removed from the card when the new one has passed its test:',
  replacesKept: 'It takes the place of this one, which stays on the card:',
  forCard: (cardNumber) => `for the card with number ${cardNumber}`,
  orderId: (id) => `order ${id}`,
  chooseOrder: 'Which one do you want to download?',
  chooseUnfinished: 'A download is not finished. What do you want to do?',
  continueIt: (holder, card) => `Go on: ${holder}, card ${card}`,
  startNew: 'Download another certificate',
  giveUp: (holder) => `Give up: ${holder}`,
  step: {
    planned: 'nothing is done yet',
    key: 'the key may be on the card',
    requested: 'the certificate is asked for',
    issued: 'the certificate is issued and waits to be put on the card',
    stored: 'the certificate is on the card, the old one is still to be removed',
  },
  unfinishedSince: (time) => `begun ${time}`,
  unfinishedNone: 'no download is unfinished',
  checked: 'Card and certificate are checked, as far as that goes without the PIN.',
  plan: 'Now a key is made on the card, the issuer makes the certificate, and it is put on the card and tested.',
  resumes: 'The download goes on from where it was.',
  discards: 'The download is given up: a key that it may have left on the card is removed.',
  discardsAsked: 'The issuer may have made the certificate already. If so it is lost, and has to be ordered anew.',
  discarded: 'The download has ended. The card is as it was before.',
  done: 'Done.',
  doneNext: 'There is nothing more to do: sign in as usual.',
  state: {
    planned: 'Nothing has been changed on the card.',
    key: 'Your old certificates work as before. A new key without a certificate may be on the card; it is taken care of when you go on.',
    requested:
      'Your old certificates work as before. The certificate may have been asked for already; it will be only one all the same, and it will not be lost.',
    issued:
      'Your old certificates work as before. Your new certificate is issued and kept safe on this computer, and will be put on the card when you go on.',
    stored: 'Your new certificate is on the card and works. Only the tidying up after the old one is left.',
  },
  lost: 'How far the download came is noted on this computer, and your old certificates work as before.',
  goOnLater: (instance) => `Then run "kort certificate download${instance}" again: it goes on from where it was.`,
  goOn: (instance, id) => `Go on with "kort certificate download --resume ${id}${instance}".`,
  orderNeeded: (orders) => `several certificates wait, say which one with --order: ${orders}`,
  unfinishedNeeded: (ids) => `several downloads are unfinished, say which one: ${ids}`,
  oneOfThem: 'choose one of --resume, --discard and --order',
};

/** By language. */
export const downloadMessages: Readonly<Record<Language, DownloadMessages>> = { sv, en };
