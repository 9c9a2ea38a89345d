import { MiddlewareError } from '../core/errors.js';
import { wipeableBytes } from '../core/secret.js';

/** What crosses the pipe, big-endian; every length is checked against a limit of its own before anything is copied. */
export class WireReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  optionalU32(): number | undefined {
    const [isThere, value] = [this.flag(), this.u32()];
    return isThere ? value : undefined;
  }

  flag(): boolean {
    const value = this.u8();
    if (value > 1) throw malformedFrame('flag');
    return value === 1;
  }

  /** A copy, so that it does not hold the frame in memory. */
  bytes(limit: number): Uint8Array {
    const length = this.u32();
    if (length > limit) throw malformedFrame('too long');
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  text(limit: number): string {
    return new TextDecoder().decode(this.bytes(limit));
  }

  list<T>(limit: number, item: () => T): T[] {
    const count = this.u32();
    if (count > limit) throw malformedFrame('too many');
    return Array.from({ length: count }, item);
  }

  oneOf<T extends string>(names: readonly T[]): T {
    const name = names[this.u8()];
    if (name === undefined) throw malformedFrame('unknown name');
    return name;
  }

  /** @throws {MiddlewareError} ERR_MODULE_RESPONSE when something is left over. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw malformedFrame('trailing bytes');
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (start + length > this.#bytes.length) throw malformedFrame('truncated');
    this.#offset += length;
    return start;
  }
}

/** The other direction. Its memory lies outside the JavaScript heap and can be wiped: a PIN may be among it. */
export class WireWriter {
  #bytes = wipeableBytes(256);
  #length = 0;

  u8(value: number): this {
    const start = this.#grow(1);
    this.#bytes[start] = value;
    return this;
  }

  u32(value: number): this {
    const start = this.#grow(4);
    new DataView(this.#bytes.buffer).setUint32(start, value);
    return this;
  }

  optionalU32(value: number | undefined): this {
    return this.flag(value !== undefined).u32(value ?? 0);
  }

  flag(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  bytes(value: Uint8Array): this {
    this.u32(value.length);
    const start = this.#grow(value.length);
    this.#bytes.set(value, start);
    return this;
  }

  text(value: string): this {
    return this.bytes(new TextEncoder().encode(value));
  }

  list<T>(items: readonly T[], item: (value: T) => void): this {
    this.u32(items.length);
    items.forEach(item);
    return this;
  }

  oneOf<T extends string>(names: readonly T[], name: T): this {
    return this.u8(names.indexOf(name));
  }

  /** A view of what was written; of no use after {@link wipe}. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  wipe(): void {
    this.#bytes.fill(0);
  }

  #grow(by: number): number {
    const start = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const larger = wipeableBytes(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes.fill(0);
      this.#bytes = larger;
    }
    return start;
  }
}

/** A module's process said something that our side of it never would. */
export function malformedFrame(what: string): MiddlewareError {
  return new MiddlewareError('ERR_MODULE_RESPONSE', `Malformed frame of a module process: ${what}`);
}
