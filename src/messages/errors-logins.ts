import type { ErrorTexts } from './error-texts.js';

/** About logins and signatures for services, and the servers that they need. */
export const loginErrors: ErrorTexts<'OOB' | 'LINK' | 'REMOTE'> = {
  ERR_OOB_INVALID_PARAMETERS: {
    sv: {
      sentence: 'Tjänstens begäran är felaktig.',
      nextStep: 'Försök igen. Kvarstår felet, kontakta tjänsten: vad som är fel står i loggen.',
    },
    en: {
      sentence: "The service's request is malformed.",
      nextStep: 'Try again. If it remains, contact the service: the log says what is wrong.',
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
      sentence: 'Datorns klocka och tjänstens klocka skiljer sig för mycket[ ({span})].',
      nextStep: 'Ställ datorns klocka rätt och försök igen.',
    },
    en: {
      sentence: "This computer's clock and the service's clock differ too much[ ({span})].",
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
      nextStep: 'Stäng det andra programmet, så tar kortd själv porten när den blir ledig.',
    },
    en: {
      sentence: 'Port[ {port}] of this computer is taken[ by {owner}], so login from the browser is off.',
      nextStep: 'Close the other program, and kortd takes the port over as soon as it is free.',
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
        'Visas frågan redan någonstans, svara på den. Gå annars tillbaka till inloggningssidan, ladda om den och börja om.',
    },
    en: {
      sentence: 'The link has been used already.',
      nextStep:
        'If the question stands somewhere already, answer it. Otherwise go back to the login page, reload it and start again.',
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
  ERR_OOB_REQUEST_FAILED: {
    sv: {
      sentence: 'Tjänstens begäran kunde inte hämtas, eller godtogs inte[: {reason}].',
      nextStep: 'Gå tillbaka till inloggningssidan och försök igen. Händer det på nytt, kontakta tjänstens support.',
    },
    en: {
      sentence: 'The request of the service could not be fetched, or was not accepted[: {reason}].',
      nextStep:
        'Go back to the login page and try again. If it happens once more, contact the helpdesk of the service.',
    },
  },
  ERR_OOB_DELIVERY_FAILED: {
    sv: {
      sentence:
        'Svaret kunde inte lämnas till tjänsten[ ({reason})], så inloggningen eller underskriften blev inte klar.',
      nextStep: 'Kontrollera nätverket, gå tillbaka till tjänsten och försök igen.',
    },
    en: {
      sentence:
        'The answer could not be handed to the service[ ({reason})], so the login or signature was not completed.',
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
};
