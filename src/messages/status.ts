import type { Purpose } from '../model/relying-party.js';
import type { Language } from './language.js';

/** What `kort status` says. */
export interface StatusMessages {
  daemon(instance: string, version: string): string;
  sandbox: string;
  listening(port: number): string;
  notListening(port: number): string;
  /** `instance` unless it is the ordinary one. */
  surfaces(count: number, instance?: string): string;
  /** Instead of all that a daemon with logins tells. */
  hardwareOnly(instance?: string): string;
  orders(count: number): string;
  unfinishedDownloads(count: number, instance?: string): string;
  skippedFiles(count: number, instance?: string): string;
  service: Readonly<Record<'starting' | 'available' | 'absent' | 'missing', string>>;
  noReaders: string;
  reader(name: string): string;
  noCard: string;
  reading: string;
  sharedCard: string;
  exclusiveCard: string;
  card(label: string, product: string, serial: string): string;
  pin: Readonly<Record<'authentication' | 'signature', string>>;
  attempts(count: number): string;
  attemptsUnknown: string;
  blocked: string;
  level(level: number): string;
  noLevel: string;
  validUntil(date: string): string;
  purpose: Readonly<Record<Purpose, string>>;
  notUsable: string;
}

const named = (instance: string | undefined): string => (instance === undefined ? '' : ` --instance ${instance}`);

const sv: StatusMessages = {
  daemon: (instance, version) => `kortd ${version} är igång (instans ${instance})`,
  sandbox: 'Detta är en sandlåda: läsarna och korten är virtuella.',
  listening: (port) => `Inloggning från webbläsaren: på, port ${port}`,
  notListening: (port) => `Inloggning från webbläsaren: av (port ${port})`,
  surfaces: (count, instance) =>
    count === 0
      ? `Ingen plats för PIN-koden är öppen: kör ”kort prompt${named(instance)}”`
      : `Öppna platser för PIN-koden: ${count}`,
  hardwareOnly: (instance) =>
    `Här finns bara virtuella läsare och kort, inga inloggningar: se ”kort sandbox list${named(instance)}”`,
  orders: (count) => `Pågående inloggningar: ${count}`,
  unfinishedDownloads: (count, instance) =>
    `Oavslutade hämtningar av certifikat: ${count}. Fortsätt med ”kort certificate download${named(instance)}”`,
  skippedFiles: (count, instance) =>
    `Filer med inställningar som inte används: ${count}. ”kort doctor${named(instance)} --check settings” visar vilka, och varför`,
  service: {
    starting: 'Kortläsartjänsten kontaktas …',
    available: 'Kortläsartjänsten svarar',
    absent: 'Kortläsartjänsten svarar inte',
    missing: 'Programbiblioteket för kortläsare är inte installerat',
  },
  noReaders: 'Ingen kortläsare är ansluten.',
  reader: (name) => `Läsare: ${name}`,
  noCard: 'inget kort',
  reading: 'kortet läses …',
  sharedCard: 'ett annat program använder också kortet',
  exclusiveCard: 'ett annat program har kortet för sig självt',
  card: (label, product, serial) => `Kort: ${label} (${product}, nr ${serial})`,
  pin: { authentication: 'PIN-kod för legitimering', signature: 'PIN-kod för underskrift' },
  attempts: (count) => `${count} försök kvar`,
  attemptsUnknown: 'antal försök okänt',
  blocked: 'låst',
  level: (level) => `tillitsnivå ${level}`,
  noLevel: 'ingen känd tillitsnivå',
  validUntil: (date) => `giltigt till ${date}`,
  purpose: { auth: 'för legitimering', sign: 'för underskrift' },
  notUsable: 'kan inte användas',
};

const en: StatusMessages = {
  daemon: (instance, version) => `kortd ${version} is running (instance ${instance})`,
  sandbox: 'This is a sandbox: the readers and cards are virtual.',
  listening: (port) => `Login from the browser: on, port ${port}`,
  notListening: (port) => `Login from the browser: off (port ${port})`,
  surfaces: (count, instance) =>
    count === 0
      ? `No place for the PIN is open: run "kort prompt${named(instance)}"`
      : `Open places for the PIN: ${count}`,
  hardwareOnly: (instance) =>
    `Only virtual readers and cards run here, no logins: see "kort sandbox list${named(instance)}"`,
  orders: (count) => `Logins under way: ${count}`,
  unfinishedDownloads: (count, instance) =>
    `Downloads of certificates that are not finished: ${count}. Go on with "kort certificate download${named(instance)}"`,
  skippedFiles: (count, instance) =>
    `Settings files that are not used: ${count}. "kort doctor${named(instance)} --check settings" shows which, and why`,
  service: {
    starting: 'Asking the smart card service ...',
    available: 'The smart card service answers',
    absent: 'The smart card service does not answer',
    missing: 'The library for card readers is not installed',
  },
  noReaders: 'No card reader is connected.',
  reader: (name) => `Reader: ${name}`,
  noCard: 'no card',
  reading: 'reading the card ...',
  sharedCard: 'another program uses the card too',
  exclusiveCard: 'another program keeps the card to itself',
  card: (label, product, serial) => `Card: ${label} (${product}, no. ${serial})`,
  pin: { authentication: 'PIN for authentication', signature: 'PIN for signature' },
  attempts: (count) => (count === 1 ? '1 try left' : `${count} tries left`),
  attemptsUnknown: 'tries left unknown',
  blocked: 'locked',
  level: (level) => `assurance level ${level}`,
  noLevel: 'no known assurance level',
  validUntil: (date) => `valid until ${date}`,
  purpose: { auth: 'for logins', sign: 'for signatures' },
  notUsable: 'cannot be used',
};

/** By language. */
export const statusMessages: Readonly<Record<Language, StatusMessages>> = { sv, en };
