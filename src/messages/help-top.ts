import type { Language } from './language.js';

/** What `kort --help` says, and what the help of every command has in common. Loaded alone for the former. */
export interface TopHelp {
  headings: Readonly<
    Record<'usage' | 'options' | 'commands' | 'arguments' | 'globalOptions' | 'examples' | HelpSection, string>
  >;
  placeholders: Readonly<Record<'options' | 'command', string>>;
  /** What stands in angle brackets for what the user fills in. */
  names: Readonly<Record<'instance' | 'language', string>>;
  program: string;
  /** Below the commands. */
  howToGoOn: string;
  options: Readonly<Record<'lang' | 'instance' | 'json' | 'noColor' | 'version' | 'help', string>>;
  commands: Readonly<Record<TopCommand | 'help', string>>;
}

/** Parts of the list of commands. */
export type HelpSection = 'daily' | 'look' | 'settings' | 'trial';

/** The first words of commands. */
export type TopCommand =
  | 'status'
  | 'ui'
  | 'prompt'
  | 'unlock'
  | 'pin'
  | 'expiry'
  | 'certificate'
  | 'history'
  | 'watch'
  | 'trace'
  | 'doctor'
  | 'daemon'
  | 'rp'
  | 'link'
  | 'open'
  | 'setting'
  | 'phrase'
  | 'completion'
  | 'sandbox';

const sv: TopHelp = {
  headings: {
    usage: 'Så här skriver du:',
    options: 'Flaggor:',
    commands: 'Kommandon:',
    arguments: 'Uppgifter:',
    globalOptions: 'Flaggor till alla kommandon:',
    examples: 'Exempel:',
    daily: 'Till vardags:',
    look: 'När något ska undersökas:',
    settings: 'Inställningar:',
    trial: 'För att prova, utan riktiga kort:',
  },
  placeholders: { options: '[flaggor]', command: '[kommando]' },
  names: { instance: 'namn', language: 'sv|en' },
  program: 'Logga in med kort: läsare, kort, tjänster som får fråga, och platsen där PIN-koden skrivs.',
  howToGoOn: 'Mer om ett kommando, med exempel: kort help KOMMANDO',
  options: {
    lang: 'språk (sv eller en); annars KORT_LANG, din inställning, LC_ALL, LC_MESSAGES, LANG',
    instance: 'vilken kortd som menas, om du kör flera',
    json: 'svara med JSON, för program',
    noColor: 'inga färger (även med NO_COLOR i miljön)',
    version: 'visa versionen',
    help: 'visa hjälp',
  },
  commands: {
    help: 'visa hjälp om ett kommando',
    status: 'visa läsare, kort, certifikat och återstående PIN-försök',
    ui: 'sköt kort, läsare och PIN-koder på hela skärmen, och svara på inloggningar där',
    prompt: 'gör den här terminalen till platsen där PIN-koden skrivs',
    unlock: 'lås upp en låst PIN-kod och sätt en ny',
    pin: 'kontrollera och byt kortens PIN-koder',
    expiry: 'visa vad som går ut: certifikat, utfärdare, kort och nycklar, och om klockan går fel',
    certificate: 'certifikaten på korten: visa, hämta, välja, ta bort, lägga tillbaka',
    history: 'visa, kontrollera och spara historiken om hur korten har använts',
    watch: 'visa vad som händer med läsare, kort och PIN-försök',
    trace: 'spela in kommandona till korten, utan koder, för felsökning',
    doctor: 'undersök vad som är fel på datorn, och skriv en rapport till supporten',
    daemon: 'starta, stoppa och fråga bakgrundsprogrammet kortd',
    rp: 'tjänster som får be om inloggning och underskrift',
    link: 'vilket program som öppnar länkar som börjar med kort:',
    open: 'fortsätt en inloggning eller underskrift som en länk (kort:) har börjat',
    setting: 'dina inställningar: språk, och hur kort frågar efter PIN-koden',
    phrase: 'din egen fras, som visas när kort frågar efter PIN-koden',
    completion: 'låt tabb-tangenten fylla i kommandon, i bash, zsh och fish',
    sandbox: 'virtuella läsare och kort, för prov och utveckling',
  },
};

const en: TopHelp = {
  headings: {
    usage: 'Usage:',
    options: 'Options:',
    commands: 'Commands:',
    arguments: 'Arguments:',
    globalOptions: 'Options of every command:',
    examples: 'Examples:',
    daily: 'Everyday:',
    look: 'To look into something:',
    settings: 'To set things up:',
    trial: 'To try it, without real cards:',
  },
  placeholders: { options: '[options]', command: '[command]' },
  names: { instance: 'name', language: 'sv|en' },
  program: 'Sign in with a card: readers, cards, services that may ask, and the place where the PIN is typed.',
  howToGoOn: 'More about a command, with examples: kort help COMMAND',
  options: {
    lang: 'language (sv or en); otherwise KORT_LANG, your setting, LC_ALL, LC_MESSAGES, LANG',
    instance: 'which kortd is meant, if you run several',
    json: 'answer with JSON, for programs',
    noColor: 'no colors (also with NO_COLOR in the environment)',
    version: 'show the version',
    help: 'show help',
  },
  commands: {
    help: 'show help for a command',
    status: 'show readers, cards, certificates and PIN tries left',
    ui: 'look after cards, readers and PINs on the whole screen, and answer logins there',
    prompt: 'make this terminal the place where the PIN is typed',
    unlock: 'unlock a PIN and set a new one',
    pin: 'check and change the PINs of cards',
    expiry: 'show what expires: certificates, issuers, cards and keys, and whether the clock is wrong',
    certificate: 'the certificates on the cards: show, download, choose, remove, put back',
    history: 'show, check and keep the record of what the cards were used for',
    watch: 'show what happens to readers, cards and PIN tries',
    trace: 'record the commands to the cards, without codes, to look into a fault',
    doctor: 'examine what is wrong on this computer, and write a report for the helpdesk',
    daemon: 'start, stop and ask the background program kortd',
    rp: 'services that may ask for logins and signatures (relying parties)',
    link: 'which program opens links that begin with kort:',
    open: 'go on with a login or signature that a link (kort:) began',
    setting: 'your settings: language, and how the PIN is asked for',
    phrase: 'your own phrase, which is shown when kort asks for the PIN',
    completion: 'let the Tab key fill in commands, in bash, zsh and fish',
    sandbox: 'virtual readers and cards, for trials and development',
  },
};

/** By language. */
export const topHelp: Readonly<Record<Language, TopHelp>> = { sv, en };
