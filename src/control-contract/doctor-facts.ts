/** What only the daemon knows of its readers, for whoever looks for faults; no command is sent to a card for it. */
export interface DoctorFacts {
  readonly readers: readonly {
    readonly name: string;
    /** The inserted card's answer to reset, hexadecimal. */
    readonly atr?: string | undefined;
    /** What the fastest command to that card took, the way there and back included. */
    readonly fastestCommandMs?: number | undefined;
  }[];
}
