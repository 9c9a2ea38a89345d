import type { CardWriter } from '../card-application.js';
import { generateKeyPair } from './generate-key-pair.js';
import { removeCertificate } from './remove-certificate.js';
import { storeCertificate } from './store-certificate.js';
import type { WriterCommands } from './writer-commands.js';

/** Writes keys and certificates so that OpenSC finds, uses and changes them as its own. */
export function createPkcs15Writer(commands: WriterCommands): CardWriter {
  return {
    authorization: { kind: 'pin', pin: commands.pin },
    keySpecs: commands.keySpecs,
    generateKeyPair: (exchange, request) => generateKeyPair(exchange, commands, request),
    storeCertificate: (exchange, certificate) => storeCertificate(exchange, commands, certificate),
    removeCertificate: (exchange, certificate) => removeCertificate(exchange, commands, certificate),
  };
}
