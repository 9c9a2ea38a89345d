import type { Language } from './language.js';

/** What a person reads in one situation: what it is, what it means, and what to do where that is not said already. */
export interface PageText {
  readonly heading: string;
  readonly sentence: string;
  readonly nextStep?: string;
}

/** What a launch is for; `unknown` before its request has been read. */
export type PagePurpose = 'auth' | 'sign' | 'unknown';

/** The states of a launch that goes on, by their names on the waiting page. */
export type WaitingSituation =
  'fetching' | 'outstandingTransaction' | 'noCard' | 'chooseCard' | 'userSign' | 'cardBusy' | 'delivering';

/** How a launch ended without a way on: the hints of the protocol, and an end that has none. */
export type EndSituation =
  | 'userCancel'
  | 'expiredTransaction'
  | 'certificateErr'
  | 'noSuitableCertificate'
  | 'levelNotMet'
  | 'pinBlocked'
  | 'cardRemoved'
  | 'cancelled'
  | 'startFailed'
  | 'requestFailed'
  | 'deliveryFailed'
  /** The relying party has the answer, but named no address to go on to. */
  | 'noReturn';

/** Why there is no launch to show. The same for everyone: nothing about any relying party. */
export type RefusalSituation = 'refused' | 'malformed' | 'tooMany' | 'unknown' | 'lost' | 'internal';

/** What the pages of the redirect launcher say. */
export interface WaitingPageMessages {
  /** What is going on; the name of the relying party follows on a line of its own. */
  asks: Readonly<Record<PagePurpose, string>>;
  steps: Readonly<Record<'label' | 'card' | 'pin' | 'back', string>>;
  waiting: Readonly<Record<WaitingSituation, PageText>>;
  neverHere: string;
  onlyThere: string;
  refresh: string;
  ended: Readonly<Record<PagePurpose, string>>;
  /** The card has signed, and the relying party may have it or not. */
  notCompleted: Readonly<Record<PagePurpose, string>>;
  ends: Readonly<Record<EndSituation, Omit<PageText, 'heading'>>>;
  goBack(relyingParty: string): string;
  refusals: Readonly<Record<RefusalSituation, PageText>>;
  instance(port: number): string;
}

const sv: WaitingPageMessages = {
  asks: { auth: 'Du loggar in hos', sign: 'Du skriver under hos', unknown: 'Du är på väg till' },
  steps: { label: 'Steg', card: 'Kort', pin: 'PIN-kod', back: 'Tillbaka' },
  waiting: {
    fetching: { heading: 'Ett ögonblick …', sentence: 'Tjänstens begäran hämtas.' },
    outstandingTransaction: {
      heading: 'Öppna PIN-rutan',
      sentence: 'Begäran väntar på sin tur. Välj den i PIN-rutan, eller gör klart den som redan är öppen där.',
    },
    noCard: {
      heading: 'Sätt i ditt kort',
      sentence: 'Sätt kortet i kortläsaren, med chippet först. Sedan frågar PIN-rutan efter din PIN-kod.',
    },
    chooseCard: {
      heading: 'Svara i PIN-rutan',
      sentence: 'Välj kort eller skriv PIN-koden, som det står där. Passar inget kort står det där varför.',
    },
    userSign: {
      heading: 'Fortsätt i PIN-rutan',
      sentence: 'Skriv PIN-koden där, när du har sett att kontrollkoden är samma som på sidan du kom ifrån.',
    },
    cardBusy: {
      heading: 'Kortet är upptaget',
      sentence: 'Ett annat program använder kortet. Vänta en stund eller stäng det andra programmet.',
    },
    delivering: {
      heading: 'Snart klart …',
      sentence: 'Svaret lämnas till tjänsten, och sedan skickas du tillbaka dit.',
    },
  },
  neverHere: 'Skriv aldrig din PIN-kod i webbläsaren.',
  onlyThere: 'Den skrivs bara i PIN-rutan eller på läsarens knappsats. I PIN-rutan kan du också avbryta.',
  refresh: 'Uppdatera sidan om den har stannat',
  ended: { auth: 'Du är inte inloggad', sign: 'Inget är underskrivet', unknown: 'Det gick inte' },
  notCompleted: { auth: 'Du är inte inloggad', sign: 'Underskriften blev inte klar', unknown: 'Det gick inte' },
  ends: {
    userCancel: { sentence: 'Du avbröt.', nextStep: 'Gå tillbaka till tjänsten om du vill börja om.' },
    expiredTransaction: { sentence: 'Tiden gick ut.', nextStep: 'Gå tillbaka till tjänsten och börja om.' },
    certificateErr: {
      sentence: 'Kortet eller dess certifikat kunde inte användas.',
      nextStep: 'Ta ut kortet, sätt i det igen och börja om från tjänsten. Hjälper det inte, kontakta din support.',
    },
    noSuitableCertificate: {
      sentence: 'Det finns inget certifikat på kortet som passar för det som tjänsten ber om.',
      nextStep: 'Försök med ett annat kort, eller kontakta din support.',
    },
    levelNotMet: {
      sentence: 'Kortets tillitsnivå är inte den som tjänsten kräver.',
      nextStep: 'Försök med ett annat kort, eller kontakta din support.',
    },
    pinBlocked: {
      sentence: 'PIN-koden är låst.',
      nextStep: 'Lås upp kortet med PUK-koden, eller kontakta din support.',
    },
    cardRemoved: {
      sentence: 'Kortet togs ut innan det var klart.',
      nextStep: 'Låt kortet sitta i tills du är tillbaka hos tjänsten, och börja om därifrån.',
    },
    cancelled: {
      sentence:
        'Begäran drogs tillbaka: tjänsten avbröt den, en nyare tog dess plats, eller så var den här sidan stängd för länge.',
      nextStep: 'Gå tillbaka till tjänsten och börja om, om du inte redan har gjort det.',
    },
    startFailed: {
      sentence: 'PIN-rutan kunde inte visas.',
      nextStep: 'Kontrollera att programmet kort är igång på datorn, och börja om från tjänsten.',
    },
    requestFailed: {
      sentence: 'Tjänstens begäran kunde inte hämtas, eller godtogs inte.',
      nextStep: 'Gå tillbaka till tjänsten och börja om. Händer det igen, kontakta tjänstens support.',
    },
    deliveryFailed: {
      sentence: 'Svaret kunde inte lämnas till tjänsten.',
      nextStep: 'Kontrollera nätverket, gå tillbaka till tjänsten och börja om.',
    },
    noReturn: {
      sentence: 'Tjänsten tog emot svaret, men sade inte vart du ska härnäst.',
      nextStep: 'Gå tillbaka till tjänsten. Händer det igen, kontakta tjänstens support.',
    },
  },
  goBack: (relyingParty) => `Tillbaka till ${relyingParty}`,
  refusals: {
    refused: {
      heading: 'Ingen inloggning startades',
      sentence: 'Det går bara från inloggningssidan hos en tjänst som är registrerad på den här datorn.',
      nextStep: 'Gå till din tjänst och börja om därifrån. Händer det igen, kontakta tjänstens support.',
    },
    malformed: {
      heading: 'Adressen är felaktig',
      sentence: 'Den här adressen startar ingen inloggning. Inget har startats.',
      nextStep: 'Gå till din tjänst och börja om därifrån. Händer det igen, kontakta tjänstens support.',
    },
    tooMany: {
      heading: 'Vänta en stund',
      sentence: 'Det kom för många inloggningar eller underskrifter på kort tid, så den här startades inte.',
      nextStep: 'Vänta en minut, gå sedan tillbaka till tjänsten och börja om.',
    },
    unknown: {
      heading: 'Här finns ingen inloggning',
      sentence: 'Den är avslutad sedan länge, eller så har adressen aldrig funnits.',
      nextStep: 'Gå till din tjänst och börja om därifrån.',
    },
    lost: {
      heading: 'Inloggningen avbröts',
      sentence: 'Programmet kort startade om medan du loggade in eller skrev under. Inget har blivit klart.',
      nextStep: 'Gå till din tjänst och börja om därifrån.',
    },
    internal: {
      heading: 'Något gick fel',
      sentence: 'Ett oväntat fel uppstod i programmet kort.',
      nextStep: 'Gå till din tjänst och börja om därifrån. Händer det igen, kontakta din support.',
    },
  },
  instance: (port) => `Sidan kommer från programmet kort på den här datorn, port ${port}.`,
};

const en: WaitingPageMessages = {
  asks: { auth: 'You are signing in to', sign: 'You are signing documents for', unknown: 'You are on your way to' },
  steps: { label: 'Steps', card: 'Card', pin: 'PIN', back: 'Back' },
  waiting: {
    fetching: { heading: 'One moment …', sentence: "The service's request is being fetched." },
    outstandingTransaction: {
      heading: 'Open the PIN window',
      sentence: 'The request waits for its turn. Pick it in the PIN window, or finish the one that is open there.',
    },
    noCard: {
      heading: 'Insert your card',
      sentence: 'Put the card into the reader, chip first. The PIN window then asks for your PIN.',
    },
    chooseCard: {
      heading: 'Answer in the PIN window',
      sentence: 'Choose a card or type your PIN, as it says there. If no card fits, it says why.',
    },
    userSign: {
      heading: 'Go on in the PIN window',
      sentence: 'Type the PIN there, when you have seen that the confirmation code is that of the page you came from.',
    },
    cardBusy: {
      heading: 'The card is busy',
      sentence: 'Another program is using the card. Wait a moment or close the other program.',
    },
    delivering: {
      heading: 'Almost done …',
      sentence: 'The answer is being handed to the service. You are then sent back there.',
    },
  },
  neverHere: 'Never type your PIN in the browser.',
  onlyThere:
    'It is typed only in the PIN window or on the keypad of the reader. In the PIN window you can also cancel.',
  refresh: 'Refresh the page if it has stopped',
  ended: { auth: 'You are not signed in', sign: 'Nothing was signed', unknown: 'It did not work' },
  notCompleted: { auth: 'You are not signed in', sign: 'The signature was not completed', unknown: 'It did not work' },
  ends: {
    userCancel: { sentence: 'You cancelled.', nextStep: 'Go back to the service if you want to start again.' },
    expiredTransaction: { sentence: 'Time ran out.', nextStep: 'Go back to the service and start again.' },
    certificateErr: {
      sentence: 'The card or its certificate could not be used.',
      nextStep:
        'Take the card out, insert it again, and start again from the service. If that does not help, contact your helpdesk.',
    },
    noSuitableCertificate: {
      sentence: 'No certificate on the card fits what the service asks for.',
      nextStep: 'Try another card, or contact your helpdesk.',
    },
    levelNotMet: {
      sentence: "The card's assurance level is not the one that the service requires.",
      nextStep: 'Try another card, or contact your helpdesk.',
    },
    pinBlocked: {
      sentence: 'The PIN is locked.',
      nextStep: 'Unlock the card with the PUK, or contact your helpdesk.',
    },
    cardRemoved: {
      sentence: 'The card was removed before it was done.',
      nextStep: 'Leave the card in until you are back at the service, and start again from there.',
    },
    cancelled: {
      sentence:
        'The request was withdrawn: the service cancelled it, a newer one took its place, or this page was closed too long.',
      nextStep: 'Go back to the service and start again, unless you have already done so.',
    },
    startFailed: {
      sentence: 'The PIN window could not be shown.',
      nextStep: 'Check that kort is running on this computer, and start again from the service.',
    },
    requestFailed: {
      sentence: "The service's request could not be fetched, or was not accepted.",
      nextStep: 'Go back to the service and start again. If it happens once more, contact the helpdesk of the service.',
    },
    deliveryFailed: {
      sentence: 'The answer could not be handed to the service.',
      nextStep: 'Check the network, go back to the service and start again.',
    },
    noReturn: {
      sentence: 'The service took the answer, but did not say where you go next.',
      nextStep: 'Go back to the service. If it happens once more, contact the helpdesk of the service.',
    },
  },
  goBack: (relyingParty) => `Back to ${relyingParty}`,
  refusals: {
    refused: {
      heading: 'No login was started',
      sentence: 'That works only from the login page of a service that is registered on this computer.',
      nextStep:
        'Go to your service and start again from there. If it happens once more, contact the helpdesk of the service.',
    },
    malformed: {
      heading: 'The address is wrong',
      sentence: 'This address starts no login. Nothing was started.',
      nextStep:
        'Go to your service and start again from there. If it happens once more, contact the helpdesk of the service.',
    },
    tooMany: {
      heading: 'Wait a moment',
      sentence: 'Too many logins or signatures came in a short time, so this one was not started.',
      nextStep: 'Wait a minute, then go back to the service and start again.',
    },
    unknown: {
      heading: 'There is no login here',
      sentence: 'It ended a while ago, or the address never existed.',
      nextStep: 'Go to your service and start again from there.',
    },
    lost: {
      heading: 'The login was interrupted',
      sentence: 'The program kort restarted while you were signing in or signing. Nothing was completed.',
      nextStep: 'Go to your service and start again from there.',
    },
    internal: {
      heading: 'Something went wrong',
      sentence: 'Something unexpected happened in the program kort.',
      nextStep: 'Go to your service and start again from there. If it happens once more, contact your helpdesk.',
    },
  },
  instance: (port) => `This page comes from the program kort on this computer, port ${port}.`,
};

/** By language. */
export const waitingPageMessages: Readonly<Record<Language, WaitingPageMessages>> = { sv, en };
