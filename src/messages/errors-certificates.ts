import type { ErrorTexts } from './error-texts.js';

/** About certificates on cards. */
export const certificateErrors: ErrorTexts<'CERT'> = {
  ERR_CERT_MALFORMED: {
    sv: {
      sentence: 'Ett certifikat går inte att läsa.',
      nextStep: 'Kontakta din support: certifikatet kan behöva hämtas på nytt.',
    },
    en: {
      sentence: 'A certificate cannot be read.',
      nextStep: 'Contact your helpdesk: the certificate may have to be downloaded again.',
    },
  },
  ERR_CERT_UNTRUSTED: {
    sv: {
      sentence: 'Certifikatet kommer inte från en utfärdare som litas på här.',
      nextStep: 'Välj ett annat certifikat, eller be din administratör att lägga till utfärdaren.',
    },
    en: {
      sentence: 'The certificate does not come from an issuer that is trusted here.',
      nextStep: 'Choose another certificate, or ask your administrator to add the issuer.',
    },
  },
  ERR_CERT_NOT_FOUND: {
    sv: {
      sentence: 'Inget certifikat {place} har ett fingeravtryck som börjar så[: {fingerprint}].',
      nextStep: 'Se ”kort certificate {list}[ --instance {instance}]”.',
    },
    en: {
      sentence: 'No certificate {place} has a fingerprint that begins so[: {fingerprint}].',
      nextStep: 'See "kort certificate {list}[ --instance {instance}]".',
    },
  },
  ERR_CERT_AMBIGUOUS: {
    sv: {
      sentence: 'Flera certifikat har fingeravtryck som börjar så[: {fingerprint}].',
      nextStep: 'Skriv fler tecken av fingeravtrycket.',
    },
    en: {
      sentence: 'Several certificates have fingerprints that begin so[: {fingerprint}].',
      nextStep: 'Give more digits of the fingerprint.',
    },
  },
  ERR_CERT_BACKUP: {
    sv: {
      sentence: 'Säkerhetskopian av certifikatet går inte att skriva eller läsa[: {path}][ ({reason})].',
      nextStep:
        'Kontrollera att disken har plats och att mappen är din egen, och se ”kort certificate backups[ --instance {instance}]”.',
    },
    en: {
      sentence: 'The backup of the certificate cannot be written or read[: {path}][ ({reason})].',
      nextStep:
        'Check that the disk has room and that the folder is your own, and see "kort certificate backups[ --instance {instance}]".',
    },
  },
  ERR_CERT_IN_USE: {
    sv: {
      sentence: 'Certifikatet används just nu av en inloggning eller en hämtning.',
      nextStep:
        'Slutför eller avbryt den först; oavslutade hämtningar visas av ”kort status[ --instance {instance}]”. Försök sedan igen.',
    },
    en: {
      sentence: 'The certificate is being used by a login or a download.',
      nextStep:
        'Finish or cancel that first; unfinished downloads are shown by "kort status[ --instance {instance}]". Then try again.',
    },
  },
  ERR_CERT_PURPOSE: {
    sv: {
      sentence: 'Certifikatet är varken till för inloggning eller underskrift.',
      nextStep: 'Välj ett annat certifikat. Se ”kort certificate list[ --instance {instance}]”.',
    },
    en: {
      sentence: 'The certificate is neither for logins nor for signatures.',
      nextStep: 'Choose another certificate. See "kort certificate list[ --instance {instance}]".',
    },
  },
  ERR_CERT_REPLACED: {
    sv: {
      sentence: 'Certifikatets nyckel har fått ett annat certifikat[: {fingerprint}].',
      nextStep:
        'Behåll det som är på kortet. Vill du ändå ha det gamla: ta först bort det andra med ”kort certificate remove[ --instance {instance}]”.',
    },
    en: {
      sentence: 'The key of the certificate has another certificate by now[: {fingerprint}].',
      nextStep:
        'Keep the one that is on the card. If you want the old one all the same, first remove the other with "kort certificate remove[ --instance {instance}]".',
    },
  },
  ERR_CERT_REVOKED: {
    sv: {
      sentence: 'Det som passar på korten är spärrat, och används bara om du väljer det själv.',
      nextStep:
        'Sätt i ett annat kort och gör om det, eller kontakta den som gav ut kortet. Utan --pin-stdin kan du välja det ändå.',
    },
    en: {
      sentence: 'What fits on the cards has been revoked, and is used only if you choose it yourself.',
      nextStep:
        'Insert another card and do it again, or contact whoever issued the card. Without --pin-stdin you can choose it all the same.',
    },
  },
};
