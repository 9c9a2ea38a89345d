/** A login whose relying party is to be told when its card is removed. */
export interface RememberedRemoval {
  /** `jti` of the assertion, and `sid` of the report. */
  readonly orderId: string;
  readonly clientId: string;
  /** Id of the token that signed. */
  readonly tokenId: string;
  /** PKCS #8 in base64: made for this order alone, and good for nothing but the report. */
  readonly privateKey: string;
  /** `jti` of the report: the same however often it is sent. */
  readonly reportId: string;
  /** Milliseconds since the epoch. */
  readonly armedAt: number;
  /** Likewise, as soon as the card was seen to be gone. */
  readonly removedAt?: number | undefined;
}

/** Remembers over restarts which removals are still to be reported. */
export interface RemovalMemory {
  /** What was kept longest ago comes first. */
  all(): readonly RememberedRemoval[];
  /** Takes the place of what is kept of this order; resolves when a restart of this process would see it. */
  keep(removal: RememberedRemoval): Promise<void>;
  forget(orderId: string): Promise<void>;
}
