import type { OrderDocument } from '../model/signature.js';
import type { AcceptedOrder } from '../oob/oob-service.js';
import type { Candidate } from './candidates.js';

/** A signature that lacks only what the card has to add. */
export interface ComposedSignature {
  /** Of the signed attributes, by the candidate's algorithm. */
  readonly digest: Uint8Array;
  /** The whole signature, DER; takes what the token returns. */
  readonly finish: (signature: Uint8Array) => Uint8Array;
}

/** Composes the signature of one document. */
export type ComposeSignature = (parts: {
  readonly order: AcceptedOrder;
  readonly document: OrderDocument;
  readonly candidate: Candidate;
  /** Milliseconds since the epoch. */
  readonly now: number;
}) => ComposedSignature;
