import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { MiddlewareError } from '../../core/errors.js';
import { caCertificatesOf, issueServer, type SandboxCa } from '../ca/sandbox-ca.js';
import { replaceDurably } from '../durable-file.js';
import type { ServerIdentity } from './issuer-server.js';

const identitySchema = z.strictObject({
  version: z.literal(1),
  /** Of the addresses that relying-party entries name. */
  port: z.int().min(1).max(65_535).optional(),
  /** PEM; signs request objects. */
  requestKey: z.string(),
  requestKeyId: z.string(),
  /** PEM: the server's key, and its certificate with that of the CA above it. */
  serverKey: z.string(),
  serverChain: z.string(),
});

type Identity = z.infer<typeof identitySchema>;

/** An issuer's own keys and where it is, kept in a file. */
export class IssuerIdentity {
  readonly #path: string;
  #identity: Identity;

  private constructor(path: string, identity: Identity) {
    this.#path = path;
    this.#identity = identity;
  }

  /** Makes what is not there yet, and a new certificate in time before the old one ends. */
  static async open(path: string, ca: SandboxCa): Promise<IssuerIdentity> {
    const kept = existsSync(path) ? read(path) : undefined;
    if (kept !== undefined && isUsable(kept.serverChain, ca)) return new IssuerIdentity(path, kept);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const server = await issueServer(ca, ['localhost'], 'ec-p256', ['127.0.0.1']);
    const identity: Identity = {
      version: 1,
      ...(kept?.port === undefined ? {} : { port: kept.port }),
      requestKey: kept?.requestKey ?? String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
      requestKeyId: kept?.requestKeyId ?? `sandbox-issuer-${randomBytes(4).toString('hex')}`,
      serverKey: String(server.privateKey.export({ format: 'pem', type: 'pkcs8' })),
      serverChain: [server.certificate, ca.authorities.function.certificate].map(pemOf).join(''),
    };
    const opened = new IssuerIdentity(path, identity);
    opened.#save(identity);
    return opened;
  }

  get port(): number | undefined {
    return this.#identity.port;
  }

  setPort(port: number): void {
    this.#save({ ...this.#identity, port });
  }

  /** Signs request objects; the public half as a relying party's entry has it. */
  get requestKey() {
    const key = createPrivateKey(this.#identity.requestKey);
    const keyId = this.#identity.requestKeyId;
    return { key, keyId, jwk: { ...createPublicKey(key).export({ format: 'jwk' }), kid: keyId, alg: 'ES256' } };
  }

  serverFor(ca: SandboxCa): ServerIdentity {
    const { serverKey, serverChain } = this.#identity;
    return { key: serverKey, cert: serverChain, ca: caCertificatesOf(ca).map(pemOf) };
  }

  #save(identity: Identity): void {
    replaceDurably(this.#path, JSON.stringify(identity));
    this.#identity = identity;
  }
}

const pemOf = (der: Uint8Array): string => new X509Certificate(der).toString();

const month = 30 * 86_400_000;

/** The first certificate is the server's own; it counts for some time yet, and the CA is still the same. */
function isUsable(chain: string, { authorities, clock }: SandboxCa): boolean {
  const issuer = new X509Certificate(authorities.function.certificate);
  const server = new X509Certificate(chain);
  return Date.parse(server.validTo) > clock.now() + month && server.verify(issuer.publicKey);
}

function read(path: string): Identity {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not the keys of a sandbox issuer', { cause });
  }
}
