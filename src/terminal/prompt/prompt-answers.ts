import type { ControlClient } from '../../client/client.js';
import type { WirePrompt } from '../../control-contract/prompts.js';
import type { Language } from '../../messages/language.js';
import type { Secret } from '../../core/secret.js';

/** What the answers of a terminal go through. */
export interface PromptAnswersOptions {
  readonly client: ControlClient;
  readonly language: Language;
  readonly onFailure: (error: unknown) => void;
  /** The state that it answered counted no more: nothing was used. */
  readonly onRefused: () => void;
}

/** Sends answers to the daemon, and knows which state each of them answered. */
export class PromptAnswers {
  readonly #options: PromptAnswersOptions;
  /** Of a PIN, a code, or the wish to type the PIN on the reader: until something comes of it, nothing else is sent. */
  #sentTicket: string | undefined;
  /** Of a choice or acknowledgement: its change is no surprise. */
  #answeredTicket: string | undefined;

  constructor(options: PromptAnswersOptions) {
    this.#options = options;
  }

  /** Whether something is on its way that uses the card. */
  get sent(): boolean {
    return this.#sentTicket !== undefined;
  }

  /** Whether the state with this ticket was answered from here. */
  hasAnswered(ticket: string): boolean {
    return [this.#sentTicket, this.#answeredTicket].includes(ticket);
  }

  /** What was sent has led on. */
  settle(): void {
    this.#sentTicket = undefined;
  }

  /** What was sent for this state was not used. */
  refuse(ticket: string): void {
    if (ticket !== this.#sentTicket) return;
    this.#sentTicket = undefined;
    this.#options.onRefused();
  }

  cancel(promptId: string): void {
    this.#request('prompt.cancel', { promptId });
  }

  pick(promptId: string): void {
    this.#request('prompt.pick', { promptId });
  }

  /** Brings the question, and those to come, to this surface. */
  take(): void {
    this.#request('prompt.take', {});
  }

  choose({ ticket }: WirePrompt, candidateId: string): void {
    this.#answeredTicket = ticket;
    this.#request('prompt.choose', { ticket, candidateId });
  }

  acknowledge({ ticket }: WirePrompt): void {
    this.#answeredTicket = ticket;
    this.#request('prompt.acknowledge', { ticket });
  }

  usePinPad({ ticket, lastTry }: WirePrompt): void {
    const { client, language } = this.#options;
    this.#send(ticket, client.request('prompt.usePinPad', { ticket, lastTryConsent: lastTry, language }));
  }

  typeCode({ ticket }: WirePrompt, code: string): void {
    this.#send(ticket, this.#options.client.request('prompt.typeCode', { ticket, code }));
  }

  /** Wipes the PIN. */
  sendPin({ ticket, lastTry }: WirePrompt, pin: Secret): void {
    this.#sentTicket = ticket;
    this.#options.client
      .sendPin(ticket, pin, { lastTryConsent: lastTry })
      .catch(this.#options.onFailure)
      .finally(() => pin.wipe());
  }

  #send(ticket: string, answered: Promise<{ readonly accepted: boolean }>): void {
    this.#sentTicket = ticket;
    answered
      .then(({ accepted }) => {
        if (!accepted) this.refuse(ticket);
      })
      .catch(this.#options.onFailure);
  }

  #request(...[method, params]: Parameters<ControlClient['request']>): void {
    this.#options.client.request(method, params).catch(this.#options.onFailure);
  }
}
