import type { ControlClient } from '../../src/client/client.js';
import type { ControlEvent } from '../../src/control-contract/methods.js';
import { MiddlewareError } from '../../src/core/errors.js';

/** A daemon whose answers a test gives; it records what it was sent. */
export class ScriptedDaemon {
  readonly calls: string[] = [];
  readonly pins: string[] = [];
  readonly answers: Record<string, ((params: never) => unknown)[]> = {};
  readonly #listeners = new Map<string, (payload: never) => void>();
  #end: () => void = () => undefined;
  readonly #closed = new Promise<void>((resolve) => (this.#end = resolve));

  readonly client: ControlClient = {
    request: async (method, params) => {
      this.calls.push(`${method} ${JSON.stringify(params)}`);
      const answer = this.answers[method]?.shift();
      if (answer === undefined) throw new Error(`Unexpected method ${method}`);
      return (await answer(params as never)) as never;
    },
    on: (event, listener) => {
      this.#listeners.set(event, listener);
      return () => this.#listeners.delete(event);
    },
    sendPin: (ticket, pin) => {
      this.pins.push(`${ticket.slice(0, 2)} ${pin.use((bytes) => Buffer.from(bytes).toString('latin1'))}`);
      return Promise.resolve();
    },
    closed: this.#closed,
    close: () => undefined,
  };

  on(method: string, ...answers: ((params: never) => unknown)[]): this {
    this.answers[method] = [...(this.answers[method] ?? []), ...answers];
    return this;
  }

  emit(event: ControlEvent, payload: unknown): void {
    this.#listeners.get(event)?.(payload as never);
  }

  end(): void {
    this.#end();
  }
}

/** An answer that is a failure. */
export const fails =
  (code: ConstructorParameters<typeof MiddlewareError>[0], fields = {}) =>
  () =>
    Promise.reject(new MiddlewareError(code, 'TEST', { fields }));
