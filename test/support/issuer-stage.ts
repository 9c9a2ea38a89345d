import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { decodeCertsOnly } from '../../src/pki/certs-only.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { RevocationBook } from '../../src/sandbox/ca/revocation-book.js';
import { openSandboxRevocation, type SandboxRevocation } from '../../src/sandbox/ca/sandbox-revocation.js';
import {
  caCertificatesOf,
  createSandboxCa,
  issuePerson,
  type IssuedCertificate,
  type SandboxCa,
} from '../../src/sandbox/ca/sandbox-ca.js';
import { openSandboxIssuer, type IssuerLimits, type SandboxIssuer } from '../../src/sandbox/issuer/sandbox-issuer.js';
import { answerRequest, type AnswerChanges } from './answered-request.js';
import { writePem } from './revocation-stage.js';
import { runProcess } from './run-process.js';

/** Who logs in, with the certificate of a card of the sandbox. */
export type Person = 'tolvan' | 'tretton';

/** A name and password for HTTP Basic. */
export interface BasicCredential {
  readonly username: string;
  readonly password: string;
}

/** One call; `certificate` is shown in the TLS handshake. */
export interface StageCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly credential?: BasicCredential;
  readonly certificate?: IssuedCertificate;
}

/** What came back. */
export interface StageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The issuer of a sandbox that has two cards, each with a certificate for logins. */
export class IssuerStage {
  readonly folder: string;
  readonly ca: SandboxCa;
  readonly caFile: string;
  readonly book: RevocationBook;
  readonly revocation: SandboxRevocation;
  readonly people: Readonly<Record<Person, IssuedCertificate>>;
  readonly limits: Partial<IssuerLimits>;
  /** The tests set `ahead`. */
  readonly clock: { now: () => number; monotonic: () => number; ahead: number };
  issuer: SandboxIssuer;

  private constructor(
    parts: Pick<
      IssuerStage,
      'folder' | 'ca' | 'caFile' | 'book' | 'revocation' | 'people' | 'limits' | 'clock' | 'issuer'
    >,
  ) {
    this.folder = parts.folder;
    this.ca = parts.ca;
    this.caFile = parts.caFile;
    this.book = parts.book;
    this.revocation = parts.revocation;
    this.people = parts.people;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.issuer = parts.issuer;
  }

  static async open(limits: Partial<IssuerLimits> = {}): Promise<IssuerStage> {
    const folder = mkdtempSync(join(tmpdir(), 'kort-issuer-'));
    const clock = { now: () => Date.now() + clock.ahead, monotonic: () => 0, ahead: 0 };
    const book = new RevocationBook(join(folder, 'revocation.json'));
    const revocation = await openSandboxRevocation(book, clock, 30_000 + Math.floor(Math.random() * 1000));
    const ca = await createSandboxCa({ clock, keyType: 'ec-p256', revocationBase: revocation.base });
    revocation.serve(ca);
    const issue = async (name: Person): Promise<IssuedCertificate> => {
      const issued = await issuePerson(ca, { ...testPeople[name], keyType: 'ec-p256' });
      book.record(name, issued.authority, issued.certificate);
      return issued;
    };
    const people = { tolvan: await issue('tolvan'), tretton: await issue('tretton') };
    const caFile = writePem(folder, 'ca', ...caCertificatesOf(ca));
    const issuer = await openIssuer(folder, ca, caFile, book, limits);
    return new IssuerStage({ folder, ca, caFile, book, revocation, people, limits, clock, issuer });
  }

  get url(): string {
    return this.issuer.url;
  }

  /** As after a restart of the daemon: the issuer's files are read again. */
  async restart(): Promise<void> {
    await this.issuer.close();
    this.issuer = await openIssuer(this.folder, this.ca, this.caFile, this.book, this.limits);
  }

  async close(): Promise<void> {
    await this.issuer.close();
    await this.revocation.close();
    rmSync(this.folder, { recursive: true });
  }

  async call(path: string, call: StageCall = {}): Promise<StageAnswer> {
    return await new Promise((resolve, reject) => {
      const request = this.open(path, call, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, text: Buffer.concat(chunks).toString() });
        });
      });
      request.on('error', reject);
    });
  }

  /** A call whose answer the test reads itself. */
  open(path: string, call: StageCall, onResponse: (response: IncomingMessage) => void): ClientRequest {
    const { method = call.body === undefined ? 'GET' : 'POST', headers, body, credential, certificate } = call;
    const { hostname, port } = new URL(this.url);
    const request = httpsRequest(
      {
        ...{ hostname, port, path, method, agent: false, ca: readFileSync(this.caFile) },
        // By the address that is called, whatever the Host header says.
        checkServerIdentity: (_, certificate) => checkServerIdentity(hostname, certificate),
        ...(headers && { headers }),
        ...(credential && { auth: `${credential.username}:${credential.password}` }),
        ...(certificate && clientIdentity(certificate)),
      },
      onResponse,
    );
    request.end(body);
    return request;
  }

  async post(path: string, value: unknown): Promise<StageAnswer> {
    return await this.call(path, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
  }

  /** Begins a login. */
  async begin(): Promise<{ readonly session: string; readonly request: string }> {
    const { status, text } = await this.post('/session', { client_id: 'urn:kort:sandbox:issuer' });
    if (status !== 200) throw new Error(text);
    return JSON.parse(text) as { session: string; request: string };
  }

  /** What a person's card would answer. */
  assertionOf(request: string, person: Person, changes: AnswerChanges = {}): string {
    const { personId, level } = testPeople[person];
    const acr = `http://id.sambi.se/loa/loa${level}`;
    const seconds = Math.floor(this.clock.now() / 1000);
    const times = { iat: seconds, exp: seconds + 180, auth_time: seconds };
    const claims = { sub: personId, acr, launcher: 'process', origin: undefined, ...times, ...changes.claims };
    return answerRequest(request, this.people[person], 'ES256', { ...changes, claims });
  }

  async logIn(person: Person): Promise<BasicCredential> {
    const { session, request } = await this.begin();
    const { status, text } = await this.post('/session', { session, assertion: this.assertionOf(request, person) });
    if (status !== 200) throw new Error(text);
    return JSON.parse(text) as BasicCredential;
  }

  async ordersOf(credential: BasicCredential): Promise<readonly Readonly<Record<string, string>>[]> {
    const { status, text } = await this.call('/orders', { credential });
    if (status !== 200) throw new Error(text);
    return (JSON.parse(text) as { orders: Record<string, string>[] }).orders;
  }

  /** The id of a person's first order of that kind. */
  async orderOf(credential: BasicCredential, kind: string): Promise<string> {
    return (await this.ordersOf(credential)).find((order) => order['kind'] === kind)!['id']!;
  }

  async enroll(where: string, request: string | Uint8Array, more: StageCall): Promise<StageAnswer> {
    const headers = { 'content-type': 'application/pkcs10', ...more.headers };
    return await this.call(`/.well-known/est/${where}`, { ...more, headers, body: request });
  }

  /** A request (DER) that openssl made, with a new key unless one is named; `key` is its file. */
  async request(options: RequestOptions = {}): Promise<{ readonly der: Uint8Array; readonly key: string }> {
    const {
      algorithm = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      subject = '/',
      more = [],
    } = options;
    const key = options.key ?? this.#file('key.pem');
    if (options.key === undefined) await openssl('genpkey', ...algorithm, '-out', key);
    const out = this.#file('request.der');
    const utf8 = ['-utf8', '-multivalue-rdn'];
    await openssl('req', '-new', '-key', key, '-subj', subject, ...utf8, '-outform', 'DER', '-out', out, ...more);
    return { der: readFileSync(out), key };
  }

  write(name: string, contents: string | Uint8Array): string {
    const path = this.#file(name);
    writeFileSync(path, contents);
    return path;
  }

  #files = 0;
  #file(name: string): string {
    this.#files += 1;
    return join(this.folder, `${this.#files}-${name}`);
  }
}

/** What a request is made with. */
export interface RequestOptions {
  /** Of openssl genpkey. */
  readonly algorithm?: readonly string[];
  readonly key?: string;
  /** Of openssl req -subj. */
  readonly subject?: string;
  /** More for openssl req. */
  readonly more?: readonly string[];
}

const openIssuer = async (
  folder: string,
  ca: SandboxCa,
  caFile: string,
  certificates: RevocationBook,
  limits: Partial<IssuerLimits>,
) => {
  const port = 31_000 + Math.floor(Math.random() * 1000);
  return await openSandboxIssuer({ folder, ca, caFile, certificates, port, limits });
};

/** Runs openssl, which must succeed. */
export async function openssl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProcess('openssl', args);
  if (code !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
  return stdout + stderr;
}

const clientIdentity = ({ certificate, privateKey }: IssuedCertificate) => ({
  cert: new X509Certificate(certificate).toString(),
  key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
});

export const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');

/** The one certificate of an answer. */
export function certificateIn({ status, text }: StageAnswer): X509Certificate {
  if (status !== 200) throw new Error(`${status}: ${text}`);
  const [certificate, another] = decodeCertsOnly(Buffer.from(text, 'base64'));
  if (certificate === undefined || another !== undefined) throw new Error('not one certificate');
  return new X509Certificate(certificate);
}

/** The subject of testPeople, as openssl req takes it. */
export const subjectOf = (person: Person): string => {
  const { givenName, surname, personId } = testPeople[person];
  const attributes = `C=SE/L=Testlän/O=TEST Organisation/CN=${givenName} ${surname}/SN=${surname}/GN=${givenName}`;
  return `/${attributes}/serialNumber=${personId}`;
};
