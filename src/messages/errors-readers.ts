import type { ErrorTexts } from './error-texts.js';

/** About card readers and the smart card service. */
export const readerErrors: ErrorTexts<'APDU' | 'PCSC'> = {
  ERR_APDU_MALFORMED: {
    sv: {
      sentence: 'Ett kommando till kortet var felaktigt uppbyggt.',
      nextStep: 'Detta är ett fel i programmet. Anmäl det tillsammans med loggen.',
    },
    en: {
      sentence: 'A command for the card was malformed.',
      nextStep: 'This is a fault in the program. Report it together with the log.',
    },
  },
  ERR_PCSC_LIBRARY_MISSING: {
    sv: {
      sentence: 'Systemets programbibliotek för kortläsare saknas.',
      nextStep: 'Installera PC/SC (på Debian och Ubuntu: ”apt install pcscd”) eller be din administratör om hjälp.',
    },
    en: {
      sentence: "The system's library for card readers is missing.",
      nextStep: 'Install PC/SC (on Debian and Ubuntu: "apt install pcscd") or ask your administrator.',
    },
  },
  ERR_PCSC_SERVICE_ABSENT: {
    sv: {
      sentence: 'Systemets tjänst för kortläsare svarar inte.',
      nextStep:
        'Starta tjänsten (på Linux: ”systemctl start pcscd”). Programmet fortsätter av sig självt när den är igång.',
    },
    en: {
      sentence: "The system's smart card service does not answer.",
      nextStep: 'Start it (on Linux: "systemctl start pcscd"). The program carries on by itself when it is back.',
    },
  },
  ERR_PCSC_READER_GONE: {
    sv: {
      sentence: 'Kortläsaren[ {reader}] är inte ansluten.',
      nextStep: 'Anslut läsaren och sätt i kortet igen. ”kort status[ --instance {instance}]” visar läsarnas namn.',
    },
    en: {
      sentence: 'The card reader[ {reader}] is not connected.',
      nextStep:
        'Connect the reader and insert the card again. "kort status[ --instance {instance}]" shows the readers\' names.',
    },
  },
  ERR_PCSC_SHARING_VIOLATION: {
    sv: {
      sentence: 'Ett annat program[ ({programs})] har tagit kortet[ i {reader}] för sig självt.',
      nextStep: 'Stäng det andra programmet och försök igen.',
    },
    en: {
      sentence: 'Another program[ ({programs})] keeps the card[ in {reader}] to itself.',
      nextStep: 'Close the other program and try again.',
    },
  },
  ERR_PCSC_CARD_RESET: {
    sv: { sentence: 'Ett annat program startade om kortet mitt i arbetet.', nextStep: 'Försök igen.' },
    en: { sentence: 'Another program reset the card in the middle of the work.', nextStep: 'Try again.' },
  },
  ERR_PCSC_CONTROL_UNSUPPORTED: {
    sv: { sentence: 'Kortläsaren saknar den funktion som behövs.', nextStep: 'Använd en annan läsare.' },
    en: { sentence: 'The card reader lacks a function that is needed.', nextStep: 'Use another reader.' },
  },
  ERR_PCSC_FAILURE: {
    sv: {
      sentence: 'Kortläsaren eller dess tjänst svarade med ett fel[ ({status})].',
      nextStep: 'Ta ut kortet och sätt i det igen. Hjälper det inte, koppla ur läsaren och anslut den på nytt.',
    },
    en: {
      sentence: 'The card reader or its service answered with an error[ ({status})].',
      nextStep: 'Take the card out and insert it again. If that does not help, unplug the reader and connect it again.',
    },
  },
};
