/*
 * Another program that adds a key and its certificate to an IDPrime card, over PC/SC and in raw commands.
 * Arguments: reader, PIN, name in the certificate.
 */
import { generateKeyPairSync } from 'node:crypto';
import koffi from 'koffi';
import { generateCardKey, storeCardCertificate, type Exchange } from './idprime-writer.js';
import { certificateOver } from './self-signed-certificate.js';

const [reader = '', pin = '', commonName = ''] = process.argv.slice(2);

const SHARED = 2;
const T1 = 2;
const LEAVE = 0;
const RESET = 1;

const library = koffi.load('libpcsclite.so.1');
const out = (type: string): unknown => koffi.out(koffi.pointer(type));
const define = (name: string, ...types: unknown[]) => library.func(name, 'long', types as string[]);
const [long, ulong, bytes] = ['long', 'ulong', koffi.pointer('uint8_t')];
const request = koffi.struct({ protocol: ulong, length: ulong });
const native = {
  establish: define('SCardEstablishContext', ulong, 'void *', 'void *', out(long)),
  connect: define('SCardConnect', long, 'str', ulong, ulong, out(long), out(ulong)),
  begin: define('SCardBeginTransaction', long),
  end: define('SCardEndTransaction', long, ulong),
  transmit: define(
    'SCardTransmit',
    ...[long, koffi.pointer(request), bytes, ulong, 'void *', bytes, koffi.inout(koffi.pointer(ulong))],
  ),
  disconnect: define('SCardDisconnect', long, ulong),
  release: define('SCardReleaseContext', long),
};

function call(fn: ReturnType<typeof define>, ...args: unknown[]): void {
  const returned = fn(...args) as number;
  if (returned !== 0) throw new Error(`returned 0x${(returned >>> 0).toString(16)}`);
}

const [context, card, protocol]: [[number], [number], [number]] = [[0], [0], [0]];
call(native.establish, SHARED, null, null, context);
call(native.connect, context[0], reader, SHARED, T1 | 1, card, protocol);

function send(command: Buffer): Buffer {
  const answer = new Uint8Array(65_538);
  const length: [number] = [answer.length];
  call(native.transmit, card[0], { protocol: protocol[0], length: 16 }, command, command.length, null, answer, length);
  return Buffer.from(answer.subarray(0, length[0]));
}

/** With GET RESPONSE as often as the card asks for it. */
const exchange: Exchange = (command) => {
  let answer = send(Buffer.from(command, 'hex'));
  let data = answer.subarray(0, -2);
  while (answer.at(-2) === 0x61) {
    answer = send(Buffer.from([0x00, 0xc0, 0x00, 0x00, answer.at(-1)!]));
    data = Buffer.concat([data, answer.subarray(0, -2)]);
  }
  return { data: data.toString('hex'), sw: answer.subarray(-2).toString('hex') };
};

const must = (command: string): void => {
  const { sw } = exchange(command);
  if (sw !== '9000') throw new Error(`${command.slice(0, 8)} answered ${sw}`);
};

call(native.begin, card[0]);
must('00a4040c0ba000000018800000000662');
must(`0020001110${Buffer.from(pin).toString('hex').padEnd(32, '0')}`);
const publicKey = generateCardKey(exchange, 0x57, '11');
const signer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
storeCardCertificate(exchange, { container: 1, der: certificateOver(commonName, publicKey, signer), keyBits: 256 });
call(native.end, card[0], LEAVE);
call(native.disconnect, card[0], RESET);
call(native.release, context[0]);
