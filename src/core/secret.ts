import { inspect } from 'node:util';

/**
 * Bytes that must not outlive their use: a PIN or PUK. Printing, logging or serializing one shows `[secret]`.
 *
 * The bytes lie in an ArrayBuffer of their own outside the JavaScript heap, because the garbage collector moves small
 * arrays and leaves the old copy behind.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  private constructor(length: number) {
    this.#bytes = new Uint8Array(new ArrayBuffer(length));
  }

  /** Moves the bytes in: the source is wiped. */
  static moveFrom(source: Uint8Array): Secret {
    const secret = new Secret(source.length);
    secret.#bytes.set(source);
    source.fill(0);
    return secret;
  }

  /** Length in bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Lends the bytes for the duration of the call; the callee must neither keep nor copy them into strings. */
  use<T>(work: (bytes: Uint8Array) => T): T {
    return work(this.#bytes);
  }

  /** Overwrites the bytes with zeros; further uses see zeros. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** A zeroed array outside the JavaScript heap, for bytes that will be wiped after use. */
export function wipeableBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}
