import type { Purpose } from '../model/relying-party.js';
import type { Language } from './language.js';
import { fillTemplate } from './template.js';

/**
 * Why an order failed, as the last sentence of its prompt; the hints are those of the OOB protocol, and `wrongCode`,
 * which only the user gets to know.
 */
export const failedHints = {
  userCancel: {
    sv: 'Du avbröt.',
    en: 'You cancelled.',
  },
  expiredTransaction: {
    sv: 'Tiden gick ut. Börja om från tjänsten.',
    en: 'Time ran out. Start again from the service.',
  },
  certificateErr: {
    sv: 'Kortet eller certifikatet kunde inte användas.',
    en: 'The card or certificate could not be used.',
  },
  noSuitableCertificate: {
    sv: 'Inget certifikat på kortet passar för det som tjänsten ber om.',
    en: 'No certificate on the card fits what the service asks for.',
  },
  levelNotMet: {
    sv: 'Kortets tillitsnivå är inte den som tjänsten kräver.',
    en: "The card's assurance level is not the one that the service requires.",
  },
  pinBlocked: {
    sv: 'PIN-koden är låst. Lås upp den med PUK-koden eller kontakta din support.',
    en: 'The PIN is locked. Unlock the card with the PUK or contact your helpdesk.',
  },
  cardRemoved: {
    sv: 'Kortet togs ut. Sätt i det och börja om från tjänsten.',
    en: 'The card was removed. Insert it and start again from the service.',
  },
  cancelled: {
    sv: 'Tjänsten avbröt, eller så stängdes sidan där du började.',
    en: 'The service cancelled, or the page where you began was closed.',
  },
  requestFailed: {
    sv: 'Tjänstens begäran kunde inte hämtas, eller godtogs inte. Börja om från tjänsten.',
    en: "The service's request could not be fetched, or was not accepted. Start again from the service.",
  },
  deliveryFailed: {
    sv: 'Svaret kunde inte lämnas till tjänsten. Börja om från tjänsten.',
    en: 'The answer could not be handed to the service. Start again from the service.',
  },
  startFailed: {
    sv: 'Det gick inte att genomföra på grund av ett fel i programmet. Börja om från tjänsten; ”kort doctor” söker felet.',
    en: 'It could not be carried out because of a fault in the program. Start again from the service; "kort doctor" looks for the fault.',
  },
  wrongCode: {
    sv: 'Kontrollkoden var fel tre gånger. Börja om från tjänsten.',
    en: 'The confirmation code was wrong three times. Start again from the service.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

type Sentences = Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** Where it can be said better when it is known what the order was for. */
const hintsByPurpose: Readonly<Record<Purpose, Sentences>> = {
  auth: {
    userCancel: { sv: 'Du avbröt inloggningen.', en: 'You cancelled the login.' },
    noSuitableCertificate: {
      sv: 'Inget certifikat på kortet passar för den här inloggningen.',
      en: 'No certificate on the card fits this login.',
    },
    cancelled: {
      sv: 'Tjänsten avbröt inloggningen, eller så stängdes sidan där du började.',
      en: 'The service cancelled the login, or the page where you began was closed.',
    },
    startFailed: {
      sv: 'Inloggningen kunde inte genomföras på grund av ett fel i programmet. Börja om från tjänsten; ”kort doctor” söker felet.',
      en: 'The login could not be carried out because of a fault in the program. Start again from the service; "kort doctor" looks for the fault.',
    },
  },
  sign: {
    userCancel: { sv: 'Du avbröt underskriften.', en: 'You cancelled the signature.' },
    noSuitableCertificate: {
      sv: 'Kortet har inget certifikat som passar för den här underskriften. Nyckeln för legitimering används aldrig till det.',
      en: 'The card has no certificate that fits this signature. The key for signing in is never used for it.',
    },
    cancelled: {
      sv: 'Tjänsten avbröt underskriften, eller så stängdes sidan där du började.',
      en: 'The service cancelled the signature, or the page where you began was closed.',
    },
    startFailed: {
      sv: 'Underskriften kunde inte genomföras på grund av ett fel i programmet. Börja om från tjänsten; ”kort doctor” söker felet.',
      en: 'The signature could not be carried out because of a fault in the program. Start again from the service; "kort doctor" looks for the fault.',
    },
  },
};

/** The sentence of a hint; undefined for a word that is none. */
export function hintText(language: Language, hint: string, purpose?: Purpose): string | undefined {
  const ofPurpose = purpose === undefined ? {} : hintsByPurpose[purpose];
  if (Object.hasOwn(ofPurpose, hint)) return ofPurpose[hint]?.[language];
  return Object.hasOwn(failedHints, hint) ? failedHints[hint as keyof typeof failedHints][language] : undefined;
}

/** What the user can do about a hint while the order still waits; the sentence of any other says it already. */
const nextSteps: Sentences = {
  levelNotMet: {
    sv: 'Sätt i ett annat kort[ med tillitsnivå {levels}], eller stäng.',
    en: 'Insert another card[ with assurance level {levels}], or close.',
  },
  noSuitableCertificate: {
    sv: 'Sätt i ett annat kort, eller stäng. Har tjänsten bett om en viss person måste det vara den personens kort.',
    en: "Insert another card, or close. If the service asked for a certain person, it must be that person's card.",
  },
  certificateErr: {
    sv:
      'Sätt i ett annat kort, eller stäng och kontakta din support. Är kortets utfärdare inte betrodd på den här ' +
      'datorn kan administratören lägga till den i mappen trust.d.',
    en:
      "Insert another card, or close and contact your helpdesk. If the card's issuer is not trusted on this " +
      'computer, the administrator can add it to the folder trust.d.',
  },
};

/** What to do about a hint, given the levels that the service accepts; empty when there is nothing to add. */
export function hintNextStep(language: Language, hint: string, levels: readonly number[]): string {
  const step = Object.hasOwn(nextSteps, hint) ? nextSteps[hint]?.[language] : undefined;
  const or = { sv: ' eller ', en: ' or ' }[language];
  return fillTemplate(step ?? '', { levels: levels.length === 0 ? undefined : levels.join(or) });
}

/** The next step of who cancelled a login: nothing is wrong that could be looked for. */
export const afterOwnCancel: Readonly<Record<Language, string>> = {
  sv: 'Börja om när du vill.',
  en: 'Start again whenever you like.',
};
