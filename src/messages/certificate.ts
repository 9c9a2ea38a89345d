import type { AssuranceLevel } from '../model/certificate.js';
import type { ChoiceRule, ExplainedCertificate } from '../model/certificate-choice.js';
import type { Purpose } from '../model/relying-party.js';
import type { RevocationState } from '../model/revocation.js';
import type { Language } from './language.js';

/** What the commands say that show certificates and choose between them. */
export interface CertificateMessages {
  none: string;
  validUntil(date: string, left: string): string;
  daysLeft(days: number): string;
  expired: string;
  notYetValid: string;
  preferred: string;
  onCard(label: string, reader: string): string;
  issuedBy(name: string): string;
  howToGoOn(instance: string): string;
  revocation: {
    checking: string;
    good(until: string): string;
    revoked(date: string): string;
    revokedIssuer(date: string): string;
    because(reason: string): string;
    unknown(why: string): string;
  };
  revocationUnknown: Readonly<Record<Extract<RevocationState, { status: 'unknown' }>['reason'], string>>;
  labels: Readonly<
    Record<
      | 'holder'
      | 'organization'
      | 'personId'
      | 'card'
      | 'cardNumber'
      | 'use'
      | 'level'
      | 'valid'
      | 'revocation'
      | 'key'
      | 'issuer'
      | 'subject'
      | 'serialNumber'
      | 'usage'
      | 'policies'
      | 'fingerprint'
      | 'order',
      string
    >
  >;
  use: Readonly<Record<Purpose | 'ca' | 'other', string>>;
  level: Readonly<Record<AssuranceLevel | 'none', string>>;
  fromTo(from: string, to: string, left: string): string;
  keyThere(type: string): string;
  keyMissing(type: string): string;
  comesFirst: string;
  exported(path: string): string;
  backupsNone: string;
  backupRemoved(card: string, time: string): string;
  canReturn(instance: string): string;
  cannotReturn: string;
  preferredNow: string;
  unpreferredNow: string;
  noRules: string;
  rule(what: string, where: string, source: string): string;
  rulePrefers: {
    fingerprint(digits: string): string;
    level(level: number): string;
    issuer(name: string): string;
    organization(name: string): string;
  };
  ruleFor(clientId: string): string;
  ruleForAll: string;
  rulePurpose: Readonly<Record<Purpose, string>>;
  ruleSource: Readonly<Record<ChoiceRule['source'], string>>;
  why(name: string, purpose: string): string;
  whyPurpose: Readonly<Record<Purpose, string>>;
  whyLevels(levels: string): string;
  chosen: string;
  asked: string;
  nothingFits: string;
  placedBy: Readonly<Record<ExplainedCertificate['placedBy'], string>>;
  rulesTitle: string;
  brokenRules(path: string, why: string): string;
}

const sv: CertificateMessages = {
  none: 'Inget certifikat på något kort som sitter i en läsare.',
  validUntil: (date, left) => `giltigt till ${date} (${left})`,
  daysLeft: (days) => (days === 1 ? '1 dag kvar' : `${days} dagar kvar`),
  expired: 'har gått ut',
  notYetValid: 'gäller inte än',
  preferred: 'används först',
  onCard: (label, reader) => `på kortet ${label} i ${reader}`,
  issuedBy: (name) => `utfärdat av ${name}`,
  howToGoOn: (instance) =>
    `Mer om ett certifikat: ”kort certificate show FINGERAVTRYCK${instance}”; de fyra första tecknen räcker om inget annat börjar likadant.`,
  revocation: {
    checking: 'spärr kontrolleras …',
    good: (until) => `inte spärrat (utfärdarens svar gäller till ${until})`,
    revoked: (date) => `SPÄRRAT ${date}`,
    revokedIssuer: (date) => `utfärdaren är SPÄRRAD sedan ${date}`,
    because: (reason) => `skäl: ${reason}`,
    unknown: (why) => `okänt om det är spärrat: ${why}`,
  },
  revocationUnknown: {
    'no-address': 'certifikatet säger inte var man frågar',
    'host-not-listed': 'adressen får inte användas härifrån',
    unreachable: 'utfärdarens server svarar inte',
    response: 'utfärdarens svar går inte att förstå',
    'not-valid': 'utfärdarens svar gäller inte nu',
    'not-known': 'utfärdaren känner inte till certifikatet',
  },
  labels: {
    holder: 'Innehavare',
    organization: 'Organisation',
    personId: 'Id',
    card: 'Kort',
    cardNumber: 'Kortnummer',
    use: 'Används till',
    level: 'Tillitsnivå',
    valid: 'Gäller',
    revocation: 'Spärr',
    key: 'Nyckel',
    issuer: 'Utfärdare',
    subject: 'Namnuppgifter',
    serialNumber: 'Serienummer',
    usage: 'Tillåtet bruk',
    policies: 'Policyer',
    fingerprint: 'Fingeravtryck',
    order: 'Ordning',
  },
  use: {
    auth: 'att logga in',
    sign: 'att skriva under',
    ca: 'att utfärda andra certifikat (det hör inte till någon person)',
    other: 'varken inloggning eller underskrift här',
  },
  level: {
    3: '3: godtas av tjänster som kräver nivå 3',
    2: '2: såsom på reservkort; tjänster som kräver nivå 3 godtar det inte',
    none: 'okänd: ingen utfärdare som litas på här står bakom det',
  },
  fromTo: (from, to, left) => `från ${from} till ${to} (${left})`,
  keyThere: (type) => `${type}, finns på kortet`,
  keyMissing: (type) => `${type}, finns inte på kortet eller kan inte användas till detta`,
  comesFirst: 'kommer först när flera passar, enligt en regel (”kort certificate why”)',
  exported: (path) => `Certifikatet är sparat i ${path}.`,
  backupsNone: 'Inget borttaget certifikat är sparat.',
  backupRemoved: (card, time) => `togs bort från ${card} ${time}`,
  canReturn: (instance) => `kan läggas tillbaka: ”kort certificate restore FINGERAVTRYCK${instance}”`,
  cannotReturn: 'kan inte läggas tillbaka: nyckeln togs också bort',
  preferredNow: 'Certifikatet kommer först från och med nu. Inget har ändrats på kortet.',
  unpreferredNow: 'Din regel är borttagen. Inget har ändrats på kortet.',
  noRules: 'Inga regler: det som användes senast för tjänsten väljs, annars gäller den vanliga ordningen.',
  rule: (what, where, source) => `${what} kommer först ${where} (${source})`,
  rulePrefers: {
    fingerprint: (digits) => `certifikatet ${digits}`,
    level: (level) => `tillitsnivå ${level}`,
    issuer: (name) => `utfärdaren ${name}`,
    organization: (name) => `organisationen ${name}`,
  },
  ruleFor: (clientId) => `för ${clientId}`,
  ruleForAll: 'för alla tjänster',
  rulePurpose: { auth: 'vid inloggning', sign: 'vid underskrift' },
  ruleSource: { system: 'administratörens regel', user: 'din regel' },
  why: (name, purpose) => `${name}, ${purpose}:`,
  whyPurpose: { auth: 'inloggning', sign: 'underskrift' },
  whyLevels: (levels) => `godtagna tillitsnivåer: ${levels}`,
  chosen: 'Det första väljs utan fråga.',
  asked: 'Du får välja, eftersom flera passar.',
  nothingFits: 'Inget certifikat på korten passar.',
  placedBy: {
    'rule-for-party': 'enligt regeln för tjänsten',
    'rule-for-all': 'enligt regeln för alla tjänster',
    usual: 'i vanlig ordning: innehavare, kort, hur länge det gäller',
    revoked: 'sist, eftersom det är spärrat',
  },
  rulesTitle: 'Regler:',
  brokenRules: (path, why) => `Reglerna i ${path} räknas inte: ${why}`,
};

const en: CertificateMessages = {
  none: 'No certificate on any inserted card.',
  validUntil: (date, left) => `valid until ${date} (${left})`,
  daysLeft: (days) => (days === 1 ? '1 day left' : `${days} days left`),
  expired: 'has expired',
  notYetValid: 'not valid yet',
  preferred: 'comes first',
  onCard: (label, reader) => `on the card ${label} in ${reader}`,
  issuedBy: (name) => `issued by ${name}`,
  howToGoOn: (instance) =>
    `More about one: "kort certificate show FINGERPRINT${instance}"; its first four characters are enough if no other begins with them.`,
  revocation: {
    checking: 'asking whether it is revoked ...',
    good: (until) => `not revoked (the issuer's answer is valid until ${until})`,
    revoked: (date) => `REVOKED ${date}`,
    revokedIssuer: (date) => `its issuer is REVOKED ${date}`,
    because: (reason) => `reason: ${reason}`,
    unknown: (why) => `unknown whether it is revoked: ${why}`,
  },
  revocationUnknown: {
    'no-address': 'the certificate does not say where to ask',
    'host-not-listed': 'the address must not be called from here',
    unreachable: "the issuer's server does not answer",
    response: "the issuer's answer cannot be understood",
    'not-valid': "the issuer's answer is not valid now",
    'not-known': 'the issuer does not know the certificate',
  },
  labels: {
    holder: 'Holder',
    organization: 'Organization',
    personId: 'Id',
    card: 'Card',
    cardNumber: 'Card number',
    use: 'Used for',
    level: 'Level',
    valid: 'Valid',
    revocation: 'Revocation',
    key: 'Key',
    issuer: 'Issuer',
    subject: 'Subject',
    serialNumber: 'Serial number',
    usage: 'Allowed use',
    policies: 'Policies',
    fingerprint: 'Fingerprint',
    order: 'Order',
  },
  use: {
    auth: 'logins',
    sign: 'signatures',
    ca: 'issuing other certificates (it belongs to no person)',
    other: 'neither logins nor signatures here',
  },
  level: {
    3: '3: accepted by services that ask for level 3',
    2: '2: as on reserve cards; services that ask for level 3 do not accept it',
    none: 'unknown: no issuer that is trusted here stands behind it',
  },
  fromTo: (from, to, left) => `from ${from} until ${to} (${left})`,
  keyThere: (type) => `${type}, on the card`,
  keyMissing: (type) => `${type}, not on the card, or cannot be used for this`,
  comesFirst: 'comes first where several fit, by a rule ("kort certificate why")',
  exported: (path) => `The certificate has been written to ${path}.`,
  backupsNone: 'No certificate that was removed is kept.',
  backupRemoved: (card, time) => `removed from ${card} ${time}`,
  canReturn: (instance) => `can be put back: "kort certificate restore FINGERPRINT${instance}"`,
  cannotReturn: 'cannot be put back: its key was removed too',
  preferredNow: 'The certificate comes first from now on. Nothing has been changed on the card.',
  unpreferredNow: 'Your rule is removed. Nothing has been changed on the card.',
  noRules: 'No rules: what was used last for the service is taken, otherwise the usual order counts.',
  rule: (what, where, source) => `${what} comes first ${where} (${source})`,
  rulePrefers: {
    fingerprint: (digits) => `the certificate ${digits}`,
    level: (level) => `level ${level}`,
    issuer: (name) => `the issuer ${name}`,
    organization: (name) => `the organization ${name}`,
  },
  ruleFor: (clientId) => `for ${clientId}`,
  ruleForAll: 'for all services',
  rulePurpose: { auth: 'at logins', sign: 'at signatures' },
  ruleSource: { system: "the administrator's rule", user: 'your rule' },
  why: (name, purpose) => `${name}, ${purpose}:`,
  whyPurpose: { auth: 'login', sign: 'signature' },
  whyLevels: (levels) => `accepted levels: ${levels}`,
  chosen: 'The first is taken without a question.',
  asked: 'You are asked, since several fit.',
  nothingFits: 'No certificate on the cards fits.',
  placedBy: {
    'rule-for-party': 'by the rule for the service',
    'rule-for-all': 'by the rule for all services',
    usual: 'in the usual order: holder, card, how long it is valid',
    revoked: 'last, since it is revoked',
  },
  rulesTitle: 'Rules:',
  brokenRules: (path, why) => `The rules in ${path} do not count: ${why}`,
};

/** By language. */
export const certificateMessages: Readonly<Record<Language, CertificateMessages>> = { sv, en };
