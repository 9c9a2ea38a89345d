import type { Language } from './language.js';
import { fillTemplate } from './template.js';

/** Why a login failed, as the last sentence of its prompt; the hints are those of the OOB protocol. */
export const failedHints = {
  userCancel: {
    sv: 'Du avbröt inloggningen.',
    en: 'You cancelled the login.',
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
    sv: 'Inget certifikat på kortet passar för den här inloggningen.',
    en: 'No certificate on the card fits this login.',
  },
  levelNotMet: {
    sv: 'Kortets tillitsnivå är inte den som tjänsten kräver.',
    en: "The card's assurance level is not the one that the service requires.",
  },
  pinBlocked: {
    sv: 'PIN-koden är spärrad. Lås upp kortet med PUK-koden eller kontakta din support.',
    en: 'The PIN is blocked. Unblock the card with the PUK or contact your helpdesk.',
  },
  cardRemoved: {
    sv: 'Kortet togs ut. Sätt i det och börja om från tjänsten.',
    en: 'The card was removed. Insert it and start again from the service.',
  },
  cancelled: {
    sv: 'Tjänsten avbröt inloggningen.',
    en: 'The service cancelled the login.',
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
    sv: 'Inloggningen kunde inte genomföras på grund av ett fel i programmet.',
    en: 'The login could not be carried out because of a fault in the program.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** The sentence of a hint; undefined for a word that is none. */
export function hintText(language: Language, hint: string): string | undefined {
  return Object.hasOwn(failedHints, hint) ? failedHints[hint as keyof typeof failedHints][language] : undefined;
}

/** What the user can do about a hint while the login still waits; the sentence of any other says it already. */
const nextSteps: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
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
