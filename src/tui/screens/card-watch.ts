import type { StatusReport } from '../../control-contract/status.js';

/** A card, and the reader that it is in. */
export interface CardPlace {
  readonly id: string;
  readonly reader: string;
}

/** Whether a card that codes are asked for is pulled, or moved to another reader, and when it is back. */
export class CardWatch {
  readonly #card: string;
  /** Undefined once it is pulled: it may come back into any reader. */
  #reader: string | undefined;
  /** The daemon tells of cards when it has read them: what was not seen there yet was not pulled. */
  #isSeen: boolean;

  private constructor(card: string, reader: string | undefined, status: StatusReport | undefined) {
    this.#card = card;
    this.#reader = reader;
    this.#isSeen = status !== undefined && isIn(status, card, reader);
  }

  /** Watches a card in its reader. */
  static ofPlace({ id, reader }: CardPlace, status: StatusReport | undefined): CardWatch {
    return new CardWatch(id, reader, status);
  }

  /** Waits for a card that was not found. */
  static ofMissing(card: string, status: StatusReport | undefined): CardWatch {
    return new CardWatch(card, undefined, status);
  }

  /** What has changed; a card that is read anew is still there. */
  look(status: StatusReport | undefined): 'pulled' | 'back' | undefined {
    if (status === undefined) return undefined;
    const wasSeen = this.#isSeen;
    if (this.#reader !== undefined) {
      this.#isSeen ||= isIn(status, this.#card, this.#reader);
      if (!wasSeen || !isGone(status, this.#card, this.#reader)) return undefined;
      this.#reader = undefined;
      this.#isSeen = isIn(status, this.#card);
      return 'pulled';
    }
    this.#isSeen = isIn(status, this.#card);
    return this.#isSeen && !wasSeen ? 'back' : undefined;
  }
}

/** Whether the card is in this reader, or in any. */
function isIn({ readers }: StatusReport, card: string, reader?: string): boolean {
  return readers.some(({ name, token }) => token?.id === card && (reader === undefined || name === reader));
}

function isGone({ readers }: StatusReport, card: string, reader: string): boolean {
  const place = readers.find(({ name }) => name === reader);
  return place === undefined || place.card === 'absent' || (place.token !== undefined && place.token.id !== card);
}
