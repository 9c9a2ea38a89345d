/** Where a daemon's control socket is. */
export interface ControlEndpoint {
  /** Path of a Unix socket, or name of a Windows pipe. */
  readonly path: string;
  /**
   * What the first frame of each connection must hold, where the system cannot set who may connect (Windows pipes).
   */
  readonly key?: Uint8Array;
}
