import type { ErrorTexts } from './error-texts.js';

/** About vendors' programs for cards. */
export const moduleErrors: ErrorTexts<'MODULE'> = {
  ERR_MODULE_UNAVAILABLE: {
    sv: {
      sentence: 'Leverantörens program[ {module}] för kortet går inte att använda just nu.',
      nextStep: 'Vänta en stund och försök igen. Hjälper det inte, kontrollera att programmet är rätt installerat.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card cannot be used at the moment.",
      nextStep: 'Wait a moment and try again. If that does not help, check that the program is installed correctly.',
    },
  },
  ERR_MODULE_CRASHED: {
    sv: {
      sentence: 'Leverantörens program[ {module}] för kortet kraschade och startas om.',
      nextStep: 'Försök igen om en stund. Var en kod redan skriven kan ett försök ha använts.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card crashed and is being restarted.",
      nextStep: 'Try again in a moment. If a code had been typed, a try may have been used.',
    },
  },
  ERR_MODULE_TIMEOUT: {
    sv: {
      sentence: 'Leverantörens program[ {module}] för kortet svarade inte i tid och startas om.',
      nextStep: 'Försök igen om en stund. Var en kod redan skriven kan ett försök ha använts.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card did not answer in time and is being restarted.",
      nextStep: 'Try again in a moment. If a code had been typed, a try may have been used.',
    },
  },
  ERR_MODULE_RESPONSE: {
    sv: {
      sentence: 'Leverantörens program[ {module}] för kortet svarade obegripligt.',
      nextStep:
        'Försök igen; var en kod redan skriven kan ett försök ha använts. Hjälper det inte, kontakta leverantören.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card gave an answer that makes no sense.",
      nextStep:
        'Try again; if a code had been typed, a try may have been used. If that does not help, contact the vendor.',
    },
  },
  ERR_MODULE_FAILURE: {
    sv: {
      sentence: 'Leverantörens program[ {module}] för kortet kunde inte utföra åtgärden.',
      nextStep: 'Ta ut kortet, sätt i det igen och försök på nytt. Hjälper det inte, kontakta leverantören.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card could not do what was asked.",
      nextStep: 'Take the card out, insert it again and retry. If that does not help, contact the vendor.',
    },
  },
};
