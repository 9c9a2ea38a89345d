import type { InventoryEntry } from '../model/certificate-inventory.js';
import type { Language } from './language.js';

/** What `kort certificate inventory` says. */
export interface InventoryMessages {
  none: string;
  where: Readonly<Record<InventoryEntry['where'], string>>;
  onCard(card: string): string;
  key(name: string): string;
  signedWith(name: string): string;
  second(name: string): string;
  bits(count: number): string;
  use: Readonly<Record<InventoryEntry['use'][number], string>>;
  validUntil(date: string): string;
  quantum: Readonly<Record<InventoryEntry['quantumVulnerable'], string>>;
  summary(vulnerable: number, all: number): string;
  explanation: string;
}

const sv: InventoryMessages = {
  none: 'Inga certifikat eller nycklar att räkna upp: inget kort sitter i, och ingen tjänst är registrerad.',
  where: { card: 'på kort', issuer: 'utfärdare', 'relying-party': 'tjänst' },
  onCard: (card) => `på kortet ${card}`,
  key: (name) => `nyckel ${name}`,
  signedWith: (name) => `signerat med ${name}`,
  second: (name) => `dessutom ${name}`,
  bits: (count) => `${count} bitar`,
  use: {
    login: 'inloggning',
    signature: 'underskrift',
    encryption: 'kryptering',
    ca: 'utfärdande',
    'request-signing': 'tjänstens begäran',
  },
  validUntil: (date) => `till ${date}`,
  quantum: {
    yes: 'kvantdator: kan knäckas',
    hybrid: 'kvantdator: en del håller',
    no: 'kvantdator: håller',
    unknown: 'kvantdator: okänt',
  },
  summary: (vulnerable, all) => `${vulnerable} av ${all} kan knäckas av en framtida kvantdator.`,
  explanation: 'RSA och elliptiska kurvor knäcks av en stor kvantdator; ingen sådan finns i dag.',
};

const en: InventoryMessages = {
  none: 'No certificates or keys to list: no card is inserted, and no service is registered.',
  where: { card: 'on a card', issuer: 'issuer', 'relying-party': 'service' },
  onCard: (card) => `on the card ${card}`,
  key: (name) => `key ${name}`,
  signedWith: (name) => `signed with ${name}`,
  second: (name) => `besides ${name}`,
  bits: (count) => `${count} bits`,
  use: {
    login: 'logins',
    signature: 'signatures',
    encryption: 'encryption',
    ca: 'issuing',
    'request-signing': 'requests of the service',
  },
  validUntil: (date) => `until ${date}`,
  quantum: {
    yes: 'quantum computer: can be broken',
    hybrid: 'quantum computer: one part holds',
    no: 'quantum computer: holds',
    unknown: 'quantum computer: unknown',
  },
  summary: (vulnerable, all) => `${vulnerable} of ${all} can be broken by a future quantum computer.`,
  explanation: 'RSA and elliptic curves are broken by a large quantum computer; none exists today.',
};

/** By language. */
export const inventoryMessages: Readonly<Record<Language, InventoryMessages>> = { sv, en };
