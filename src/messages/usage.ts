import type { Language } from './language.js';

/** How a command line can be wrong; the arguments are what stands in it. */
export interface UsageMessages {
  unknownCommand(name: string): string;
  unknownOption(name: string): string;
  missingArgument(name: string): string;
  missingValue(option: string): string;
  requiredOption(option: string): string;
  invalidValue(value: string, name: string): string;
  /** Which is not repeated: it may be a code. */
  tooManyArguments: string;
  conflict(option: string, other: string): string;
  commandNeeded: string;
  suggestion(names: string): string;
  notANumber(lowest: number, highest: number): string;
  notHex: string;
  oneOf(values: string): string;
  notJson: string;
  terminalNeeded: string;
  /** Nothing can be piped in instead. */
  terminalOnly: string;
  unlockNeedsPuk: string;
  pinForm: string;
  dayForm: string;
  fingerprintForm: string;
  expiryIdForm: string;
  empty(name: string): string;
  controlCharacters: string;
  faultNeeds: Readonly<Record<'delay' | 'status' | 'status-after' | 'short', string>>;
  faultTakesNoValue(kind: string, value: string): string;
  faultTakesNoCommand(kind: string): string;
  other: string;
}

const sv: UsageMessages = {
  unknownCommand: (name) => `kommandot ”${name}” finns inte`,
  unknownOption: (name) => `flaggan ”${name}” finns inte`,
  missingArgument: (name) => `uppgiften ”${name}” saknas`,
  missingValue: (option) => `flaggan ”${option}” saknar sitt värde`,
  requiredOption: (option) => `flaggan ”${option}” måste anges`,
  invalidValue: (value, name) => `”${value}” duger inte för ”${name}”`,
  tooManyArguments: 'för många uppgifter',
  conflict: (option, other) => `”${option}” kan inte användas tillsammans med ”${other}”`,
  commandNeeded: 'ett underkommando saknas',
  suggestion: (names) => `menade du ${names}?`,
  notANumber: (lowest, highest) => `det ska vara ett heltal från ${lowest} till ${highest}`,
  notHex: 'det ska vara fyra hexadecimala siffror',
  oneOf: (values) => `välj bland ${values}`,
  notJson: 'filen innehåller inte JSON',
  dayForm: 'skriv ÅÅÅÅ-MM-DD, ÅÅÅÅ-MM eller none',
  fingerprintForm: 'skriv minst de fyra första tecknen, som ”kort certificate list” visar dem',
  expiryIdForm: 'skriv minst de fyra första tecknen, som ”kort expiry” visar dem',
  empty: (name) => `”${name}” får inte vara tomt`,
  controlCharacters: 'styrtecken får inte förekomma',
  faultNeeds: {
    delay: 'delay behöver ett värde, antalet millisekunder: delay 250',
    status: 'status behöver ett värde, fyra hexadecimala siffror: status 6f00',
    'status-after': 'status-after behöver ett värde, fyra hexadecimala siffror: status-after 6f00',
    short: 'short behöver ett värde, hur många byte av svaret som kommer fram: short 0 eller short 1',
  },
  faultTakesNoValue: (kind, value) =>
    `${kind} tar inget värde, men ”${value}” angavs (vilket kommando det gäller anges med --command)`,
  faultTakesNoCommand: (kind) => `--command har ingen betydelse för ${kind}`,
  terminalNeeded: 'kommandot behöver en terminal, eller --pin-stdin',
  terminalOnly: 'kommandot behöver en terminal',
  unlockNeedsPuk: 'ange hur kortet ska låsas upp: --puk',
  pinForm: 'välj authentication eller signature, eller ange kortets egen siffra, såsom 0x11',
  other: 'felaktig kommandorad',
};

const en: UsageMessages = {
  unknownCommand: (name) => `there is no command "${name}"`,
  unknownOption: (name) => `there is no option "${name}"`,
  missingArgument: (name) => `"${name}" is missing`,
  missingValue: (option) => `the option "${option}" needs a value`,
  requiredOption: (option) => `the option "${option}" is required`,
  invalidValue: (value, name) => `"${value}" is not valid for "${name}"`,
  tooManyArguments: 'too many arguments',
  conflict: (option, other) => `"${option}" cannot be used together with "${other}"`,
  commandNeeded: 'a subcommand is missing',
  suggestion: (names) => `did you mean ${names}?`,
  notANumber: (lowest, highest) => `it must be a whole number from ${lowest} to ${highest}`,
  notHex: 'it must be four hexadecimal digits',
  oneOf: (values) => `choose from ${values}`,
  notJson: 'the file does not contain JSON',
  dayForm: 'write YYYY-MM-DD, YYYY-MM or none',
  fingerprintForm: 'write at least its first four characters, as "kort certificate list" shows them',
  expiryIdForm: 'write at least its first four characters, as "kort expiry" shows them',
  empty: (name) => `"${name}" must not be empty`,
  controlCharacters: 'control characters are not allowed',
  faultNeeds: {
    delay: 'delay needs a value, the number of milliseconds: delay 250',
    status: 'status needs a value, four hexadecimal digits: status 6f00',
    'status-after': 'status-after needs a value, four hexadecimal digits: status-after 6f00',
    short: 'short needs a value, how many bytes of the answer arrive: short 0 or short 1',
  },
  faultTakesNoValue: (kind, value) =>
    `${kind} takes no value, but "${value}" was given (which command is meant is said by --command)`,
  faultTakesNoCommand: (kind) => `--command means nothing for ${kind}`,
  terminalNeeded: 'the command needs a terminal, or --pin-stdin',
  terminalOnly: 'the command needs a terminal',
  unlockNeedsPuk: 'say how to unlock the card: --puk',
  pinForm: "choose authentication or signature, or give the card's own number, such as 0x11",
  other: 'malformed command line',
};

/** By language. */
export const usageMessages: Readonly<Record<Language, UsageMessages>> = { sv, en };
