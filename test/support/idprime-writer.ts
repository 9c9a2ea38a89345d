import { createPublicKey, type KeyObject } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { findTlv } from '../../src/core/ber-tlv.js';

/*
 * Another program that writes to an IDPrime card, in raw commands: what it knows of the file system is its own, and not
 * that of the virtual card or the driver. The card must have the applet selected and the user PIN verified.
 */

/** Sends hexadecimal; throws where the power goes. */
export type Exchange = (command: string) => { readonly data: string; readonly sw: string };

export interface IndexEntry {
  readonly fid: string;
  readonly size: number;
  readonly name: string;
  readonly directory: string;
}

export class PowerLost extends Error {}

/** As `exchange`, until the power goes after so many commands. */
export function tornExchange(exchange: Exchange, commands: number): Exchange {
  let left = commands;
  return (command) => {
    if (left === 0) throw new PowerLost();
    left -= 1;
    return exchange(command);
  };
}

const hex = (value: number, bytes = 1): string => value.toString(16).padStart(2 * bytes, '0');

/** A command that answered otherwise than 9000. */
export class Refused extends Error {
  readonly sw: string;

  constructor(command: string, sw: string) {
    super(`${command.slice(0, 8)} answered ${sw}`);
    this.sw = sw;
  }
}

function must(exchange: Exchange, command: string): string {
  const { data, sw } = exchange(command);
  if (sw !== '9000') throw new Refused(command, sw);
  return data;
}

/** Selects a file and reads all of it. */
export function readCardFile(exchange: Exchange, fid: string): Buffer {
  const fci = must(exchange, `00a4080002${fid}`);
  const size = parseInt(fci.slice(8, 12), 16);
  let content = '';
  for (let offset = 0; offset < size; offset += 256) {
    content += must(exchange, `00b0${hex(offset, 2)}${hex(Math.min(256, size - offset) & 0xff)}`);
  }
  return Buffer.from(content, 'hex');
}

export function readCardIndex(exchange: Exchange): IndexEntry[] {
  const index = readCardFile(exchange, '0101');
  const text = (part: Buffer): string => part.toString('latin1').replace(/\0+$/, '');
  return Array.from({ length: index[0]! }, (_, n) => {
    const record = index.subarray(1 + 21 * n, 22 + 21 * n);
    return {
      fid: record.toString('hex', 0, 2),
      size: record.readUInt16BE(2),
      name: text(record.subarray(4, 12)),
      directory: text(record.subarray(12, 20)),
    };
  });
}

/** Overwrites part of a file, in blocks. */
export function updateCardFile(exchange: Exchange, fid: string, offset: number, content: Uint8Array): void {
  must(exchange, `00a4080c02${fid}`);
  for (let done = 0; done < content.length; done += 255) {
    const block = Buffer.from(content.subarray(done, done + 255));
    must(exchange, `00d6${hex(offset + done, 2)}${hex(block.length)}${block.toString('hex')}`);
  }
}

/** Makes a key pair on the card; `algorithm` is 07 for RSA-2048, 11 for P-256. */
export function generateCardKey(exchange: Exchange, reference: number, algorithm: '07' | '11' = '07'): KeyObject {
  const answer = Buffer.from(must(exchange, `0047000008ac068001${algorithm}8401${hex(reference)}`), 'hex');
  const objects = findTlv(answer, 0x7f49)!;
  const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  const point = findTlv(objects, 0x86);
  const jwk =
    point === undefined
      ? { kty: 'RSA', n: base64url(findTlv(objects, 0x81)!), e: base64url(findTlv(objects, 0x82)!) }
      : { kty: 'EC', crv: 'P-256', x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

export interface NewContainer {
  readonly container: number;
  readonly der: Uint8Array;
  readonly keyBits: number;
  /** For the key map of cards that have one. */
  readonly keyReference?: number;
}

/** Stores a certificate and brings the maps and the freshness counters up to date; the index comes last but one. */
export function storeCardCertificate(exchange: Exchange, added: NewContainer): string {
  const index = readCardIndex(exchange);
  const used = index.map(({ fid }) => parseInt(fid, 16));
  const fid = hex(Math.max(...used) + 1, 2);
  const content = compressed(added.der);
  must(exchange, `00e000000d620b8002${hex(content.length, 2)}8201018302${fid}`);
  updateCardFile(exchange, fid, 0, content);
  updateCardFile(exchange, '0204', 86 * added.container, containerRecord(added));
  if (added.keyReference !== undefined) {
    const record = Uint8Array.of(1, added.keyReference, added.container, 0, 0, 0, 0, 1);
    updateCardFile(exchange, '0005', 8 * added.container, record);
  }
  const name = `kxc${String(added.container).padStart(2, '0')}`;
  updateCardFile(exchange, '0101', 1 + 21 * index.length, indexRecord(fid, content.length, name));
  updateCardFile(exchange, '0101', 0, Uint8Array.of(index.length + 1));
  countFreshness(exchange, { containers: 1, files: 1 });
  return fid;
}

/** Adds to the counters in cardcf, as whoever changed PINs, containers or files has to. */
export function countFreshness(
  exchange: Exchange,
  { pins = 0, containers = 0, files = 0 }: { pins?: number; containers?: number; files?: number },
): void {
  const counters = readCardFile(exchange, '0202');
  counters.writeUInt8((counters.readUInt8(1) + pins) & 0xff, 1);
  counters.writeUInt16LE((counters.readUInt16LE(2) + containers) & 0xffff, 2);
  counters.writeUInt16LE((counters.readUInt16LE(4) + files) & 0xffff, 4);
  updateCardFile(exchange, '0202', 0, counters);
}

/** Takes a certificate out of the index, and then its file away. */
export function deleteCardCertificate(exchange: Exchange, container: number): void {
  const index = readCardIndex(exchange);
  const at = index.findIndex(({ name }) => name === `kxc${String(container).padStart(2, '0')}`);
  const { fid } = index[at]!;
  const rest = index.filter((_, n) => n !== at);
  const records = rest.map((entry) => indexRecord(entry.fid, entry.size, entry.name, entry.directory));
  updateCardFile(exchange, '0101', 0, Buffer.concat([Uint8Array.of(rest.length), ...records, new Uint8Array(21)]));
  updateCardFile(exchange, '0204', 86 * container, new Uint8Array(86));
  must(exchange, `00e4000002${fid}`);
  countFreshness(exchange, { containers: 1, files: 1 });
}

function compressed(der: Uint8Array): Buffer {
  const header = Uint8Array.of(1, 0, der.length & 0xff, der.length >> 8);
  return Buffer.concat([header, deflateSync(der)]);
}

function containerRecord({ container, keyBits }: NewContainer): Uint8Array {
  const record = Buffer.alloc(86);
  record.write(`{00000000-0000-4000-8000-${hex(container, 6)}}`, 0, 'utf16le');
  record.writeUInt8(1, 80);
  record.writeUInt16LE(keyBits, 84);
  return record;
}

function indexRecord(fid: string, size: number, name: string, directory = 'mscp'): Uint8Array {
  const record = Buffer.alloc(21);
  record.writeUInt16BE(parseInt(fid, 16), 0);
  record.writeUInt16BE(size, 2);
  record.write(name, 4, 8, 'ascii');
  record.write(directory, 12, 8, 'ascii');
  record.writeUInt8(name === 'cardid' ? 3 : 1, 20);
  return record;
}
