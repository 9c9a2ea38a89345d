/** The owner of one established socket, as the kernel tells it. */
export interface SocketOwner {
  readonly uid: number;
  /** 0 for a socket that nobody holds any more; its uid then reads 0 whoever had it. */
  readonly inode: number;
}
