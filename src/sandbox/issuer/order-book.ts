import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { MiddlewareError } from '../../core/errors.js';
import { certificateOrderKinds } from '../../model/certificate-order.js';
import { replaceDurably } from '../durable-file.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const storedOrder = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** Of the sandbox's: whose holder it is for. */
  card: z.string(),
  kind: z.enum(certificateOrderKinds),
  /** Milliseconds since the epoch, whole seconds. */
  notAfter: z.int(),
  /** Fingerprint. */
  replaces: hash.optional(),
  /** The certificate (base64), by the SHA-256 of the public key that it was asked for with. */
  issued: z.strictObject({ spkiSha256: hash, certificate: z.base64() }).optional(),
});

const bookSchema = z.strictObject({ version: z.literal(1), orders: z.array(storedOrder) });

/** An order as it is kept. */
export type StoredOrder = Readonly<z.infer<typeof storedOrder>>;

/** The orders of an issuer with what was issued for them; every change is on the disk before it counts. */
export class OrderBook {
  readonly #path: string;
  #orders: readonly StoredOrder[];
  /** Undefined at the first start. */
  readonly isNew: boolean;

  /** @throws {MiddlewareError} ERR_CONFIG_INVALID when the file holds something else. */
  constructor(path: string) {
    this.#path = path;
    this.isNew = !existsSync(path);
    this.#orders = this.isNew ? [] : read(path);
  }

  get all(): readonly StoredOrder[] {
    return this.#orders;
  }

  add(order: StoredOrder): void {
    this.#save([...this.#orders, order]);
  }

  /** Notes what was issued for an order; not taken back but by {@link replaceAll}. */
  issue(id: string, issued: NonNullable<StoredOrder['issued']>): void {
    this.#save(this.#orders.map((order) => (order.id === id ? { ...order, issued } : order)));
  }

  replaceAll(orders: readonly StoredOrder[]): void {
    this.#save(orders);
  }

  #save(orders: readonly StoredOrder[]): void {
    replaceDurably(this.#path, JSON.stringify({ version: 1, orders }));
    this.#orders = orders;
  }
}

function read(path: string): readonly StoredOrder[] {
  try {
    return bookSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).orders;
  } catch (cause) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not the orders of a sandbox', { cause });
  }
}
