import type { ErrorCode } from '../core/errors.js';

/** What a user reads about one failure: what happened, and what to do now. Templates: see `template.ts`. */
export interface ErrorText {
  readonly sentence: string;
  readonly nextStep: string;
}

/** One entry for every code; a missing one does not compile. Fields belong in brackets when they may be absent. */
export const errorMessages: Readonly<Record<ErrorCode, { readonly sv: ErrorText; readonly en: ErrorText }>> = {
  ERR_INTERNAL: {
    sv: {
      sentence: 'Ett oväntat fel uppstod i programmet[ (händelse {incident})].',
      nextStep: 'Försök igen. Händer det på nytt, anmäl felet tillsammans med loggen[ {log}].',
    },
    en: {
      sentence: 'Something unexpected went wrong in the program[ (incident {incident})].',
      nextStep: 'Try again. If it happens once more, report it together with the log[ {log}].',
    },
  },
  ERR_USAGE: {
    sv: {
      sentence: 'Kommandot går inte att utföra[: {detail}].',
      nextStep: 'Skriv ”kort help” för att se alla kommandon.',
    },
    en: {
      sentence: 'The command cannot be carried out[: {detail}].',
      nextStep: 'Type "kort help" to see all commands.',
    },
  },
  ERR_ABORTED: {
    sv: { sentence: 'Åtgärden avbröts.', nextStep: 'Börja om när du vill.' },
    en: { sentence: 'The operation was interrupted.', nextStep: 'Start again whenever you like.' },
  },
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
      sentence: 'Kortläsaren[ {reader}] är inte längre ansluten.',
      nextStep: 'Anslut läsaren och sätt i kortet igen.',
    },
    en: {
      sentence: 'The card reader[ {reader}] is no longer connected.',
      nextStep: 'Connect the reader and insert the card again.',
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
      sentence: 'Kortläsaren eller dess tjänst svarade med ett fel[ ({detail})].',
      nextStep: 'Ta ut kortet och sätt i det igen. Hjälper det inte, koppla ur läsaren och anslut den på nytt.',
    },
    en: {
      sentence: 'The card reader or its service answered with an error[ ({detail})].',
      nextStep: 'Take the card out and insert it again. If that does not help, unplug the reader and connect it again.',
    },
  },
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
      nextStep: 'Kontrollera nyckeln. Försök inte fler gånger än nödvändigt: vissa kort spärrar nyckeln för gott.',
    },
    en: {
      sentence: 'The card did not accept the management key.',
      nextStep: 'Check the key. Do not try more often than needed: some cards block it for good.',
    },
  },
  ERR_PIN_WRONG: {
    sv: {
      sentence: 'Fel PIN-kod.[ {attemptsRemaining} försök kvar.]',
      nextStep: 'Försök igen, eller avbryt om du är osäker på koden.',
    },
    en: {
      sentence: 'Wrong PIN.[ {attemptsRemaining} {attemptsRemaining|try|tries} left.]',
      nextStep: 'Try again, or cancel if you are not sure of the code.',
    },
  },
  ERR_PIN_BLOCKED: {
    sv: {
      sentence: 'PIN-koden är spärrad efter för många felaktiga försök.',
      nextStep: 'Lås upp med PUK-koden, ”kort unlock --puk[ --instance {instance}]”, eller kontakta din support.',
    },
    en: {
      sentence: 'The PIN is blocked after too many wrong tries.',
      nextStep: 'Unblock it with the PUK, "kort unlock --puk[ --instance {instance}]", or contact your helpdesk.',
    },
  },
  ERR_PIN_MALFORMED: {
    sv: {
      sentence:
        'Koden har fel längd eller fel tecken[: en PIN-kod har {minLength} till {maxLength} tecken]. Inget försök har använts.',
      nextStep: 'Skriv koden igen.',
    },
    en: {
      sentence:
        'The code has the wrong length or wrong characters[: a PIN has {minLength} to {maxLength} characters]. No try was used.',
      nextStep: 'Type the code again.',
    },
  },
  ERR_PIN_NEW_REFUSED: {
    sv: {
      sentence: 'Kortet godtog inte den nya PIN-koden. Den gamla gäller fortfarande.',
      nextStep: 'Välj en annan kod.',
    },
    en: {
      sentence: 'The card did not accept the new PIN. The old one still counts.',
      nextStep: 'Choose another code.',
    },
  },
  ERR_PUK_WRONG: {
    sv: {
      sentence: 'Fel PUK-kod.[ {attemptsRemaining} försök kvar.]',
      nextStep: 'Kontrollera koden i ditt kodbrev. Tar försöken slut måste kortet bytas ut.',
    },
    en: {
      sentence: 'Wrong PUK.[ {attemptsRemaining} {attemptsRemaining|try|tries} left.]',
      nextStep: 'Check the code in your PIN letter. When the tries run out, the card must be replaced.',
    },
  },
  ERR_PUK_BLOCKED: {
    sv: {
      sentence: 'PUK-koden är spärrad efter för många felaktiga försök.',
      nextStep: 'Kontakta din support: kortet kan inte låsas upp med koder längre.',
    },
    en: {
      sentence: 'The PUK is blocked after too many wrong tries.',
      nextStep: 'Contact your helpdesk: the card can no longer be unblocked with codes.',
    },
  },
  ERR_PUK_MALFORMED: {
    sv: {
      sentence:
        'PUK-koden har fel längd eller fel tecken[: den har {minLength} till {maxLength} tecken]. Inget försök har använts.',
      nextStep: 'Skriv koden igen.',
    },
    en: {
      sentence:
        'The PUK has the wrong length or wrong characters[: it has {minLength} to {maxLength} characters]. No try was used.',
      nextStep: 'Type the code again.',
    },
  },
  ERR_PIN_LAST_TRY: {
    sv: {
      sentence: 'Bara ett försök återstår, och du har inte godkänt att det används. Inget försök har använts.',
      nextStep: 'Är du säker på koden, bekräfta det sista försöket. Annars: avbryt och kontakta din support.',
    },
    en: {
      sentence: 'Only one try is left, and you have not agreed to use it. No try was used.',
      nextStep: 'If you are sure of the code, confirm the last try. Otherwise cancel and contact your helpdesk.',
    },
  },
  ERR_PIN_COUNTER_FELL: {
    sv: {
      sentence:
        'Ett annat program har använt ett PIN-försök på kortet medan du skrev. Din kod har inte skickats till kortet.',
      nextStep: 'Kontrollera hur många försök som återstår och skriv koden igen.',
    },
    en: {
      sentence: 'Another program used a PIN try on the card while you were typing. Your code was not sent to the card.',
      nextStep: 'Look at the tries that are left and type the code again.',
    },
  },
  ERR_PIN_CANCELLED: {
    sv: {
      sentence: 'PIN-inmatningen avbröts.',
      nextStep: 'Börja om när du vill, för en inloggning från tjänsten som bad om den.',
    },
    en: {
      sentence: 'PIN entry was cancelled.',
      nextStep: 'Start again when you like; for a login, from the service that asked for it.',
    },
  },
  ERR_PIN_NO_SURFACE: {
    sv: {
      sentence: 'Det finns ingenstans att fråga efter PIN-koden.',
      nextStep: 'Öppna en terminal och kör ”kort prompt[ --instance {instance}]”, och börja sedan om inloggningen.',
    },
    en: {
      sentence: 'There is nowhere to ask for the PIN.',
      nextStep: 'Open a terminal and run "kort prompt[ --instance {instance}]", then start the login again.',
    },
  },
  ERR_PIN_PAD_TIMEOUT: {
    sv: {
      sentence: 'Tiden för att skriva koden på läsarens knappsats gick ut. Inget försök har använts.',
      nextStep: 'Börja om, och skriv koden på läsaren inom en halv minut.',
    },
    en: {
      sentence: "The time for typing the code on the reader's keypad ran out. No try was used.",
      nextStep: 'Start again, and type the code on the reader within half a minute.',
    },
  },
  ERR_PIN_PAD_CANCELLED: {
    sv: {
      sentence: 'Inmatningen avbröts på läsarens knappsats. Inget försök har använts.',
      nextStep: 'Börja om när du vill.',
    },
    en: {
      sentence: "The entry was cancelled on the reader's keypad. No try was used.",
      nextStep: 'Start again whenever you like.',
    },
  },
  ERR_PIN_PAD_MISMATCH: {
    sv: {
      sentence: 'Den nya koden skrevs inte likadant båda gångerna. Koden är inte ändrad, och inget försök har använts.',
      nextStep: 'Försök igen, och skriv samma nya kod två gånger på läsaren.',
    },
    en: {
      sentence: 'The new code was not typed alike both times. The code has not changed, and no try was used.',
      nextStep: 'Try again, and type the same new code twice on the reader.',
    },
  },
  ERR_PIN_PAD_REFUSED: {
    sv: {
      sentence: 'Läsarens knappsats kan inte ta emot den här koden. Inget försök har använts.',
      nextStep: 'Skriv koden på datorn i stället.',
    },
    en: {
      sentence: "The reader's keypad cannot take this code. No try was used.",
      nextStep: 'Type the code on the computer instead.',
    },
  },
  ERR_PIN_PAD_FAILED: {
    sv: {
      sentence: 'Läsarens knappsats svarade inte begripligt. Ett försök kan ha använts.',
      nextStep: 'Se efter hur många försök som återstår, och skriv sedan koden på datorn i stället.',
    },
    en: {
      sentence: "The reader's keypad gave no answer that makes sense. A try may have been used.",
      nextStep: 'Look at how many tries are left, then type the code on the computer instead.',
    },
  },
  ERR_PIN_AMBIGUOUS: {
    sv: {
      sentence: 'Kortet har flera PIN-koder, och det framgår inte vilken som menas.',
      nextStep: 'Ange vilken med --pin authentication (legitimering) eller --pin signature (underskrift).',
    },
    en: {
      sentence: 'The card has several PINs, and it is not clear which one is meant.',
      nextStep: 'Say which with --pin authentication or --pin signature.',
    },
  },
  ERR_PIN_OPERATION_OVER: {
    sv: {
      sentence:
        'Det tog för lång tid, eller också har frågan hunnit ändras. Koderna är raderade och har inte skickats till kortet.',
      nextStep: 'Börja om.',
    },
    en: {
      sentence:
        'It took too long, or the question has changed meanwhile. The codes are erased and were not sent to the card.',
      nextStep: 'Start again.',
    },
  },
  ERR_PIN_OPERATION_RUNNING: {
    sv: {
      sentence:
        'En annan ändring av kortets PIN-kod pågår redan. Koderna är raderade och har inte skickats till kortet.',
      nextStep: 'Vänta tills den andra är klar, och börja sedan om.',
    },
    en: {
      sentence: "Another change of the card's PIN is under way. The codes are erased and were not sent to the card.",
      nextStep: 'Wait until the other one has ended, then start again.',
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
      sentence: 'Kortet klarar inte den sortens underskrift som tjänsten vill ha[ ({algorithm})].',
      nextStep: 'Använd ett annat kort eller kontakta tjänsten.',
    },
    en: {
      sentence: 'The card cannot make the kind of signature that the service wants[ ({algorithm})].',
      nextStep: 'Use another card or contact the service.',
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
      nextStep: 'Försök igen. Var en kod redan skriven kan ett försök ha använts. Kontakta annars leverantören.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card gave an answer that makes no sense.",
      nextStep: 'Try again. If a code had been typed, a try may have been used. Otherwise contact the vendor.',
    },
  },
  ERR_MODULE_FAILURE: {
    sv: {
      sentence: 'Leverantörens program[ {module}] för kortet kunde inte utföra åtgärden.',
      nextStep: 'Ta ut kortet, sätt in det igen och försök på nytt. Kontakta annars leverantören.',
    },
    en: {
      sentence: "The vendor's program[ {module}] for the card could not do what was asked.",
      nextStep: 'Take the card out, put it in again and retry. Otherwise contact the vendor.',
    },
  },
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
      sentence: 'Säkerhetskopian av certifikatet går inte att skriva eller läsa[: {path}][ ({detail})].',
      nextStep:
        'Inget har tagits bort från kortet. Kontrollera att disken har plats och att mappen är din egen, och se ”kort certificate backups[ --instance {instance}]”.',
    },
    en: {
      sentence: 'The backup of the certificate cannot be written or read[: {path}][ ({detail})].',
      nextStep:
        'Nothing has been removed from the card. Check that the disk has room and that the folder is your own, and see "kort certificate backups[ --instance {instance}]".',
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
  ERR_ISSUER_NONE: {
    sv: {
      sentence: 'Ingen utfärdare som certifikat kan hämtas från är registrerad här[ med namnet {name}].',
      nextStep:
        'Be din support om utfärdarens fil och registrera den med ”kort rp add FIL[ --instance {instance}]”. De som finns visas av ”kort rp list”.',
    },
    en: {
      sentence: 'No issuer that certificates can be downloaded from is registered here[ under the name {name}].',
      nextStep:
        'Ask your helpdesk for the file of the issuer and register it with "kort rp add FILE[ --instance {instance}]". Those that there are, "kort rp list" shows.',
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
        'Kontrollera att rätt kort sitter i läsaren och att dess certifikat gäller (”kort certificate list”), och börja om.',
    },
    en: {
      sentence: 'The login at the issuer did not succeed.[ {reason}][ The issuer answered: "{text}".]',
      nextStep:
        'Check that the right card is inserted and that its certificate is good ("kort certificate list"), and start again.',
    },
  },
  ERR_ISSUER_SESSION: {
    sv: {
      sentence: 'Inloggningen hos utfärdaren gäller inte längre.',
      nextStep: 'Logga in igen: samma kommando en gång till går vidare där det var.',
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
      sentence: 'Utfärdaren svarade på ett sätt som inte går att tolka[ ({detail})].',
      nextStep: 'Försök igen om en stund. Hjälper det inte, kontakta utfärdaren.',
    },
    en: {
      sentence: 'The issuer answered in a way that cannot be understood[ ({detail})].',
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
      sentence: 'Utfärdaren behöver mer tid för certifikatet[ (minst {retryAfterSeconds} sekunder till)].',
      nextStep: 'Vänta och försök igen senare, med samma kort i läsaren.',
    },
    en: {
      sentence: 'The issuer needs more time for the certificate[ (at least {retryAfterSeconds} more seconds)].',
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
        'Datorns klocka går fel[: utfärdarens ligger {skewSeconds} sekunder före]. Certifikatets giltighet går inte att bedöma.',
      nextStep: 'Ställ klockan och försök igen.',
    },
    en: {
      sentence:
        "This computer's clock is wrong[: the issuer's is {skewSeconds} seconds ahead]. A certificate's validity cannot be judged.",
      nextStep: 'Set the clock and try again.',
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
      sentence: 'Hämtningens journal går inte att skriva eller läsa[: {path}][ ({detail})].',
      nextStep:
        'Kontrollera att disken har plats och att mappen är din egen, och försök igen: utan journal börjar inget nytt.',
    },
    en: {
      sentence: 'The journal of the download cannot be written or read[: {path}][ ({detail})].',
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
  ERR_EXPIRY_NOT_FOUND: {
    sv: {
      sentence: 'Det finns inget med den beteckningen som löper ut[: {id}].',
      nextStep: 'Se ”kort expiry[ --instance {instance}]”.',
    },
    en: {
      sentence: 'Nothing of that id expires[: {id}].',
      nextStep: 'See "kort expiry[ --instance {instance}]".',
    },
  },
  ERR_HISTORY_DAMAGED: {
    sv: {
      sentence: 'Historiken är skadad eller ändrad[ från rad {line}].',
      nextStep: 'Spara filen åt den som utreder, och flytta sedan undan den så att en ny påbörjas.',
    },
    en: {
      sentence: 'The history is damaged or has been changed[ from line {line}].',
      nextStep: 'Keep the file for whoever investigates, then move it away so that a new one is begun.',
    },
  },
  ERR_OOB_INVALID_PARAMETERS: {
    sv: {
      sentence: 'Tjänstens begäran är felaktig[ ({detail})].',
      nextStep: 'Försök igen. Kvarstår felet, kontakta tjänsten.',
    },
    en: {
      sentence: "The service's request is malformed[ ({detail})].",
      nextStep: 'Try again. If it remains, contact the service.',
    },
  },
  ERR_OOB_UNAUTHORIZED: {
    sv: {
      sentence: 'Tjänsten är inte registrerad på den här datorn eller kunde inte styrka vem den är.',
      nextStep: 'Kontakta tjänsten eller din administratör.',
    },
    en: {
      sentence: 'The service is not registered on this computer, or could not prove who it is.',
      nextStep: 'Contact the service or your administrator.',
    },
  },
  ERR_OOB_CLOCK: {
    sv: {
      sentence: 'Datorns klocka och tjänstens klocka skiljer sig för mycket[ ({seconds} sekunder)].',
      nextStep: 'Ställ datorns klocka rätt och försök igen.',
    },
    en: {
      sentence: "This computer's clock and the service's clock differ too much[ ({seconds} seconds)].",
      nextStep: "Set this computer's clock right and try again.",
    },
  },
  ERR_OOB_ALREADY_IN_PROGRESS: {
    sv: {
      sentence: 'En inloggning eller underskrift hos samma tjänst pågår redan.',
      nextStep: 'Slutför eller avbryt den först.',
    },
    en: {
      sentence: 'A login or signature for the same service is already under way.',
      nextStep: 'Finish or cancel it first.',
    },
  },
  ERR_OOB_TOO_MANY_REQUESTS: {
    sv: {
      sentence: 'För många inloggningar eller underskrifter begärdes på kort tid.',
      nextStep: 'Vänta en minut och försök igen.',
    },
    en: {
      sentence: 'Too many logins or signatures were asked for in a short time.',
      nextStep: 'Wait a minute and try again.',
    },
  },
  ERR_OOB_NOT_FOUND: {
    sv: { sentence: 'Inloggningen finns inte eller är avslutad.', nextStep: 'Börja om från tjänsten.' },
    en: { sentence: 'The login does not exist or has ended.', nextStep: 'Start again from the service.' },
  },
  ERR_OOB_PORT_TAKEN: {
    sv: {
      sentence: 'Port[ {port}] på datorn är upptagen[ av {owner}], så inloggning från webbläsaren är avstängd.',
      nextStep:
        'Stäng det andra programmet och starta om med ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'Port[ {port}] of this computer is taken[ by {owner}], so login from the browser is off.',
      nextStep:
        'Close the other program and restart with "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  ERR_OOB_LINK: {
    sv: {
      sentence: 'Adressen som öppnade programmet är inte en inloggningslänk[ ({detail})].',
      nextStep:
        'Gå tillbaka till inloggningssidan och börja om därifrån. Öppna aldrig en sådan länk ur ett meddelande.',
    },
    en: {
      sentence: 'The address that opened the program is not a login link[ ({detail})].',
      nextStep: 'Go back to the login page and start again from there. Never open such a link from a message.',
    },
  },
  ERR_OOB_LINK_USED: {
    sv: {
      sentence: 'Länken har redan använts.',
      nextStep:
        'Visas frågan redan någonstans, svara på den. Annars gå tillbaka till inloggningssidan, ladda om den och börja om.',
    },
    en: {
      sentence: 'The link has been used already.',
      nextStep:
        'If the question stands somewhere already, answer it. Otherwise go back to the login page, reload it and start again.',
    },
  },
  ERR_LINK_REGISTRATION: {
    sv: {
      sentence: 'Länkar som börjar med kort: gick inte att registrera[ ({detail})].',
      nextStep: 'På Linux behövs paketet xdg-utils. Se annars docs/links.md, eller be din administratör om hjälp.',
    },
    en: {
      sentence: 'Links that begin with kort: could not be registered[ ({detail})].',
      nextStep: 'On Linux the package xdg-utils is needed. Otherwise see docs/links.md, or ask your administrator.',
    },
  },
  ERR_OOB_CONFIRMATION_CODE: {
    sv: {
      sentence: 'Koden är inte den som tjänstens sida visar.[ {attemptsRemaining} försök kvar.]',
      nextStep: 'Skriv koden från den sida där du själv började. Visar ingen sida en kod, avbryt: begäran är inte din.',
    },
    en: {
      sentence:
        "The code is not the one that the service's page shows.[ {attemptsRemaining} {attemptsRemaining|try|tries} left.]",
      nextStep:
        'Type the code from the page where you began yourself. If no page shows a code, cancel: the request is not yours.',
    },
  },
  ERR_OOB_REQUEST_FAILED: {
    sv: {
      sentence: 'Tjänstens begäran kunde inte hämtas, eller godtogs inte[ ({detail})].',
      nextStep: 'Gå tillbaka till inloggningssidan och försök igen. Händer det på nytt, kontakta tjänstens support.',
    },
    en: {
      sentence: 'The request of the service could not be fetched, or was not accepted[ ({detail})].',
      nextStep:
        'Go back to the login page and try again. If it happens once more, contact the helpdesk of the service.',
    },
  },
  ERR_OOB_DELIVERY_FAILED: {
    sv: {
      sentence:
        'Svaret kunde inte lämnas till tjänsten[ ({detail})], så inloggningen eller underskriften blev inte klar.',
      nextStep: 'Kontrollera nätverket, gå tillbaka till tjänsten och försök igen.',
    },
    en: {
      sentence:
        'The answer could not be handed to the service[ ({detail})], so the login or signature was not completed.',
      nextStep: 'Check the network, go back to the service and try again.',
    },
  },
  ERR_REMOTE_UNREACHABLE: {
    sv: {
      sentence: 'Servern[ {host}] gick inte att nå[ ({reason})].',
      nextStep: 'Kontrollera nätverket och försök igen.',
    },
    en: {
      sentence: 'The server[ {host}] could not be reached[ ({reason})].',
      nextStep: 'Check the network and try again.',
    },
  },
  ERR_REMOTE_TLS: {
    sv: {
      sentence: 'Servern[ {host}] kunde inte visa att den är den rätta[ ({reason})].',
      nextStep: 'Gå inte vidare. Kontakta din support: förbindelsen kan vara avlyssnad, eller inställningarna gamla.',
    },
    en: {
      sentence: 'The server[ {host}] could not prove that it is the right one[ ({reason})].',
      nextStep: 'Do not go on. Contact your helpdesk: the connection may be intercepted, or the settings out of date.',
    },
  },
  ERR_REMOTE_RESPONSE: {
    sv: {
      sentence: 'Servern[ {host}] svarade inte som den ska[ ({reason})].',
      nextStep: 'Försök igen om en stund. Händer det på nytt, kontakta tjänstens support.',
    },
    en: {
      sentence: 'The server[ {host}] did not answer as it should[ ({reason})].',
      nextStep: 'Try again in a while. If it happens once more, contact the helpdesk of the service.',
    },
  },
  ERR_VERIFY_MALFORMED: {
    sv: {
      sentence: 'Svaret från inloggningen är inte uppbyggt som det ska[ ({detail})].',
      nextStep: 'Begär en ny inloggning. Kvarstår felet, kontakta den som driver tjänsten.',
    },
    en: {
      sentence: 'The answer to the login is not formed as it should be[ ({detail})].',
      nextStep: 'Ask for a new login. If it happens again, contact whoever runs the service.',
    },
  },
  ERR_VERIFY_ALGORITHM: {
    sv: {
      sentence: 'Svaret är signerat med en metod som inte passar nyckeln.',
      nextStep: 'Begär en ny inloggning med ett annat kort.',
    },
    en: {
      sentence: 'The answer is signed with a method that does not fit the key.',
      nextStep: 'Ask for a new login with another card.',
    },
  },
  ERR_VERIFY_CERTIFICATE: {
    sv: {
      sentence: 'Certifikatet i svaret godtas inte[ ({reason})].',
      nextStep: 'Logga in med ett giltigt kort, eller lägg till utfärdaren i tjänstens inställningar.',
    },
    en: {
      sentence: 'The certificate in the answer is not accepted[ ({reason})].',
      nextStep: "Log in with a valid card, or add the issuer to the service's settings.",
    },
  },
  ERR_VERIFY_SIGNATURE: {
    sv: { sentence: 'Signaturen i svaret stämmer inte.', nextStep: 'Avvisa inloggningen och begär en ny.' },
    en: { sentence: 'The signature of the answer is wrong.', nextStep: 'Reject the login and ask for a new one.' },
  },
  ERR_VERIFY_AUDIENCE: {
    sv: {
      sentence: 'Svaret är avsett för en annan tjänst.',
      nextStep: 'Avvisa inloggningen och kontrollera tjänstens client_id.',
    },
    en: {
      sentence: 'The answer is meant for another service.',
      nextStep: "Reject the login, and check the service's client_id.",
    },
  },
  ERR_VERIFY_REQUEST: {
    sv: { sentence: 'Svaret hör till en annan begäran.', nextStep: 'Avvisa inloggningen och begär en ny.' },
    en: { sentence: 'The answer belongs to another request.', nextStep: 'Reject the login and ask for a new one.' },
  },
  ERR_VERIFY_NONCE: {
    sv: {
      sentence: 'Svaret hör inte till den här sessionen, eller har redan använts.',
      nextStep: 'Avvisa inloggningen och begär en ny i samma webbläsare.',
    },
    en: {
      sentence: 'The answer does not belong to this session, or has been used already.',
      nextStep: 'Reject the login and ask for a new one in the same browser.',
    },
  },
  ERR_VERIFY_LAUNCHER: {
    sv: {
      sentence: 'Inloggningen startades på ett sätt som tjänsten inte begärde.',
      nextStep: 'Avvisa inloggningen, eller tillåt startsättet i begäran.',
    },
    en: {
      sentence: 'The login was started in a way that the service did not ask for.',
      nextStep: 'Reject the login, or allow that launcher in the request.',
    },
  },
  ERR_VERIFY_UNBOUND: {
    sv: { sentence: 'Svaret är inte bundet till en webbläsare.', nextStep: 'Avvisa inloggningen och begär en ny.' },
    en: { sentence: 'The answer is not bound to a browser.', nextStep: 'Reject the login and ask for a new one.' },
  },
  ERR_VERIFY_ORIGIN: {
    sv: {
      sentence: 'Inloggningen startades från en webbplats som inte hör till tjänsten.',
      nextStep: 'Avvisa inloggningen och kontrollera tjänstens webbadresser.',
    },
    en: {
      sentence: 'The login was started from a web site that does not belong to the service.',
      nextStep: "Reject the login, and check the service's origins.",
    },
  },
  ERR_VERIFY_TIME: {
    sv: {
      sentence: 'Svaret är för gammalt eller har fel tid[ ({claim})].',
      nextStep: 'Begär en ny inloggning. Kvarstår felet, ställ datorns klocka rätt.',
    },
    en: {
      sentence: 'The answer is too old or carries a wrong time[ ({claim})].',
      nextStep: "Ask for a new login. If it happens again, set the computer's clock right.",
    },
  },
  ERR_VERIFY_LEVEL: {
    sv: {
      sentence: 'Certifikatet har en annan tillitsnivå än den begärda[ (nivå {level})].',
      nextStep: 'Logga in med ett kort som har den begärda tillitsnivån.',
    },
    en: {
      sentence: 'The certificate has another assurance level than the one asked for[ (level {level})].',
      nextStep: 'Log in with a card of the assurance level that was asked for.',
    },
  },
  ERR_VERIFY_IDENTITY: {
    sv: {
      sentence: 'Svaret gäller en annan person än certifikatet eller begäran.',
      nextStep: 'Avvisa inloggningen och begär en ny.',
    },
    en: {
      sentence: 'The answer is about another person than the certificate or the request.',
      nextStep: 'Reject the login and ask for a new one.',
    },
  },
  ERR_VERIFY_REVOKED: {
    sv: {
      sentence: 'Certifikatet är spärrat[ sedan {revokedAt}].',
      nextStep: 'Avvisa inloggningen och be personen att kontakta sin kortadministratör.',
    },
    en: {
      sentence: 'The certificate has been revoked[ since {revokedAt}].',
      nextStep: 'Reject the login and ask the person to contact the card administrator.',
    },
  },
  ERR_VERIFY_REVOCATION_UNKNOWN: {
    sv: {
      sentence: 'Det gick inte att få veta om certifikatet är spärrat[ ({reason})].',
      nextStep: 'Avvisa inloggningen tills utfärdarens spärrtjänst svarar.',
    },
    en: {
      sentence: 'It could not be found out whether the certificate has been revoked[ ({reason})].',
      nextStep: 'Reject the login until the revocation service of the issuer answers.',
    },
  },
  ERR_VERIFY_DOCUMENT: {
    sv: {
      sentence: 'Underskriften hör inte till dokumentet[ ({detail})].',
      nextStep: 'Avvisa underskriften.',
    },
    en: {
      sentence: 'The signature does not belong to the document[ ({detail})].',
      nextStep: 'Reject the signature.',
    },
  },
  ERR_VERIFY_REMOVAL: {
    sv: {
      sentence: 'Meddelandet om att kortet togs ut är inte äkta[ ({detail})].',
      nextStep: 'Bortse från det.',
    },
    en: {
      sentence: 'The message that the card was removed is not genuine[ ({detail})].',
      nextStep: 'Ignore it.',
    },
  },
  ERR_CONFIG_INVALID: {
    sv: {
      sentence: 'Inställningarna går inte att använda[: {path}][ ({detail})].',
      nextStep: 'Rätta det och försök igen.',
    },
    en: {
      sentence: 'The settings cannot be used[: {path}][ ({detail})].',
      nextStep: 'Correct this and try again.',
    },
  },
  ERR_CONFIG_CONFLICT: {
    sv: {
      sentence: 'Uppgiften används redan[: {detail}].',
      nextStep: 'Välj en annan, eller ta bort den gamla först.',
    },
    en: {
      sentence: 'This is already in use[: {detail}].',
      nextStep: 'Choose another one, or remove the old one first.',
    },
  },
  ERR_CONFIG_NOT_FOUND: {
    sv: {
      sentence: 'Ingen tjänst är registrerad med det namnet[: {name}].',
      nextStep:
        'Se vilka client_id som finns med ”kort rp list[ --instance {instance}]”. En fil känns igen på att namnet slutar på ”.json”.',
    },
    en: {
      sentence: 'No service is registered under that name[: {name}].',
      nextStep:
        'See which client_ids there are with "kort rp list[ --instance {instance}]". A file is known by a name that ends in ".json".',
    },
  },
  ERR_CONFIG_BUILT_IN: {
    sv: {
      sentence: 'Tjänsten hör till sandlådan och går inte att ta bort[: {name}].',
      nextStep: 'Låt den vara. Den finns bara i sandlådan, och försvinner när den stoppas.',
    },
    en: {
      sentence: 'This service is part of the sandbox and cannot be removed[: {name}].',
      nextStep: 'Leave it. It is in the sandbox only, and goes when that is stopped.',
    },
  },
  ERR_CONFIG_FOLDER_UNSAFE: {
    sv: {
      sentence: 'Mappen[ {path}] är inte skyddad mot andra användare.',
      nextStep: 'Se till att mappen är din egen, inte är en länk och har rättigheterna 0700.',
    },
    en: {
      sentence: 'The folder[ {path}] is not protected from other users.',
      nextStep: 'Make sure that the folder is your own, is no link and has mode 0700.',
    },
  },
  ERR_CONFIG_PATH_TOO_LONG: {
    sv: {
      sentence: 'Sökvägen till programmets kontaktpunkt är för lång[ ({length} byte, högst {limit})][: {path}].',
      nextStep: 'Sätt XDG_RUNTIME_DIR till en mapp med kortare sökväg, eller välj ett kortare namn med --instance.',
    },
    en: {
      sentence: "The path of the program's socket is too long[ ({length} bytes, at most {limit})][: {path}].",
      nextStep: 'Set XDG_RUNTIME_DIR to a folder with a shorter path, or choose a shorter name with --instance.',
    },
  },
  ERR_IPC_DAEMON_UNREACHABLE: {
    sv: {
      sentence: 'Bakgrundsprogrammet kortd är inte igång.',
      nextStep: 'Starta det med ”kort daemon start[ --instance {instance}]”[; hjälper det inte, läs loggen {log}].',
    },
    en: {
      sentence: 'The background program kortd is not running.',
      nextStep:
        'Start it with "kort daemon start[ --instance {instance}]"[; if that does not help, read the log {log}].',
    },
  },
  ERR_IPC_DAEMON_RUNNING: {
    sv: {
      sentence: 'Bakgrundsprogrammet kortd är redan igång.',
      nextStep: 'Inget behöver göras. Vill du starta om det, kör ”kort daemon stop[ --instance {instance}]” först.',
    },
    en: {
      sentence: 'The background program kortd is already running.',
      nextStep: 'Nothing needs to be done. To restart it, run "kort daemon stop[ --instance {instance}]" first.',
    },
  },
  ERR_IPC_PROTOCOL: {
    sv: {
      sentence: 'Programmen kort och kortd förstår inte varandra.',
      nextStep:
        'De kan ha olika versioner: kör ”kort {group} stop[ --instance {groupInstance}]” och ”kort {group} start[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The programs kort and kortd do not understand each other.',
      nextStep:
        'They may differ in version: run "kort {group} stop[ --instance {groupInstance}]" and "kort {group} start[ --instance {groupInstance}]".',
    },
  },
  ERR_IPC_METHOD_NOT_FOUND: {
    sv: {
      sentence: 'Bakgrundsprogrammet kan inte utföra detta[ ({method})].',
      nextStep:
        'Virtuella kort finns bara i en sandlåda (”kort sandbox start”), och inloggningar bara där --hardware-only inte angavs vid start.',
    },
    en: {
      sentence: 'The background program cannot do this[ ({method})].',
      nextStep:
        'Virtual cards are in a sandbox only ("kort sandbox start"), and logins only where --hardware-only was not given at the start.',
    },
  },
  ERR_IPC_INVALID_PARAMETERS: {
    sv: {
      sentence: 'En uppgift till bakgrundsprogrammet har fel form[: {detail}].',
      nextStep: 'Kontrollera kommandot med ”kort help”.',
    },
    en: {
      sentence: 'Something that was given to the background program has the wrong form[: {detail}].',
      nextStep: 'Check the command with "kort help".',
    },
  },
  ERR_IPC_UNAUTHORIZED: {
    sv: {
      sentence: 'Bakgrundsprogrammet tillhör någon annan eller släpper inte in oss.',
      nextStep: 'Kontrollera att du kör som samma användare som startade det.',
    },
    en: {
      sentence: 'The background program belongs to someone else or does not let us in.',
      nextStep: 'Check that you are the same user as the one who started it.',
    },
  },
  ERR_SANDBOX_INSTANCE: {
    sv: {
      sentence: 'Instansen sandbox är sandlådans och kan inte vara en vanlig kortd.',
      nextStep: 'Starta sandlådan med ”kort sandbox start”, eller välj ett annat namn med --instance.',
    },
    en: {
      sentence: 'The instance sandbox is the sandbox and cannot be an ordinary kortd.',
      nextStep: 'Start the sandbox with "kort sandbox start", or choose another name with --instance.',
    },
  },
  ERR_SANDBOX_NOT_RUNNING: {
    sv: {
      sentence: 'Sandlådan är inte igång.',
      nextStep:
        'Starta den med ”kort sandbox start[ --instance {groupInstance}]”[; hjälper det inte, läs loggen {log}].',
    },
    en: {
      sentence: 'The sandbox is not running.',
      nextStep:
        'Start it with "kort sandbox start[ --instance {groupInstance}]"[; if that does not help, read the log {log}].',
    },
  },
  ERR_SANDBOX_RUNNING: {
    sv: {
      sentence: 'Sandlådan är redan igång.',
      nextStep:
        'Inget behöver göras. Vill du starta om den, kör ”kort sandbox stop[ --instance {groupInstance}]” först.',
    },
    en: {
      sentence: 'The sandbox is already running.',
      nextStep: 'Nothing needs to be done. To restart it, run "kort sandbox stop[ --instance {groupInstance}]" first.',
    },
  },
  ERR_SANDBOX_NO_EMPTY_READER: {
    sv: {
      sentence: 'Det sitter ett kort i varje virtuell läsare.',
      nextStep:
        'Ange en läsare: kortet i den tas ut först. Eller anslut en ny med ”kort sandbox add-reader[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'Every virtual reader has a card in it.',
      nextStep:
        'Name a reader: the card in it is pulled first. Or plug in another with "kort sandbox add-reader[ --instance {groupInstance}]".',
    },
  },
  ERR_SANDBOX_LOGIN: {
    sv: {
      sentence: 'Inloggningen i sandlådan lyckades inte.[ {reason}][ (Svaret var {errorCode}.)]',
      nextStep: 'Börja om när du vill: inget har ändrats på något riktigt kort.',
    },
    en: {
      sentence: 'The sandbox login did not succeed.[ {reason}][ (The answer was {errorCode}.)]',
      nextStep: 'Start again whenever you like: nothing has changed on any real card.',
    },
  },
  ERR_SANDBOX_NO_KEYPAD: {
    sv: {
      sentence: 'Ingen knappsats på en virtuell läsare frågar efter en kod, eller så gör flera det.',
      nextStep:
        'Knappsatser kommer med ”kort sandbox add-reader --pin-pad[ --instance {groupInstance}]” och frågar när en kod behövs. Ange läsaren med --reader om flera gör det.',
    },
    en: {
      sentence: 'No keypad of a virtual reader asks for a code, or several do.',
      nextStep:
        'Keypads come with "kort sandbox add-reader --pin-pad[ --instance {groupInstance}]", and ask when a code is needed. Name the reader with --reader if several do.',
    },
  },
  ERR_SANDBOX_NOT_RECORDED: {
    sv: {
      sentence: 'Kortet gjordes innan sandlådan kunde spärra certifikat.',
      nextStep: 'Stoppa sandlådan, ta bort dess mapp och starta den igen: då görs nya kort.',
    },
    en: {
      sentence: 'The card was made before the sandbox could revoke certificates.',
      nextStep: 'Stop the sandbox, remove its folder and start it again: that makes new cards.',
    },
  },
  ERR_SANDBOX_UNKNOWN: {
    sv: {
      sentence: 'Sandlådan har inget med det namnet[: {name}].',
      nextStep: 'Se vad som finns med ”kort sandbox list[ --instance {groupInstance}]”.',
    },
    en: {
      sentence: 'The sandbox has nothing of that name[: {name}].',
      nextStep: 'See what there is with "kort sandbox list[ --instance {groupInstance}]".',
    },
  },
};
