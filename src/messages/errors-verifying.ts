import type { ErrorTexts } from './error-texts.js';

/** About answers that a service has verified. */
export const verifyErrors: ErrorTexts<'VERIFY'> = {
  ERR_VERIFY_MALFORMED: {
    sv: {
      sentence: 'Svaret från inloggningen är inte uppbyggt som det ska.',
      nextStep: 'Begär en ny inloggning. Kvarstår felet, kontakta den som driver tjänsten.',
    },
    en: {
      sentence: 'The answer to the login is not formed as it should be.',
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
      nextStep: "Sign in with a valid card, or add the issuer to the service's settings.",
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
      nextStep: 'Sign in with a card of the assurance level that was asked for.',
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
      sentence: 'Underskriften hör inte till dokumentet.',
      nextStep: 'Avvisa underskriften.',
    },
    en: {
      sentence: 'The signature does not belong to the document.',
      nextStep: 'Reject the signature.',
    },
  },
  ERR_VERIFY_REMOVAL: {
    sv: {
      sentence: 'Meddelandet om att kortet togs ut är inte äkta.',
      nextStep: 'Bortse från det.',
    },
    en: {
      sentence: 'The message that the card was removed is not genuine.',
      nextStep: 'Ignore it.',
    },
  },
};
