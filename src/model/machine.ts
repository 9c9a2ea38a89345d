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

/** A process that runs a kortd. */
export interface DaemonProcess {
  readonly pid: number;
  /** The file that it was started with. */
  readonly program: string;
  readonly programExists: boolean;
  readonly arguments: readonly string[];
  /** Name of the process that started it; absent when that has gone. */
  readonly launcher?: string | undefined;
}

/** What the end of a log file shows. */
export interface LogFacts {
  readonly bytes: number;
  /** Newest last: as many as the end of the file holds. */
  readonly errors: readonly { /** Milliseconds since 1970. */ readonly time: number; readonly message: string }[];
}

/** How a socket behaves towards whoever connects; `closed`: it hangs up before it says anything. */
export type SocketAnswer = 'answers' | 'closed' | 'silent' | 'dead' | 'denied' | 'missing';

/** How the PC/SC service is set up on a Linux system. */
export interface ServiceSetup {
  readonly isInstalled: boolean;
  /** A systemd unit that the administrator has turned off for good. */
  readonly maskedUnit?: string | undefined;
  readonly driverFolder: string;
  readonly hasDriver: boolean;
}

/** What a server shows of itself. */
export interface ServerChain {
  /**
   * Whose roots vouch for it: those that everybody has, those that the entry names, only those that somebody has added
   * to this computer, or nobody's.
   */
  readonly vouchedBy: 'public' | 'entry' | 'system' | 'nobody';
  /** Names of the issuers as they stand in the certificates, from the server's own issuer upwards. */
  readonly issuers: readonly string[];
}
