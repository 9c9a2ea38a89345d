import type { Language } from './language.js';

/** What the manual pages say besides the texts of the help. */
export interface ManualMessages {
  headings: Readonly<
    Record<
      | 'name'
      | 'synopsis'
      | 'description'
      | 'commands'
      | 'arguments'
      | 'options'
      | 'globalOptions'
      | 'examples'
      | 'exitStatus'
      | 'environment'
      | 'files'
      | 'seeAlso',
      string
    >
  >;
  command: string;
  daemonSummary: string;
  daemonText: string;
  moreIn(page: string): string;
  /** By exit status. */
  exitStatus: Readonly<Record<'0' | '1' | '2' | '3' | '4' | '5' | '6' | '7', string>>;
  environment: Readonly<Record<'KORT_LANG' | 'NO_COLOR' | 'KORT_SCREEN_READER' | 'XDG_RUNTIME_DIR', string>>;
  files: Readonly<Record<'config' | 'state' | 'runtime', string>>;
}

const sv: ManualMessages = {
  headings: {
    name: 'NAMN',
    synopsis: 'ÖVERSIKT',
    description: 'BESKRIVNING',
    commands: 'KOMMANDON',
    arguments: 'UPPGIFTER',
    options: 'FLAGGOR',
    globalOptions: 'FLAGGOR TILL ALLA KOMMANDON',
    examples: 'EXEMPEL',
    exitStatus: 'SLUTSTATUS',
    environment: 'MILJÖVARIABLER',
    files: 'FILER',
    seeAlso: 'SE ÄVEN',
  },
  command: 'KOMMANDO',
  daemonSummary: 'bakgrundsprogrammet som talar med läsare och kort',
  daemonText:
    'kortd körs som den som är inloggad, talar med läsarna och svarar på två ställen: en privat sockel för kort(1), och 127.0.0.1 och ::1 för inloggning från webbläsaren. Det startas av ”kort daemon start” eller av systemets tjänsthanterare, och stoppas av ”kort daemon stop” eller SIGTERM.',
  moreIn: (page) => `se ${page}`,
  exitStatus: {
    0: 'utfört',
    1: 'något oväntat',
    2: 'kommandoraden, en fil eller ett namn duger inte',
    3: 'ingen läsare eller inget kort som går att använda',
    4: 'fel PIN-kod, eller PIN-koden är spärrad',
    5: 'nekat, eller avbrutet',
    6: 'en tjänst på nätet svarade inte som den skulle',
    7: 'kortd, eller sandlådan, är inte igång',
  },
  environment: {
    KORT_LANG: 'språk (sv eller en), före inställningen och systemets språk',
    NO_COLOR: 'inga färger',
    KORT_SCREEN_READER: '1: ”kort ui” skriver rad för rad',
    XDG_RUNTIME_DIR: 'där kortd har sin sockel; XDG_STATE_HOME och XDG_CONFIG_HOME följs också',
  },
  files: {
    config: 'inställningar och registrerade tjänster',
    state: 'historik, säkerhetskopior och logg, en mapp för varje instans',
    runtime: 'sockeln som kort och kortd talar över',
  },
};

const en: ManualMessages = {
  headings: {
    name: 'NAME',
    synopsis: 'SYNOPSIS',
    description: 'DESCRIPTION',
    commands: 'COMMANDS',
    arguments: 'ARGUMENTS',
    options: 'OPTIONS',
    globalOptions: 'OPTIONS OF EVERY COMMAND',
    examples: 'EXAMPLES',
    exitStatus: 'EXIT STATUS',
    environment: 'ENVIRONMENT',
    files: 'FILES',
    seeAlso: 'SEE ALSO',
  },
  command: 'COMMAND',
  daemonSummary: 'the background program that talks to readers and cards',
  daemonText:
    'kortd runs as whoever is signed in, talks to the readers and answers in two places: a private socket for kort(1), and 127.0.0.1 and ::1 for logins from the browser. It is started by "kort daemon start" or by the service manager of the system, and stopped by "kort daemon stop" or SIGTERM.',
  moreIn: (page) => `see ${page}`,
  exitStatus: {
    0: 'done',
    1: 'something unexpected',
    2: 'the command line, a file or a name is not valid',
    3: 'no reader or card that can be used',
    4: 'wrong PIN, or the PIN is locked',
    5: 'refused, or cancelled',
    6: 'a service on the network failed',
    7: 'kortd, or the sandbox, is not running',
  },
  environment: {
    KORT_LANG: 'language (sv or en), before the setting and the language of the system',
    NO_COLOR: 'no colors',
    KORT_SCREEN_READER: '1: "kort ui" writes line by line',
    XDG_RUNTIME_DIR: 'where kortd has its socket; XDG_STATE_HOME and XDG_CONFIG_HOME are followed too',
  },
  files: {
    config: 'settings and registered services',
    state: 'history, backups and log, a folder for each instance',
    runtime: 'the socket that kort and kortd talk over',
  },
};

/** By language. */
export const manualMessages: Readonly<Record<Language, ManualMessages>> = { sv, en };
