import type { Language } from './language.js';

/** What `kort sandbox demo` says. */
export interface DemoMessages {
  intro: string;
  pinIs(pin: string): string;
  /** What the invented service writes in the prompt. */
  bindingMessage(pin: string): string;
  verified: string;
  subject: string;
  level: string;
  relyingParty: string;
  commands: string;
  time: string;
  split(start: number, user: number, card: number, verify: number): string;
}

const sv: DemoMessages = {
  intro: 'En sandlåda startas, och en påhittad tjänst ber om inloggning.',
  pinIs: (pin) => `Det virtuella kortets PIN-kod är ${pin}.`,
  bindingMessage: (pin) => `Sandlåda: kortets PIN-kod är ${pin}.`,
  verified: 'Inloggningen är klar och svaret är kontrollerat.',
  subject: 'Inloggad',
  level: 'Tillitsnivå',
  relyingParty: 'Tjänst',
  commands: 'Kortkommandon från PIN-kod till underskrift',
  time: 'Tid',
  split: (start, user, card, verify) => `start ${start}, användaren ${user}, kortet ${card}, kontroll ${verify}`,
};

const en: DemoMessages = {
  intro: 'A sandbox is started, and an invented service asks for a login.',
  pinIs: (pin) => `The PIN of the virtual card is ${pin}.`,
  bindingMessage: (pin) => `Sandbox: the PIN of the card is ${pin}.`,
  verified: 'The login is done and the answer has been verified.',
  subject: 'Signed in',
  level: 'Assurance level',
  relyingParty: 'Service',
  commands: 'Card commands from PIN entry to signature',
  time: 'Time',
  split: (start, user, card, verify) => `start ${start}, user ${user}, card ${card}, verification ${verify}`,
};

/** By language. */
export const demoMessages: Readonly<Record<Language, DemoMessages>> = { sv, en };
