import type { ChoiceReason } from '../model/prompt.js';
import type { TokenEntry } from '../tokens/token-registry.js';
import { isRevoked, type Candidate } from './candidates.js';
import type { ChosenCandidate } from './card-choice.js';
import { OrderFailed } from './order-failed.js';

/** Which candidate one order goes on with, from question to question. */
export class SettledCandidate {
  /** The one whose card the order has settled on: its removal ends the order. */
  #settled: Candidate | undefined;
  /** The one that the user chose, or whose PIN the user is typing: no other takes its place unasked. */
  #preferred: { readonly id: string; readonly because: ChoiceReason } | undefined;

  get current(): Candidate | undefined {
    return this.#settled;
  }

  /** Whether anything is preferred, by the user or because its PIN is being typed. */
  get hasPreferred(): boolean {
    return this.#preferred !== undefined;
  }

  settle(candidate: Candidate): void {
    this.#settled = candidate;
  }

  prefer({ candidate, because }: ChosenCandidate): void {
    this.#preferred = { id: candidate.id, because };
  }

  /** The user wants another one. */
  chooseAnew(id: string): void {
    this.#preferred = { id, because: 'by-user' };
    this.#settled = undefined;
  }

  forgetPreferred(): void {
    this.#preferred = undefined;
  }

  /** The preferred one, if it is among these. */
  findPreferred(candidates: readonly Candidate[]): ChosenCandidate | undefined {
    const preferred = this.#preferred;
    const candidate = candidates.find(({ id }) => id === preferred?.id);
    return candidate === undefined || preferred === undefined ? undefined : { candidate, because: preferred.because };
  }

  /** What was settled on without the user's word is settled anew when it turns out to be revoked. */
  doubt(candidates: readonly Candidate[]): void {
    const preferred = this.findPreferred(candidates);
    if (preferred === undefined || preferred.because === 'by-user' || !isRevoked(preferred.candidate)) return;
    this.#preferred = undefined;
    this.#settled = undefined;
  }

  /** @throws {OrderFailed} `cardRemoved` when the card is gone, or another one stands in its place. */
  requireInserted(candidates: readonly Candidate[], entries: readonly TokenEntry[]): void {
    const settled = this.#settled;
    if (settled === undefined || candidates.some(({ id }) => id === settled.id)) return;
    const now = entries.find(({ reader }) => reader === settled.token.info.reader);
    // A card that merely stopped answering, or is being read again, is still in: the prompt goes on.
    if (now === undefined || now.state === 'absent' || now.token?.info.id !== settled.token.info.id) {
      if (now?.state !== 'reading' && now?.state !== 'unresponsive') throw new OrderFailed('cardRemoved');
    }
  }
}
