import type { ControlClient } from '../client/client.js';
import type { DoctorCheckResult, DoctorReport } from '../model/doctor.js';

/** The terminal in raw mode, as far as the UI needs it. */
export interface UiTerminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  close(): void;
}

/** How the terminal is used. */
export interface UiTerminalUse {
  /** Written first. */
  readonly enter: string;
  /** Written last, however the program ends. */
  readonly leave: string;
  /** Must not keep the bytes: they are wiped when it returns. */
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onResize: () => void;
}

/** Everything outside the terminal UI that it needs; given by the composition root. */
export interface UiPorts {
  readonly version: string;
  readonly connect: () => Promise<ControlClient>;
  /** Starts the daemon of the same instance and waits until it answers. */
  readonly startDaemon: () => Promise<void>;
  readonly openTerminal: (use: UiTerminalUse) => Promise<UiTerminal>;
  /** Stops the program as the shell's job that it is; resolves when it goes on. */
  readonly suspend: () => Promise<void>;
  /** Aborted by signals that end the program. */
  readonly interrupted: AbortSignal;
  /** Works without a daemon too. */
  readonly examine: (onCheck: (result: DoctorCheckResult) => void, signal: AbortSignal) => Promise<DoctorReport>;
  /** Writes the archive for those who help; its path. */
  readonly writeReport: (report: DoctorReport, path?: string) => Promise<string>;
}
