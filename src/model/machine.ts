/** The system that a program runs on. */
export interface SystemFacts {
  /** As it calls itself: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string;
  readonly kernel: string;
  /** What runs the container that we are in; absent outside one. */
  readonly container?: string | undefined;
  readonly isWsl: boolean;
}

/** What a path leads to; of a link, the link itself. */
export interface PathFacts {
  readonly kind: 'folder' | 'file' | 'socket' | 'link' | 'other';
  readonly uid: number;
  /** Name of the owner, or the number where none has it. */
  readonly owner: string;
  /** Permission bits, sticky included. */
  readonly mode: number;
}

/** What is known of the disk that a path is on. */
export interface DiskFacts {
  readonly freeBytes: number;
  /** Name of a network file system; absent for a local one. */
  readonly network?: string | undefined;
  readonly isReadOnly: boolean;
}

/** A running process, as far as everybody may know. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  /** The kernel keeps 15 bytes of it. */
  readonly name: string;
}

/** A smart card reader on the USB bus, whether or not the PC/SC service has it. */
export interface UsbReader {
  /** Vendor and product: `08e6:3437`. */
  readonly id: string;
  readonly name: string;
  /** The kernel's driver that has its interface; absent when none has. */
  readonly driver?: string | undefined;
}

/** A program or module that works with cards beside us. */
export interface InstalledProgram {
  readonly name: string;
  readonly path: string;
}

/** A PKCS#11 module that some program is set to load. */
export interface RegisteredModule {
  /** The browser, or another program that loads it. */
  readonly by: string;
  readonly module: string;
  readonly path: string;
  readonly exists: boolean;
}
