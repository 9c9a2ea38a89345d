import type { ControlClient } from '../client/client.js';
import type { DoctorCheckResult, DoctorReport } from '../model/doctor.js';

/** The terminal in raw mode, as far as the UI needs it. */
export interface UiTerminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  close(): void;
}

/** Everything outside the terminal UI that it needs; given by the composition root. */
export interface UiPorts {
  readonly version: string;
  readonly connect: () => Promise<ControlClient>;
  /** Starts the daemon of the same instance and waits until it answers. */
  readonly startDaemon: () => Promise<void>;
  /** `onBytes` must not keep the bytes: they are wiped when it returns. */
  readonly openTerminal: (onBytes: (bytes: Uint8Array) => void, onResize: () => void) => Promise<UiTerminal>;
  /** Aborted by signals that end the program. */
  readonly interrupted: AbortSignal;
  /** Works without a daemon too. */
  readonly examine: (onCheck: (result: DoctorCheckResult) => void, signal: AbortSignal) => Promise<DoctorReport>;
  /** Writes the archive for those who help; its path. */
  readonly writeReport: (report: DoctorReport, path?: string) => Promise<string>;
}
