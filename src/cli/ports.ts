import type { ControlClient } from '../client/client.js';
import type { Secret } from '../core/secret.js';
import type { Language } from '../messages/language.js';
import type { DoctorCheckName, DoctorCheckResult, DoctorReport } from '../model/doctor.js';
import type { HistoryPage, HistoryQuery, HistoryVerdict } from '../model/history.js';
import type { LinkRegistration } from '../model/link-handler.js';
import type { NextStepLook } from '../terminal/look.js';
import type { SettingName, SettingsFile } from '../model/setting.js';

/** What a daemon is started with. */
export interface StartOptions {
  readonly instance: string;
  readonly port?: number | undefined;
  readonly sandbox?: boolean | undefined;
  readonly hardwareOnly?: boolean | undefined;
  readonly vpcdPort?: number | undefined;
}

/** What the demo is asked for. */
export interface DemoOptions {
  /** Typed on this terminal, a line of standard input, or the sandbox card's own. */
  readonly pin: 'terminal' | 'stdin' | 'sandbox';
  readonly language: Language;
  /** What the relying party writes to whoever answers the prompt. */
  readonly bindingMessage?: string | undefined;
}

/** The codes that the sandbox's cards are made with. */
export interface SandboxCodes {
  readonly pin: string;
  /** Of the key for signatures, where that has its own. */
  readonly signaturePin: string;
  readonly puk: string;
}

/** A login that the demo carried out and verified. Times in milliseconds. */
export interface DemoReport {
  readonly verified: true;
  readonly subject: string;
  readonly holder: string;
  /** Level URI. */
  readonly level: string;
  readonly relyingParty: string;
  /** As registered, in the language asked for. */
  readonly relyingPartyName: string;
  readonly launcher: string;
  /** Commands to the card from PIN entry to signature. */
  readonly apduCount: number;
  readonly durationMs: number;
  readonly times: Readonly<Record<'startMs' | 'userMs' | 'cardMs' | 'verifyMs', number>>;
}

/** A terminal in raw mode: keys come as bytes, and nothing is echoed. */
export interface RawTerminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** The user's settings; the same for all instances. */
export interface SettingsPort {
  /** Those that are there, the user's before the administrator's. */
  files(): readonly SettingsFile[];
  /** The user's own; undefined takes it back. Throws ERR_CONFIG_INVALID where the file cannot be used or written. */
  change(name: SettingName, value: string | undefined): void;
}

/** How the terminal UI is wanted. */
export interface UiRun {
  readonly look: NextStepLook;
  readonly linear: boolean;
}

/** Where a report goes. */
export interface ReportFile {
  readonly path: string;
  readonly overwrite: boolean;
}

/** What is wrong on this machine; works without a daemon. */
export interface DoctorPort {
  /** Results are told as they come. @throws {MiddlewareError} ERR_ABORTED. */
  examine(options: {
    readonly instance: string;
    readonly only: readonly DoctorCheckName[];
    readonly onCheck: (result: DoctorCheckResult) => void;
    readonly signal: AbortSignal;
  }): Promise<DoctorReport>;
  /** @throws {MiddlewareError} ERR_USAGE with `name` and `reason` for a file that cannot be written there. */
  refuseReport(file: ReportFile): Promise<void>;
  /** Writes an archive that only its owner can read. @throws {MiddlewareError} as `refuseReport`. */
  writeReport(
    file: ReportFile & { readonly instance: string; readonly report: DoctorReport; readonly signal: AbortSignal },
  ): Promise<WrittenReport>;
}

/** A report as it was written. */
export interface WrittenReport {
  readonly path: string;
  readonly bytes: number;
  /** Names of the files in it. */
  readonly files: readonly string[];
}

/** An entry of the history as it was written down elsewhere. */
export interface WrittenHead {
  readonly sequence: number;
  readonly hash: string;
}

/** The history of an instance, from its files: works without a daemon. */
export interface HistoryPort {
  list(instance: string, query: HistoryQuery): Promise<HistoryPage>;
  /**
   * A verdict on a history that is whole, and whether the entry that was written down is still there.
   *
   * @throws {MiddlewareError} ERR_HISTORY_DAMAGED.
   */
  verify(instance: string, written: WrittenHead | undefined): Promise<VerifiedHistory>;
  exists(path: string): boolean;
  /** For its owner only, in place of one that is there. @throws {MiddlewareError} ERR_USAGE. */
  write(path: string, text: string): void;
}

/** A history that is whole; `older`, the entry that was written down is not kept any more. */
export type VerifiedHistory = Extract<HistoryVerdict, { readonly intact: true }> & {
  readonly written?: 'kept' | 'older';
};

/** Everything outside the command line that it needs; given by the composition root. */
export interface CliPorts {
  readonly version: () => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output, whether it is a terminal, and whether whoever read it has left. */
  readonly out: {
    write(text: string): void;
    readonly isTerminal: boolean;
    readonly columns: number;
    readonly isClosed?: boolean;
  };
  /** Standard error, and how wide it is where it is a terminal. */
  readonly error: { write(text: string): void; readonly columns?: number | undefined };
  /** Ends the program as a second Ctrl-C does, whatever it is doing, with the terminal as it was. */
  readonly endAtOnce: () => void;
  /** From now on aborted by Ctrl-C and when the system ends the program, which then goes on. */
  readonly interrupted: () => Promise<AbortSignal>;
  readonly settings: SettingsPort;
  readonly connect: (instance: string) => Promise<ControlClient>;
  /** Starts a daemon and waits until it answers; its process id. */
  readonly startDaemon: (options: StartOptions) => Promise<number>;
  /** Resolves when no daemon of this instance answers any more. */
  readonly daemonGone: (instance: string) => Promise<void>;
  /** Whether standard input and output are a terminal. */
  readonly hasTerminal: () => boolean;
  /** `onBytes` must not keep the bytes: they are wiped when it returns. `onResize` follows a change of size. */
  readonly openTerminal: (onBytes: (bytes: Uint8Array) => void, onResize: () => void) => Promise<RawTerminal>;
  /** One line of text from standard input, after a question on a terminal; undefined at its end. Nothing secret. */
  readonly readLine: (question: string | undefined) => Promise<string | undefined>;
  /** One line of bytes from standard input. */
  readonly readPinLine: () => Promise<Secret>;
  /** So many lines of bytes from standard input. */
  readonly readPinLines: (count: number) => Promise<readonly Secret[]>;
  /** A JSON file; rejects with ERR_CONFIG_INVALID when it cannot be read or holds something else. */
  readonly readJsonFile: (path: string) => Promise<unknown>;
  /** Writes a file, in place of one that is there; rejects with ERR_USAGE. */
  readonly writeTextFile: (path: string, text: string) => Promise<void>;
  /** Opens a web address in the user's browser; whether that seems to have worked. */
  readonly openBrowser: (url: string) => Promise<boolean>;
  /** Shows a sentence on the desktop; whether that could be done. */
  readonly showNotice: (notice: { readonly title: string; readonly text: string }) => Promise<boolean>;
  /** Of `kort:` links, for an instance. */
  readonly linkRegistration: (instance: string | undefined) => Promise<LinkRegistration>;
  /** Where the log of an instance is; undefined while there is none. */
  readonly logPath: (instance: string) => Promise<string | undefined>;
  /** Whether the files of an instance are those of a sandbox. */
  readonly isSandbox: (instance: string) => boolean;
  /** The terminal UI, until it is left. */
  readonly runUi: (run: UiRun) => Promise<void>;
  /** Loaded only then. */
  readonly doctor: () => Promise<DoctorPort>;
  readonly history: () => Promise<HistoryPort>;
  readonly runDemo: (options: DemoOptions) => Promise<DemoReport>;
  /** The PIN and PUK that the sandbox's cards are made with; no secret. */
  readonly sandboxCodes: () => Promise<SandboxCodes>;
}
