import type { ErrorTexts } from './error-texts.js';

/** About downloads of certificates and their issuers. */
export const downloadErrors: ErrorTexts<'ISSUER' | 'DOWNLOAD'> = {
  ERR_ISSUER_NONE: {
    sv: {
      sentence: 'Ingen utfärdare som certifikat kan hämtas från är registrerad här[ med namnet {name}].',
      nextStep:
        'Be din support om utfärdarens fil och registrera den med ”kort rp add FIL[ --instance {instance}]”. Se vilka som finns med ”kort rp list[ --instance {instance}]”.',
    },
    en: {
      sentence: 'No issuer that certificates can be downloaded from is registered here[ under the name {name}].',
      nextStep:
        'Ask your helpdesk for the file of the issuer and register it with "kort rp add FILE[ --instance {instance}]". See which ones there are with "kort rp list[ --instance {instance}]".',
    },
  },
  ERR_ISSUER_AMBIGUOUS: {
    sv: {
      sentence: 'Det finns flera utfärdare att hämta certifikat från.',
      nextStep: 'Ange vilken med --issuer: client_id står i ”kort rp list[ --instance {instance}]”.',
    },
    en: {
      sentence: 'There are several issuers to download certificates from.',
      nextStep: 'Say which one with --issuer: its client_id stands in "kort rp list[ --instance {instance}]".',
    },
  },
  ERR_ISSUER_LOGIN: {
    sv: {
      sentence: 'Inloggningen hos utfärdaren lyckades inte.[ {reason}][ Utfärdaren svarade: ”{text}”.]',
      nextStep:
        'Kontrollera att rätt kort sitter i läsaren och att dess certifikat gäller (”kort certificate list[ --instance {instance}]”), och börja om.',
    },
    en: {
      sentence: 'The login at the issuer did not succeed.[ {reason}][ The issuer answered: "{text}".]',
      nextStep:
        'Check that the right card is inserted and that its certificate is good ("kort certificate list[ --instance {instance}]"), and start again.',
    },
  },
  ERR_ISSUER_SESSION: {
    sv: {
      sentence: 'Inloggningen hos utfärdaren gäller inte längre.',
      nextStep: 'Logga in igen. Samma kommando en gång till fortsätter där det var.',
    },
    en: {
      sentence: 'The login at the issuer is no longer valid.',
      nextStep: 'Sign in again: the same command once more goes on from where it was.',
    },
  },
  ERR_ISSUER_REFUSED: {
    sv: {
      sentence: 'Utfärdaren säger nej till certifikatet[: ”{text}”].',
      nextStep: 'Kontakta utfärdaren, eller den som delar ut korten hos er.',
    },
    en: {
      sentence: 'The issuer refuses the certificate[: "{text}"].',
      nextStep: 'Contact the issuer, or whoever hands out the cards where you work.',
    },
  },
  ERR_ISSUER_RESPONSE: {
    sv: {
      sentence: 'Utfärdaren svarade på ett sätt som inte går att tolka.',
      nextStep: 'Försök igen om en stund. Hjälper det inte, kontakta utfärdaren.',
    },
    en: {
      sentence: 'The issuer answered in a way that cannot be understood.',
      nextStep: 'Try again in a while. If that does not help, contact the issuer.',
    },
  },
  ERR_ISSUER_CERTIFICATE: {
    sv: {
      sentence: 'Utfärdaren skickade ett certifikat som inte får läggas på kortet[: {reason}].',
      nextStep: 'Kontakta utfärdaren.',
    },
    en: {
      sentence: 'The issuer sent a certificate that must not be put on the card[: {reason}].',
      nextStep: 'Contact the issuer.',
    },
  },
  ERR_ISSUER_PENDING: {
    sv: {
      sentence: 'Utfärdaren behöver mer tid för certifikatet[ (minst {span} till)].',
      nextStep: 'Vänta och försök igen senare, med samma kort i läsaren.',
    },
    en: {
      sentence: 'The issuer needs more time for the certificate[ (at least {span} more)].',
      nextStep: 'Wait and try again later, with the same card inserted.',
    },
  },
  ERR_DOWNLOAD_ORDER: {
    sv: {
      sentence: 'Det certifikatet väntar inte hos utfärdaren.',
      nextStep: 'Se vad som väntar med ”kort certificate download[ --instance {instance}]”, eller kontakta utfärdaren.',
    },
    en: {
      sentence: 'That certificate does not wait at the issuer.',
      nextStep: 'See what waits with "kort certificate download[ --instance {instance}]", or contact the issuer.',
    },
  },
  ERR_DOWNLOAD_CARD: {
    sv: {
      sentence: 'Kortet i läsaren är inte det som certifikatet ska till[: {reason}].',
      nextStep: 'Sätt i rätt kort, eller ange det med --card, och försök igen: numret står tryckt på kortet.',
    },
    en: {
      sentence: 'The inserted card is not the one that the certificate is for[: {reason}].',
      nextStep: 'Insert the right card, or name it with --card, and try again: its number is printed on it.',
    },
  },
  ERR_DOWNLOAD_CLOCK: {
    sv: {
      sentence:
        'Datorns klocka går fel[: den skiljer sig {span} från utfärdarens]. Certifikatets giltighet går inte att bedöma.',
      nextStep: 'Ställ datorns klocka rätt och försök igen.',
    },
    en: {
      sentence:
        "This computer's clock is wrong[: it differs from the issuer's by {span}]. A certificate's validity cannot be judged.",
      nextStep: "Set this computer's clock right and try again.",
    },
  },
  ERR_DOWNLOAD_UNFINISHED: {
    sv: {
      sentence: 'En tidigare hämtning är inte avslutad[: {reason}].',
      nextStep:
        'Fortsätt den med ”kort certificate download --resume[ --instance {instance}]”, eller ge upp den med ”kort certificate download --discard[ --instance {instance}]”.',
    },
    en: {
      sentence: 'An earlier download is not finished[: {reason}].',
      nextStep:
        'Go on with it by "kort certificate download --resume[ --instance {instance}]", or give it up by "kort certificate download --discard[ --instance {instance}]".',
    },
  },
  ERR_DOWNLOAD_JOURNAL: {
    sv: {
      sentence: 'Hämtningens journal går inte att skriva eller läsa[: {path}][ ({reason})].',
      nextStep:
        'Kontrollera att disken har plats och att mappen är din egen, och försök igen: utan journal börjar inget nytt.',
    },
    en: {
      sentence: 'The journal of the download cannot be written or read[: {path}][ ({reason})].',
      nextStep:
        'Check that the disk has room and that the folder is your own, and try again: nothing new is begun without the journal.',
    },
  },
  ERR_DOWNLOAD_PROOF: {
    sv: {
      sentence: 'Det nya certifikatet klarade inte provet på kortet[: {reason}].',
      nextStep: 'Försök igen; hjälper det inte, kontakta din support. Inget gammalt certifikat har tagits bort.',
    },
    en: {
      sentence: 'The new certificate failed its test on the card[: {reason}].',
      nextStep: 'Try again; if that does not help, contact your helpdesk. No old certificate has been removed.',
    },
  },
};
