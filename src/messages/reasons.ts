import type { ErrorFields } from '../core/errors.js';
import type { Language } from './language.js';
import { fillTemplate } from './template.js';

/**
 * What exactly is wrong, as a part of a sentence: the `reason` of an ERR_USAGE or ERR_CONFIG_INVALID. Templates: see
 * `template.ts`; `field` is a place in a file, such as `jwks.keys.0.kid`.
 */
const reasons = {
  fileMissing: { sv: 'filen finns inte', en: 'there is no such file' },
  fileIsFolder: { sv: 'det är en mapp', en: 'it is a folder' },
  fileTooLong: { sv: 'filen är längre än 256 KiB', en: 'the file is longer than 256 KiB' },
  fileDenied: { sv: 'du får inte läsa filen', en: 'you may not read the file' },
  fileUnreadable: { sv: 'filen går inte att läsa', en: 'the file cannot be read' },
  fileUnwritable: { sv: 'filen går inte att skriva', en: 'the file cannot be written' },
  outputExists: {
    sv: 'filen {name} finns redan (--yes skriver över den)',
    en: 'the file {name} is there already (--yes overwrites it)',
  },
  outputUnwritable: { sv: 'filen {name} går inte att skriva', en: 'the file {name} cannot be written' },
  fileUntrusted: {
    sv: 'andra än du och administratören kan ändra filen eller en mapp ovanför den',
    en: 'others than you and the administrator can change the file or a folder above it',
  },
  moduleLoop: { sv: 'modulen skulle leda tillbaka hit', en: 'the module would lead back here' },
  fileNotJson: { sv: 'filen innehåller inte giltig JSON', en: 'the file does not contain valid JSON' },
  folderBlocked: {
    sv: 'här behövs en mapp, men det ligger en fil i vägen',
    en: 'a folder is needed here, but there is a file in the way',
  },
  folderDenied: { sv: 'du får inte använda mappen', en: 'you may not use the folder' },
  folderUnusable: { sv: 'mappen går inte att använda', en: 'the folder cannot be used' },
  entryForm: { sv: 'filen ska innehålla ett JSON-objekt', en: 'the file must contain a JSON object' },
  fieldMissing: { sv: 'uppgiften {field} saknas', en: 'the field {field} is missing' },
  fieldUnknown: { sv: 'uppgiften {field} är okänd', en: 'the field {field} is unknown' },
  fieldTwice: {
    sv: 'uppgiften {field} innehåller samma sak två gånger',
    en: 'the field {field} contains the same thing twice',
  },
  fieldForm: { sv: 'uppgiften {field} har fel form', en: 'the field {field} has the wrong form' },
  keyAlgorithm: { sv: 'nyckeln {field} passar inte till sin alg', en: 'the key {field} does not fit its alg' },
  keyUnfit: {
    sv: '{field} är ingen publik nyckel på minst 2048 bitar eller på P-256 eller P-384',
    en: '{field} is no public key of at least 2048 bits or on P-256 or P-384',
  },
  keyPrivate: {
    sv: 'VARNING: {field} är en PRIVAT nyckel, som aldrig får lämnas ut: ta bort den ur filen och byt ut nyckelparet mot ett nytt',
    en: 'WARNING: {field} is a PRIVATE key, which must never be given away: remove it from the file and replace the key pair with a new one',
  },
  originForm: {
    sv: '{field} är ingen exakt webbplats med https, utan sökväg',
    en: '{field} is no exact web site with https, without a path',
  },
  originNeeded: {
    sv: 'origins måste ha minst en webbplats för page, redirect och scheme (scheme klarar sig utan när unbound är true)',
    en: 'origins must have at least one web site for page, redirect and scheme (scheme does without when unbound is true)',
  },
  historyNotAnEntry: { sv: 'raden är ingen post', en: 'the line is no entry' },
  historySequence: { sv: 'poster saknas eller har bytt plats', en: 'entries are missing or have changed places' },
  historyHash: { sv: 'raden före är ändrad', en: 'the previous line was changed' },
  historyCut: { sv: 'de sista posterna saknas', en: 'the last entries are missing' },
  historyHead: {
    sv: 'historikens kontrollsumma saknas, är ändrad eller hör inte till de här posterna',
    en: 'the head of the history is missing, changed, or not of these entries',
  },
  historySeal: {
    sv: 'en förseglad del saknas, är ändrad eller hör inte hit',
    en: 'a sealed part is missing, changed, or not the one that belongs here',
  },
  historyWrittenDown: {
    sv: 'posten som du skrev upp kontrollsumman av finns inte, eller är en annan',
    en: 'the entry whose head you wrote down is not there, or is another one',
  },
  keysMissing: { sv: 'nycklar saknas: ange jwks eller jwks_uri', en: 'there are no keys: give jwks or jwks_uri' },
  keysTwice: { sv: 'ange jwks eller jwks_uri, inte båda', en: 'give jwks or jwks_uri, not both' },
  pinsNeeded: {
    sv: 'jwks_uri kräver pins: SHA-256 av serverns publika nyckel',
    en: "jwks_uri needs pins: SHA-256 of the server's public key",
  },
  addressForm: {
    sv: '{field} är ingen fullständig adress med https, utan användare och fragment',
    en: '{field} is no complete address with https, without user and fragment',
  },
  endpointNeeded: {
    sv: 'uppgiften {field} behövs för redirect och scheme',
    en: 'the field {field} is needed for redirect and scheme',
  },
  unboundUser: {
    sv: 'bara administratören kan registrera unbound',
    en: 'only the administrator can register unbound',
  },
  unboundScheme: { sv: 'unbound gäller bara startsättet scheme', en: 'unbound is for the launcher scheme only' },
  pathForm: { sv: '{field} är ingen fullständig sökväg', en: '{field} is no absolute path' },
  pinForm: { sv: '{field} är ingen SHA-256 i base64', en: '{field} is no SHA-256 in base64' },
  entryConflict: {
    sv: '{detail} är redan registrerat av en annan fil',
    en: '{detail} is registered by another file already',
  },
  issuerNotTest: {
    sv: 'i din egen mapp godtas bara utfärdare vars namn börjar med TEST',
    en: 'your own folder may only hold issuers whose names begin with TEST',
  },
  certificateUnreadable: { sv: 'certifikatet går inte att läsa', en: 'the certificate cannot be read' },
  programNotExecutable: { sv: 'filen går inte att köra', en: 'the file cannot be run' },
  noCertificates: { sv: 'filen innehåller inga certifikat', en: 'the file contains no certificates' },
  rulesTooMany: { sv: 'det finns fler än 200 regler', en: 'there are more than 200 rules' },
  ruleEmpty: {
    sv: '{field} måste ange fingerprint, level, issuer eller organization',
    en: '{field} must name fingerprint, level, issuer or organization',
  },
  pageOrigin: {
    sv: '{field} ligger inte på någon av tjänstens webbplatser (origins)',
    en: "{field} is on none of the service's web sites (origins)",
  },
  pageRedirects: {
    sv: '{field} leder vidare till en annan adress: ange inloggningssidans egen med --page',
    en: '{field} leads on to another address: give that of the login page itself with --page',
  },
  pageStatus: {
    sv: '{field} gav ingen sida: ange inloggningssidans adress med --page',
    en: '{field} gave no page: give the address of the login page with --page',
  },
  pageFramable: {
    sv: "{field} kan visas inuti andra webbsidor: skicka Content-Security-Policy: frame-ancestors 'none'",
    en: "{field} can be shown inside other web pages: send Content-Security-Policy: frame-ancestors 'none'",
  },
  pageReferrer: {
    sv: '{field} hindrar webbläsaren från att tala om varifrån inloggningen startas: skicka Referrer-Policy: origin',
    en: '{field} keeps the browser from telling where the login is started: send Referrer-Policy: origin',
  },
  remoteDns: { sv: '[{field}: ]serverns namn är okänt', en: '[{field}: ]the name of the server is unknown' },
  remoteRefused: { sv: '[{field}: ]ingen svarar på adressen', en: '[{field}: ]nobody answers at the address' },
  remoteTimeout: { sv: '[{field}: ]inget svar kom i tid', en: '[{field}: ]no answer came in time' },
  remoteClosed: { sv: '[{field}: ]servern bröt förbindelsen', en: '[{field}: ]the server closed the connection' },
  remoteUntrusted: {
    sv: '[{field}: ]certifikatet kommer inte från någon som datorn litar på',
    en: '[{field}: ]the certificate comes from nobody whom this computer trusts',
  },
  remotePin: {
    sv: '[{field}: ]certifikatet har ingen av nycklarna i pins',
    en: '[{field}: ]the certificate has none of the keys in pins',
  },
  remoteExpired: {
    sv: '[{field}: ]certifikatet gäller inte längre, eller inte än',
    en: '[{field}: ]the certificate is valid no longer, or not yet',
  },
  remoteName: {
    sv: '[{field}: ]certifikatet hör till en annan server',
    en: '[{field}: ]the certificate belongs to another server',
  },
  remoteProtocol: {
    sv: '[{field}: ]servern talar inte TLS 1.2 eller 1.3',
    en: '[{field}: ]the server does not speak TLS 1.2 or 1.3',
  },
  remotePlain: {
    sv: '[{field}: ]adressen skulle anropas utan kryptering',
    en: '[{field}: ]the address would be called without encryption',
  },
  remoteTooLong: { sv: '[{field}: ]svaret är för långt', en: '[{field}: ]the answer is too long' },
  remoteMalformed: { sv: '[{field}: ]svaret går inte att förstå', en: '[{field}: ]the answer cannot be understood' },
  issuedUnreadable: { sv: 'det går inte att läsa', en: 'it cannot be read' },
  issuedKey: { sv: 'det är gjort för en annan nyckel', en: 'it is made for another key' },
  issuedPerson: { sv: 'det är en annan persons', en: "it is another person's" },
  issuedCard: { sv: 'det är till för ett annat kort', en: 'it is for another card' },
  issuedCa: { sv: 'det är en utfärdares och ingen persons', en: "it is an issuer's and no person's" },
  issuedUsage: {
    sv: 'det är till för varken inloggning eller underskrift',
    en: 'it is for neither logins nor signatures',
  },
  issuedUntrusted: {
    sv: 'ingen utfärdare som litas på här står bakom det',
    en: 'no issuer that is trusted here stands behind it',
  },
  issuedNotYetValid: { sv: 'det gäller inte än', en: 'it is not valid yet' },
  issuedExpired: { sv: 'det har gått ut', en: 'it has expired' },
  issuedLevel: { sv: 'det har en annan tillitsnivå än utlovat', en: 'it has another assurance level than promised' },
  cardCardNumber: { sv: 'det är till för ett annat kortnummer', en: 'it is for another card number' },
  cardPerson: { sv: 'kortet är en annan persons', en: "the card is another person's" },
  cardSignedIn: {
    sv: 'kortet som du loggade in med sitter inte i längre',
    en: 'the card that you signed in with is no longer inserted',
  },
  cardRenewed: {
    sv: 'det certifikat som ersätts finns inte på kortet',
    en: 'the certificate that it takes the place of is not on the card',
  },
  cardOther: {
    sv: 'det är ett annat kort av samma slag',
    en: 'it is another card of the same kind',
  },
  unfinishedCardInserted: {
    sv: 'dess kort sitter i läsaren, så den kan fortsättas eller ges upp',
    en: 'its card is inserted, so that it can be gone on with or given up',
  },
  unfinishedIssued: {
    sv: 'utfärdaren har redan gjort certifikatet, så det ges upp bara med --discard --even-issued',
    en: 'the issuer has made the certificate already, so that only --discard --even-issued gives it up',
  },
  unfinishedStored: {
    sv: 'det nya certifikatet finns på kortet och fungerar, och bara städningen återstår',
    en: 'the new certificate is on the card and works, and only the tidying up is left',
  },
  unsupportedWriting: {
    sv: 'inget program här kan skriva till det, eftersom korttillverkarens modul inte är installerad',
    en: "nothing here can write to it, since the card maker's module is not installed",
  },
  proofSignature: { sv: 'dess nyckel hör inte till det', en: 'its key does not belong to it' },
  proofNotStored: { sv: 'kortet visar det inte', en: 'the card does not show it' },
  requestUsed: { sv: 'den är redan hämtad', en: 'it has been fetched already' },
  requestRefused: {
    sv: 'tjänstens server svarade nej[, HTTP {status}]',
    en: "the service's server refused[, HTTP {status}]",
  },
  requestUnregistered: { sv: 'ingen adress är registrerad för den', en: 'no address is registered for it' },
  requestExpired: { sv: 'den är för gammal', en: 'it is too old' },
  requestIssuedInFuture: { sv: 'dess tid har inte kommit än', en: 'its time has not come yet' },
  deliveryRefused: {
    sv: 'tjänstens server svarade nej[, HTTP {status}]',
    en: "the service's server refused[, HTTP {status}]",
  },
  deliveryUnregistered: { sv: 'ingen adress är registrerad för det', en: 'no address is registered for it' },
  deliveryRedirectUri: {
    sv: 'adressen att gå vidare till hör inte till tjänsten',
    en: 'the address to go on to does not belong to the service',
  },
  deliveryNoRedirectUri: {
    sv: 'tjänsten sade inte vart webbläsaren ska gå vidare',
    en: 'the service did not say where the browser goes on to',
  },
  trustLeafIsCa: { sv: 'det är en utfärdares och ingen persons', en: "it is an issuer's and no person's" },
  trustCriticalExtension: {
    sv: 'det ställer villkor som är okända här',
    en: 'it sets conditions that are unknown here',
  },
  trustWeakKey: { sv: 'dess nyckel är för svag', en: 'its key is too weak' },
  trustIssuerUnknown: { sv: 'utfärdaren är okänd här', en: 'its issuer is unknown here' },
  trustIssuerUnfit: { sv: 'utfärdaren får inte ge ut det', en: 'its issuer must not issue it' },
  trustAnchorUnknown: {
    sv: 'ingen rot som litas på här står bakom det',
    en: 'no root that is trusted here stands behind it',
  },
  trustNotYetValid: { sv: 'det gäller inte än', en: 'it is not valid yet' },
  trustExpired: { sv: 'det har gått ut', en: 'it has expired' },
  trustMalformed: { sv: 'det går inte att läsa', en: 'it cannot be read' },
  trustNotForAuthentication: { sv: 'det är inte till för legitimering', en: 'it is not for authentication' },
  trustIssuerNotAsked: { sv: 'tjänsten bad om en annan utfärdare', en: 'the service asked for another issuer' },
  revocationNoAddress: {
    sv: 'certifikatet säger inte var man frågar',
    en: 'the certificate does not say where to ask',
  },
  revocationHostNotListed: { sv: 'servern får inte tillfrågas härifrån', en: 'the server must not be asked from here' },
  revocationUnreachable: { sv: 'utfärdarens server svarar inte', en: "the issuer's server does not answer" },
  revocationResponse: { sv: 'utfärdarens svar går inte att förstå', en: "the issuer's answer cannot be understood" },
  revocationNotValid: { sv: 'utfärdarens svar gäller inte nu', en: "the issuer's answer is not valid now" },
  revocationNotKnown: {
    sv: 'utfärdaren känner inte till certifikatet',
    en: 'the issuer does not know the certificate',
  },
  diskFull: { sv: 'disken är full', en: 'the disk is full' },
  diskReadOnly: { sv: 'disken går inte att skriva på', en: 'the disk cannot be written to' },
  pinEmpty: { sv: 'ingen PIN-kod på standard in', en: 'no PIN on standard input' },
  pinTerminal: {
    sv: '--pin-stdin läser inte från en terminal, där koden skulle synas',
    en: '--pin-stdin does not read from a terminal, where the PIN would be seen',
  },
  pinTooLong: {
    sv: 'raden på standard in är för lång för en PIN-kod',
    en: 'the line on standard input is too long for a PIN',
  },
  pinLineMissing: {
    sv: 'standard in ska ha en rad för varje kod, i den ordning som kommandots hjälp anger',
    en: 'standard input must have one line for each code, in the order that the help of the command says',
  },
  pinUnreadable: { sv: 'standard in går inte att läsa', en: 'standard input cannot be read' },
  instanceName: {
    sv: 'namnet efter --instance ska ha 1 till 32 tecken av a-z, 0-9 och bindestreck (och inte vara run)',
    en: 'the name after --instance must have 1 to 32 characters of a-z, 0-9 and hyphen (and not be run)',
  },
  linkForm: {
    sv: 'den ska vara kort://start med client_id och ref, och inget mer',
    en: 'it must be kort://start with client_id and ref, and nothing more',
  },
  linkClientId: { sv: 'uppgiften client_id har fel form', en: 'client_id has the wrong form' },
  linkRef: { sv: 'uppgiften ref har fel form', en: 'ref has the wrong form' },
  readerNameTaken: { sv: 'det finns redan en läsare som heter {name}', en: 'there is a reader named {name} already' },
  readerNameUnfit: {
    sv: 'läsarens namn ska ha 1 till 127 byte och inga styrtecken',
    en: 'the name of the reader must have 1 to 127 bytes and no control characters',
  },
  readersTooMany: {
    sv: 'det finns redan 16 läsare, och fler kan PC/SC inte ha',
    en: 'there are 16 readers already, and PC/SC cannot have more',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** One of the reasons that have a text. */
export type Reason = keyof typeof reasons;

/** Every reason that has a text. */
export const reasonNames = Object.keys(reasons) as readonly Reason[];

/** The text of the `reason` in these fields; undefined when there is none that we know. */
export function reasonText(language: Language, fields: ErrorFields): string | undefined {
  const { reason } = fields;
  if (typeof reason !== 'string' || !Object.hasOwn(reasons, reason)) return undefined;
  return fillTemplate(reasons[reason as Reason][language], fields);
}

/** Errors whose `reason` is a word of their own; what stands before it here. */
const prefixes: readonly (readonly [code: string, prefix: string])[] = [
  ['ERR_REMOTE_', 'remote'],
  ['ERR_ISSUER_CERTIFICATE', 'issued'],
  ['ERR_DOWNLOAD_CARD', 'card'],
  ['ERR_DOWNLOAD_PROOF', 'proof'],
  ['ERR_DOWNLOAD_UNFINISHED', 'unfinished'],
  ['ERR_TOKEN_OPERATION_UNSUPPORTED', 'unsupported'],
  ['ERR_HISTORY_DAMAGED', 'history'],
  ['ERR_OOB_REQUEST_FAILED', 'request'],
  ['ERR_OOB_DELIVERY_FAILED', 'delivery'],
  ['ERR_VERIFY_CERTIFICATE', 'trust'],
  ['ERR_VERIFY_REVOCATION_UNKNOWN', 'revocation'],
];

/** The name here of a `reason` of an error, such as `too-long` of an ERR_REMOTE_…; undefined for errors without such. */
export function reasonName(code: string, reason: string): string | undefined {
  const prefix = prefixes.find(([start]) => code.startsWith(start))?.[1];
  if (prefix === undefined) return undefined;
  return prefix + capitalized(reason);
}

/** The name here of a `reason` of an ERR_REMOTE_… error, such as `too-long`. */
export function remoteReason(reason: string): string {
  return `remote${capitalized(reason)}`;
}

/** `TooLong` of `too-long`. */
const capitalized = (reason: string): string =>
  `-${reason}`.replaceAll(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase());
