import type { ErrorTexts } from './error-texts.js';

/** About cards and what is on them. */
export const cardErrors: ErrorTexts<'CARD' | 'TOKEN'> = {
  ERR_CARD_ABSENT: {
    sv: { sentence: 'Det sitter inget kort i läsaren[ {reader}].', nextStep: 'Sätt i kortet och försök igen.' },
    en: { sentence: 'There is no card in the reader[ {reader}].', nextStep: 'Insert the card and try again.' },
  },
  ERR_CARD_REMOVED: {
    sv: {
      sentence: 'Kortet togs ut innan arbetet var klart.',
      nextStep: 'Sätt i kortet och börja om. Inget PIN-försök har gått förlorat om du inte hann skriva koden.',
    },
    en: {
      sentence: 'The card was removed before the work was done.',
      nextStep: 'Insert the card and start again. No PIN try is lost unless you had already typed the code.',
    },
  },
  ERR_CARD_MUTE: {
    sv: {
      sentence: 'Kortet[ i {reader}] svarar inte alls.',
      nextStep: 'Kontrollera att chippet är vänt åt rätt håll och är rent, och sätt i kortet igen.',
    },
    en: {
      sentence: 'The card[ in {reader}] gives no answer at all.',
      nextStep: 'Check that the chip faces the right way and is clean, and insert the card again.',
    },
  },
  ERR_CARD_UNRESPONSIVE: {
    sv: {
      sentence: 'Kortet[ i {reader}] slutade svara.',
      nextStep: 'Ta ut kortet, vänta ett par sekunder och sätt i det igen.',
    },
    en: {
      sentence: 'The card[ in {reader}] stopped answering.',
      nextStep: 'Take the card out, wait a few seconds and insert it again.',
    },
  },
  ERR_CARD_BUSY: {
    sv: {
      sentence: 'Kortet[ i {reader}] används av ett annat program[ ({programs})].',
      nextStep: 'Vänta en stund eller stäng det andra programmet, och försök igen.',
    },
    en: {
      sentence: 'The card[ in {reader}] is being used by another program[ ({programs})].',
      nextStep: 'Wait a moment or close the other program, and try again.',
    },
  },
  ERR_CARD_UNKNOWN: {
    sv: {
      sentence: 'Kortet[ i {reader}] är av en sort som programmet inte känner till.',
      nextStep: 'Kontrollera att du har satt i rätt kort.',
    },
    en: {
      sentence: 'The card[ in {reader}] is of a kind that the program does not know.',
      nextStep: 'Check that you have inserted the right card.',
    },
  },
  ERR_CARD_RESPONSE: {
    sv: {
      sentence: 'Kortet svarade på ett sätt som inte går att tolka.',
      nextStep: 'Ta ut kortet och sätt i det igen. Hjälper det inte, kontakta din support.',
    },
    en: {
      sentence: 'The card answered in a way that cannot be understood.',
      nextStep: 'Take the card out and insert it again. If that does not help, contact your helpdesk.',
    },
  },
  ERR_CARD_STATUS: {
    sv: {
      sentence: 'Kortet avvisade åtgärden.',
      nextStep: 'Ta ut kortet och sätt i det igen. Hjälper det inte, kontakta din support.',
    },
    en: {
      sentence: 'The card refused the operation.',
      nextStep: 'Take the card out and insert it again. If that does not help, contact your helpdesk.',
    },
  },
  ERR_CARD_FILE_NOT_FOUND: {
    sv: {
      sentence: 'Kortet saknar en uppgift som behövs.',
      nextStep: 'Kontrollera att kortet är aktiverat. Kontakta annars din support.',
    },
    en: {
      sentence: 'The card lacks something that is needed.',
      nextStep: 'Check that the card has been activated. Otherwise contact your helpdesk.',
    },
  },
  ERR_CARD_SECURITY_STATUS: {
    sv: { sentence: 'Kortet kräver PIN-koden för detta.', nextStep: 'Försök igen och skriv PIN-koden.' },
    en: { sentence: 'The card asks for the PIN before it does this.', nextStep: 'Try again and type the PIN.' },
  },
  ERR_CARD_FULL: {
    sv: {
      sentence: 'Kortet har inte plats för certifikatet.',
      nextStep:
        'Ta bort ett certifikat som du inte behöver: ”kort certificate list[ --instance {instance}]” visar dem, ”kort certificate remove FINGERAVTRYCK --with-key[ --instance {instance}]” tar bort ett. Finns inget att ta bort, kontakta den som gav ut kortet.',
    },
    en: {
      sentence: 'The card has no room for the certificate.',
      nextStep:
        'Remove a certificate that you do not need: "kort certificate list[ --instance {instance}]" shows them, "kort certificate remove FINGERPRINT --with-key[ --instance {instance}]" removes one. If there is none to remove, contact whoever issued the card.',
    },
  },
  ERR_CARD_READ_ONLY: {
    sv: {
      sentence:
        'Kortet tillåter inte att nycklar och certifikat läggs på det eller tas bort: så har den som gav ut det bestämt.',
      nextStep:
        'Det går inte att ändra här. Kontakta den som gav ut kortet: du behöver ett annat kort, eller så måste de lägga certifikatet på det.',
    },
    en: {
      sentence:
        'The card does not allow keys and certificates to be put on it or removed: whoever issued it has made it so.',
      nextStep:
        'This cannot be changed here. Contact whoever issued the card: you need another card, or they have to put the certificate on it.',
    },
  },
  ERR_CARD_NO_CONTAINER: {
    sv: {
      sentence: 'Kortet har ingen ledig plats för en ny nyckel: alla är upptagna.',
      nextStep:
        'En plats blir ledig när ett certifikat tas bort tillsammans med sin nyckel: ”kort certificate remove FINGERAVTRYCK --with-key[ --instance {instance}]” (se ”kort certificate list[ --instance {instance}]”). Annars behövs ett annat kort: kontakta den som gav ut kortet.',
    },
    en: {
      sentence: 'The card has no free place for a new key: all are taken.',
      nextStep:
        'One becomes free when a certificate is removed together with its key: "kort certificate remove FINGERPRINT --with-key[ --instance {instance}]" (see "kort certificate list[ --instance {instance}]"). Otherwise another card is needed: contact whoever issued the card.',
    },
  },
  ERR_CARD_MANAGEMENT_KEY: {
    sv: {
      sentence: 'Kortet godtog inte administrationsnyckeln.',
      nextStep: 'Kontrollera nyckeln. Försök inte fler gånger än nödvändigt: vissa kort låser nyckeln för gott.',
    },
    en: {
      sentence: 'The card did not accept the management key.',
      nextStep: 'Check the key. Do not try more often than needed: some cards lock it for good.',
    },
  },
  ERR_TOKEN_NOT_FOUND: {
    sv: {
      sentence: 'Kortet hittas inte.',
      nextStep: 'Sätt i kortet och kontrollera med ”kort status[ --instance {instance}]”.',
    },
    en: {
      sentence: 'The card cannot be found.',
      nextStep: 'Insert the card and check with "kort status[ --instance {instance}]".',
    },
  },
  ERR_TOKEN_AMBIGUOUS: {
    sv: {
      sentence: 'Flera kort sitter i, och det framgår inte vilket som menas.',
      nextStep: 'Ange kortet eller läsaren med --card; ”kort pin status[ --instance {instance}]” visar dem.',
    },
    en: {
      sentence: 'Several cards are inserted, and it is not clear which one is meant.',
      nextStep: 'Name the card or reader with --card; "kort pin status[ --instance {instance}]" shows them.',
    },
  },
  ERR_TOKEN_KEY_NOT_FOUND: {
    sv: {
      sentence: 'Kortet saknar den nyckel som behövs.',
      nextStep: 'Välj ett annat certifikat eller ett annat kort.',
    },
    en: {
      sentence: 'The card lacks the key that is needed.',
      nextStep: 'Choose another certificate or another card.',
    },
  },
  ERR_TOKEN_ALGORITHM_UNSUPPORTED: {
    sv: {
      sentence: 'Kortet klarar inte den sortens nyckel eller underskrift som behövs[ ({algorithm})].',
      nextStep: 'Använd ett annat kort, eller kontakta den tjänst eller utfärdare som bad om det.',
    },
    en: {
      sentence: 'The card cannot make the kind of key or signature that is needed[ ({algorithm})].',
      nextStep: 'Use another card, or contact the service or issuer that asked for it.',
    },
  },
  ERR_TOKEN_OPERATION_UNSUPPORTED: {
    sv: {
      sentence: 'Det här kortet kan inte göra detta[: {reason}].',
      nextStep: 'Använd ett annat kort, eller kontakta din support.',
    },
    en: {
      sentence: 'This card cannot do this[: {reason}].',
      nextStep: 'Use another card, or contact your helpdesk.',
    },
  },
  ERR_TOKEN_CRYPTOGRAM: {
    sv: {
      sentence: 'Meddelandet kunde inte dekrypteras med det här kortet.',
      nextStep: 'Kontrollera att det är krypterat för ett certifikat på kortet.',
    },
    en: {
      sentence: 'The message could not be deciphered with this card.',
      nextStep: 'Check that it was enciphered for a certificate on the card.',
    },
  },
};
