/** The program that opens `kort:` links on this machine, as far as the system tells. */
export interface LinkHandler {
  /** By its name in the system: a desktop file, a bundle, or a key of the registry. */
  readonly name: string;
  /** What it runs; undefined where that cannot be told. */
  readonly command: string | undefined;
  /** Whether that is this program, in this place. */
  readonly ours: boolean;
}

/** Makes this program the one that opens `kort:` links, for the user who runs it only. */
export interface LinkRegistration {
  /** What is run for a link. */
  readonly command: string;
  /**
   * Takes the links over, or says so anew; nothing changes the second time.
   *
   * @throws {MiddlewareError} ERR_LINK_REGISTRATION with `detail`.
   */
  register(): Promise<void>;
  /** Gives them back; another program's registration is left alone. */
  unregister(): Promise<void>;
  /** Who opens them now; undefined for nobody. */
  status(): Promise<LinkHandler | undefined>;
}
