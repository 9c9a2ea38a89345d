import type { ErrorTexts } from './error-texts.js';

/** About PINs and PUKs. */
export const pinErrors: ErrorTexts<'PIN' | 'PUK'> = {
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
      sentence: 'PIN-koden är låst efter för många felaktiga försök.',
      nextStep: 'Lås upp med PUK-koden, ”kort unlock --puk[ --instance {instance}]”, eller kontakta din support.',
    },
    en: {
      sentence: 'The PIN is locked after too many wrong tries.',
      nextStep: 'Unlock it with the PUK, "kort unlock --puk[ --instance {instance}]", or contact your helpdesk.',
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
      sentence: 'Inmatningen av PIN-koden avbröts.',
      nextStep: 'Börja om när du vill. En inloggning börjas om från tjänsten som bad om den.',
    },
    en: {
      sentence: 'PIN entry was cancelled.',
      nextStep: 'Start again whenever you like. A login is started again from the service that asked for it.',
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
  ERR_PIN_DIALOGUE: {
    sv: {
      sentence: 'Skrivbordets ruta för PIN-koden (pinentry) kunde inte visas, eller svarade inte begripligt.',
      nextStep: 'Svara i ”kort ui” eller ”kort prompt” i stället. ”kort setting set pinentry off” stänger av rutan.',
    },
    en: {
      sentence: "The desktop's window for the PIN (pinentry) could not be shown, or gave no answer that makes sense.",
      nextStep:
        'Answer in "kort ui" or "kort prompt" instead. "kort setting set pinentry off" switches the window off.',
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
      sentence: 'PUK-koden är låst efter för många felaktiga försök.',
      nextStep: 'Kontakta din support: kortet kan inte låsas upp med koder längre.',
    },
    en: {
      sentence: 'The PUK is locked after too many wrong tries.',
      nextStep: 'Contact your helpdesk: the card can no longer be unlocked with codes.',
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
};
