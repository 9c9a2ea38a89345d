import type { ErrorTexts } from './error-texts.js';

/** About the program itself: what it was told, what went wrong in it, and what it keeps. */
export const programErrors: ErrorTexts<'INTERNAL' | 'USAGE' | 'ABORTED' | 'HISTORY' | 'EXPIRY'> = {
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
      nextStep: 'Skriv ”kort help[ {command}]” för att se vad som går att skriva.',
    },
    en: {
      sentence: 'The command cannot be carried out[: {detail}].',
      nextStep: 'Type "kort help[ {command}]" to see what can be written.',
    },
  },
  ERR_ABORTED: {
    sv: { sentence: 'Åtgärden avbröts.', nextStep: 'Börja om när du vill.' },
    en: { sentence: 'The operation was interrupted.', nextStep: 'Start again whenever you like.' },
  },
  ERR_EXPIRY_NOT_FOUND: {
    sv: {
      sentence: 'Det finns inget med den beteckningen som löper ut[: {id}].',
      nextStep: 'Se vad som löper ut med ”kort expiry[ --instance {instance}]”.',
    },
    en: {
      sentence: 'Nothing of that id ends[: {id}].',
      nextStep: 'See what ends with "kort expiry[ --instance {instance}]".',
    },
  },
  ERR_HISTORY_DAMAGED: {
    sv: {
      sentence: 'Historiken är skadad eller ändrad[: {reason}][ ({file}, rad {line})].',
      nextStep:
        'Kopiera mappen som historiken ligger i åt den som utreder. Nästa gång något skrivs läggs en skadad historik undan, och en ny påbörjas.',
    },
    en: {
      sentence: 'The history is damaged or has been changed[: {reason}][ ({file}, line {line})].',
      nextStep:
        'Copy the folder of the history for whoever investigates. The next time something is written, a damaged history is set aside, and a new one begun.',
    },
  },
};
