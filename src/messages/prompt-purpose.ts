import type { PinInfo } from '../model/pin.js';
import type { Purpose } from '../model/relying-party.js';
import type { Language } from './language.js';

/** What the keys do, where there is nothing else to take, another certificate of the same card, or another card. */
type HintByCards = Readonly<Record<'only' | 'otherCertificate' | 'otherCard', string>>;

/** What a prompt says of a login otherwise than of a signature. */
export interface PurposeMessages {
  /** After the name of the service. */
  wants: string;
  /** In a list of orders. */
  name: string;
  cancelHint: string;
  chooseHint: string;
  consentHint: string;
  /** What the code is called, so that nobody types another one. */
  pin: Readonly<Record<PinInfo['role'], string>>;
  pinHint: HintByCards;
  /** The reader has a keypad. */
  pinPad: Readonly<Record<PinInfo['role'], string>>;
  pinPadHint: HintByCards;
  pinPadWaits: Readonly<Record<PinInfo['role'], string>>;
  pinPadWaitsHint: string;
  explainHint: HintByCards;
  /** Another program has the card. */
  busyHint: HintByCards;
  /** Why a certificate is no use for this. */
  usage: string;
  done(relyingParty: string, documents: number): string;
  /** Before the sentence that says why. */
  failed(relyingParty: string): string;
  /** Added where some of the documents had been signed. */
  nothingHandedOut: string;
}

const svAuth: PurposeMessages = {
  wants: 'vill att du loggar in (legitimering)',
  name: 'legitimering',
  cancelHint: 'Esc avbryter inloggningen',
  chooseHint: 'Tryck på en siffra · Esc avbryter inloggningen',
  consentHint: 'Skriv inte PIN-koden än · Enter bekräftar · Esc avbryter inloggningen',
  pin: { authentication: 'PIN-kod', signature: 'PIN-kod' },
  pinHint: {
    only: 'Enter loggar in · Esc avbryter',
    otherCertificate: 'Enter loggar in · Tabb byter certifikat · Esc avbryter',
    otherCard: 'Enter loggar in · Tabb byter kort · Esc avbryter',
  },
  pinPad: {
    authentication: 'Tryck Enter här, och skriv sedan PIN-koden på läsaren.',
    signature: 'Tryck Enter här, och skriv sedan PIN-koden på läsaren.',
  },
  pinPadHint: {
    only: 'Enter börjar · T skriver på datorn i stället · Esc avbryter',
    otherCertificate: 'Enter börjar · T skriver på datorn i stället · Tabb byter certifikat · Esc avbryter',
    otherCard: 'Enter börjar · T skriver på datorn i stället · Tabb byter kort · Esc avbryter',
  },
  pinPadWaits: {
    authentication: 'Läsaren väntar: skriv PIN-koden på dess knappsats, och tryck OK där.',
    signature: 'Läsaren väntar: skriv PIN-koden på dess knappsats, och tryck OK där.',
  },
  pinPadWaitsHint: 'Avbryt på läsaren, det går fortast · Esc avbryter inloggningen',
  explainHint: {
    only: 'Enter stänger · Esc avbryter inloggningen',
    otherCertificate: 'Enter stänger · Tabb byter certifikat · Esc avbryter inloggningen',
    otherCard: 'Enter stänger · Tabb byter kort · Esc avbryter inloggningen',
  },
  busyHint: {
    only: 'Enter försöker igen · Esc avbryter inloggningen',
    otherCertificate: 'Enter försöker igen · Tabb byter certifikat · Esc avbryter inloggningen',
    otherCard: 'Enter försöker igen · Tabb byter kort · Esc avbryter inloggningen',
  },
  usage: 'är inte till för legitimering',
  done: (relyingParty) => `Klart: du har legitimerat dig för ${relyingParty}.`,
  failed: (relyingParty) => `Inloggningen hos ${relyingParty} blev inte av.`,
  nothingHandedOut: 'Ingenting lämnades ut.',
};

const svSign: PurposeMessages = {
  wants: 'vill att du skriver under (underskrift)',
  name: 'underskrift',
  cancelHint: 'Esc avbryter underskriften',
  chooseHint: 'Tryck på en siffra · Esc avbryter underskriften',
  consentHint: 'Skriv inte koden än · Enter bekräftar · Esc avbryter underskriften',
  pin: { authentication: 'PIN-kod', signature: 'Underskriftskod (kortets andra PIN-kod)' },
  pinHint: {
    only: 'Enter skriver under · Esc avbryter',
    otherCertificate: 'Enter skriver under · Tabb byter certifikat · Esc avbryter',
    otherCard: 'Enter skriver under · Tabb byter kort · Esc avbryter',
  },
  pinPad: {
    authentication: 'Tryck Enter här, och skriv sedan PIN-koden på läsaren.',
    signature: 'Tryck Enter här, och skriv sedan underskriftskoden på läsaren.',
  },
  pinPadHint: svAuth.pinPadHint,
  pinPadWaits: {
    authentication: svAuth.pinPadWaits.authentication,
    signature: 'Läsaren väntar: skriv underskriftskoden på dess knappsats, och tryck OK där.',
  },
  pinPadWaitsHint: 'Avbryt på läsaren, det går fortast · Esc avbryter underskriften',
  explainHint: {
    only: 'Enter stänger · Esc avbryter underskriften',
    otherCertificate: 'Enter stänger · Tabb byter certifikat · Esc avbryter underskriften',
    otherCard: 'Enter stänger · Tabb byter kort · Esc avbryter underskriften',
  },
  busyHint: {
    only: 'Enter försöker igen · Esc avbryter underskriften',
    otherCertificate: 'Enter försöker igen · Tabb byter certifikat · Esc avbryter underskriften',
    otherCard: 'Enter försöker igen · Tabb byter kort · Esc avbryter underskriften',
  },
  usage: 'är inte till för underskrift',
  done: (relyingParty, documents) =>
    `Klart: du har skrivit under ${documents === 1 ? 'ett' : documents} dokument hos ${relyingParty}.`,
  failed: (relyingParty) => `Underskriften hos ${relyingParty} blev inte av.`,
  nothingHandedOut: 'Inga underskrifter lämnades ut.',
};

const enAuth: PurposeMessages = {
  wants: 'wants you to sign in (authentication)',
  name: 'authentication',
  cancelHint: 'Esc cancels the login',
  chooseHint: 'Press a number · Esc cancels the login',
  consentHint: 'Do not type the PIN yet · Enter confirms · Esc cancels the login',
  pin: { authentication: 'PIN', signature: 'PIN' },
  pinHint: {
    only: 'Enter signs in · Esc cancels',
    otherCertificate: 'Enter signs in · Tab changes certificate · Esc cancels',
    otherCard: 'Enter signs in · Tab changes card · Esc cancels',
  },
  pinPad: {
    authentication: 'Press Enter here, then type the PIN on the reader.',
    signature: 'Press Enter here, then type the PIN on the reader.',
  },
  pinPadHint: {
    only: 'Enter begins · T types on the computer instead · Esc cancels',
    otherCertificate: 'Enter begins · T types on the computer instead · Tab changes certificate · Esc cancels',
    otherCard: 'Enter begins · T types on the computer instead · Tab changes card · Esc cancels',
  },
  pinPadWaits: {
    authentication: 'The reader is waiting: type the PIN on its keypad, and press OK there.',
    signature: 'The reader is waiting: type the PIN on its keypad, and press OK there.',
  },
  pinPadWaitsHint: 'Cancel on the reader, that is quickest · Esc cancels the login',
  explainHint: {
    only: 'Enter closes · Esc cancels the login',
    otherCertificate: 'Enter closes · Tab changes certificate · Esc cancels the login',
    otherCard: 'Enter closes · Tab changes card · Esc cancels the login',
  },
  busyHint: {
    only: 'Enter tries again · Esc cancels the login',
    otherCertificate: 'Enter tries again · Tab changes certificate · Esc cancels the login',
    otherCard: 'Enter tries again · Tab changes card · Esc cancels the login',
  },
  usage: 'is not for signing in',
  done: (relyingParty) => `Done: you have identified yourself to ${relyingParty}.`,
  failed: (relyingParty) => `The login to ${relyingParty} did not go through.`,
  nothingHandedOut: 'Nothing was handed out.',
};

const enSign: PurposeMessages = {
  wants: 'wants you to sign documents (signature)',
  name: 'signature',
  cancelHint: 'Esc cancels the signature',
  chooseHint: 'Press a number · Esc cancels the signature',
  consentHint: 'Do not type the PIN yet · Enter confirms · Esc cancels the signature',
  pin: { authentication: 'PIN', signature: "Signature PIN (the card's second PIN)" },
  pinHint: {
    only: 'Enter signs · Esc cancels',
    otherCertificate: 'Enter signs · Tab changes certificate · Esc cancels',
    otherCard: 'Enter signs · Tab changes card · Esc cancels',
  },
  pinPad: {
    authentication: enAuth.pinPad.authentication,
    signature: 'Press Enter here, then type the signature PIN on the reader.',
  },
  pinPadHint: enAuth.pinPadHint,
  pinPadWaits: {
    authentication: enAuth.pinPadWaits.authentication,
    signature: 'The reader is waiting: type the signature PIN on its keypad, and press OK there.',
  },
  pinPadWaitsHint: 'Cancel on the reader, that is quickest · Esc cancels the signature',
  explainHint: {
    only: 'Enter closes · Esc cancels the signature',
    otherCertificate: 'Enter closes · Tab changes certificate · Esc cancels the signature',
    otherCard: 'Enter closes · Tab changes card · Esc cancels the signature',
  },
  busyHint: {
    only: 'Enter tries again · Esc cancels the signature',
    otherCertificate: 'Enter tries again · Tab changes certificate · Esc cancels the signature',
    otherCard: 'Enter tries again · Tab changes card · Esc cancels the signature',
  },
  usage: 'is not for signatures',
  done: (relyingParty, documents) =>
    `Done: you have signed ${documents === 1 ? 'one document' : `${documents} documents`} for ${relyingParty}.`,
  failed: (relyingParty) => `The signature for ${relyingParty} did not go through.`,
  nothingHandedOut: 'No signatures were handed out.',
};

/** By language and purpose. */
export const purposeMessages: Readonly<Record<Language, Readonly<Record<Purpose, PurposeMessages>>>> = {
  sv: { auth: svAuth, sign: svSign },
  en: { auth: enAuth, sign: enSign },
};
