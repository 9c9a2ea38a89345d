import type { DoctorTexts } from './doctor-text.js';

/** Of the checks about cards. Templates: see `template.ts`. */
export const doctorCardsTexts: DoctorTexts<'cards'> = {
  'cards.here': {
    sv: { sentence: 'Kortet {card} ({product}) sitter i {reader}.', nextStep: '' },
    en: { sentence: 'The card {card} ({product}) is in {reader}.', nextStep: '' },
  },
  'cards.none': {
    sv: { sentence: 'Inget kort sitter i någon läsare.', nextStep: '' },
    en: { sentence: 'No card is in any reader.', nextStep: '' },
  },
  'cards.unread': {
    sv: { sentence: 'Korten läses av kortd, som inte är igång.', nextStep: '' },
    en: { sentence: 'The cards are read by kortd, which is not running.', nextStep: '' },
  },
  'cards.reading': {
    sv: { sentence: 'Kortet i {reader} håller på att läsas.', nextStep: '' },
    en: { sentence: 'The card in {reader} is being read.', nextStep: '' },
  },
  'cards.unknown': {
    sv: {
      sentence: 'Kortet i {reader} är av ett slag som programmet inte känner till[ (ATR {atr})].',
      nextStep:
        'Är det ett tjänstekort: installera korttillverkarens program, och starta om kortd, som då använder det.',
    },
    en: {
      sentence: 'The card in {reader} is of a kind that this program does not know[ (ATR {atr})].',
      nextStep: "If it is a work card, install the card maker's software, and restart kortd, which then uses it.",
    },
  },
  'cards.mute': {
    sv: {
      sentence: 'Kortet i {reader} svarar inte alls: det sitter kanske upp och ned.',
      nextStep: 'Sätt i kortet med chippet först och uppåt. Torka av chippet, och prova en annan läsare.',
    },
    en: {
      sentence: 'The card in {reader} gives no answer at all: it may be upside down.',
      nextStep: 'Insert it chip first, with the chip up. Wipe the chip, and try another reader.',
    },
  },
  'cards.unresponsive': {
    sv: {
      sentence: 'Kortet i {reader} slutade svara mitt i ett kommando.',
      nextStep: 'Dra ut kortet och sätt i det igen.',
    },
    en: {
      sentence: 'The card in {reader} stopped answering in the middle of a command.',
      nextStep: 'Take the card out and insert it again.',
    },
  },
  'cards.unreadable': {
    sv: {
      sentence: 'Kortet i {reader} gick inte att läsa ({code})[, ATR {atr}].',
      nextStep: 'Dra ut kortet och sätt i det igen. ”kort[ --instance {instance}] status” visar mer.',
    },
    en: {
      sentence: 'The card in {reader} could not be read ({code})[, ATR {atr}].',
      nextStep: 'Take the card out and insert it again. "kort[ --instance {instance}] status" shows more.',
    },
  },
  'cards.refused': {
    sv: {
      sentence: 'Systemets regler (polkit) låter dig inte använda kortet i {reader}.',
      nextStep:
        'Be administratören tillåta org.debian.pcsc-lite.access_card för dig. Utan regel tillåts bara den som sitter vid datorn.',
    },
    en: {
      sentence: "The system's rules (polkit) do not let you use the card in {reader}.",
      nextStep:
        'Ask the administrator to allow you org.debian.pcsc-lite.access_card. Without a rule, only who sits at the computer is allowed.',
    },
  },
  'cards.no-certificate': {
    sv: {
      sentence: 'Kortet {card} i {reader} har inga certifikat.',
      nextStep:
        'Hämta ett: ”kort[ --instance {instance}] certificate download”, eller vänd dig till dem som gav ut kortet.',
    },
    en: {
      sentence: 'The card {card} in {reader} has no certificates.',
      nextStep:
        'Download one: "kort[ --instance {instance}] certificate download", or turn to whoever issued the card.',
    },
  },
  'cards.pin-blocked': {
    sv: {
      sentence: 'PIN-koden för legitimering på kortet {card} i {reader} är låst.',
      nextStep: 'Lås upp den med PUK-koden: ”kort[ --instance {instance}] unlock --puk”.',
    },
    en: {
      sentence: 'The PIN for logins of the card {card} in {reader} is locked.',
      nextStep: 'Unlock it with the PUK: "kort[ --instance {instance}] unlock --puk".',
    },
  },
  'cards.signature-pin-blocked': {
    sv: {
      sentence: 'PIN-koden för underskrift på kortet {card} i {reader} är låst.',
      nextStep: 'Lås upp den med PUK-koden: ”kort[ --instance {instance}] unlock --puk”.',
    },
    en: {
      sentence: 'The PIN for signatures of the card {card} in {reader} is locked.',
      nextStep: 'Unlock it with the PUK: "kort[ --instance {instance}] unlock --puk".',
    },
  },
  'cards.pin-low': {
    sv: {
      sentence: 'PIN-koden för legitimering på kortet {card} i {reader} har bara {attempts} försök kvar.',
      nextStep:
        'Är du säker på koden: använd den en gång, så får den alla försök tillbaka. Annars: ha PUK-koden till hands.',
    },
    en: {
      sentence: 'The PIN for logins of the card {card} in {reader} has only {attempts} {attempts|try|tries} left.',
      nextStep: 'If you are sure of it, use it once, and all tries are back. Otherwise have the PUK at hand.',
    },
  },
  'cards.signature-pin-low': {
    sv: {
      sentence: 'PIN-koden för underskrift på kortet {card} i {reader} har bara {attempts} försök kvar.',
      nextStep:
        'Är du säker på koden: använd den en gång, så får den alla försök tillbaka. Annars: ha PUK-koden till hands.',
    },
    en: {
      sentence: 'The PIN for signatures of the card {card} in {reader} has only {attempts} {attempts|try|tries} left.',
      nextStep: 'If you are sure of it, use it once, and all tries are back. Otherwise have the PUK at hand.',
    },
  },
  'cards.certificate-expired': {
    sv: {
      sentence: 'Certifikatet {fingerprint} på kortet {card} gick ut {date}.',
      nextStep: 'Hämta ett nytt: ”kort[ --instance {instance}] certificate download”.',
    },
    en: {
      sentence: 'The certificate {fingerprint} on the card {card} expired on {date}.',
      nextStep: 'Download a new one: "kort[ --instance {instance}] certificate download".',
    },
  },
  'cards.certificate-future': {
    sv: {
      sentence: 'Certifikatet {fingerprint} på kortet {card} gäller först från {date}.',
      nextStep: 'Kontrollera datorns datum. Stämmer det, vänta till dess eller vänd dig till dem som gav ut kortet.',
    },
    en: {
      sentence: 'The certificate {fingerprint} on the card {card} is valid only from {date}.',
      nextStep: "Check the computer's date. If that is right, wait until then, or turn to whoever issued the card.",
    },
  },
  'cards.certificate-revoked': {
    sv: {
      sentence: 'Certifikatet {fingerprint} på kortet {card} är spärrat av utfärdaren.',
      nextStep: 'Det går inte att använda längre. Vänd dig till dem som gav ut kortet.',
    },
    en: {
      sentence: 'The certificate {fingerprint} on the card {card} was revoked by its issuer.',
      nextStep: 'It can no longer be used. Turn to whoever issued the card.',
    },
  },
  'cards.certificate-no-level': {
    sv: {
      sentence:
        'Certifikatet {fingerprint} på kortet {card} har ingen känd tillitsnivå: utfärdaren {issuer} är inte inlagd.',
      nextStep: 'Be administratören lägga utfärdarens certifikat i /etc/kort/trust.d och starta om kortd.',
    },
    en: {
      sentence:
        'The certificate {fingerprint} on the card {card} has no known level: its issuer {issuer} is not configured.',
      nextStep: "Ask the administrator to put the issuer's certificate into /etc/kort/trust.d and to restart kortd.",
    },
  },
  'cards.twice': {
    sv: { sentence: 'Kortet i {reader} är samma kort som i {other}.', nextStep: '' },
    en: { sentence: 'The card in {reader} is the same as in {other}.', nextStep: '' },
  },
};
