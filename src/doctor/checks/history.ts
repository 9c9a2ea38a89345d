import { isMiddlewareError } from '../../core/errors.js';
import type { HistoryVerdict } from '../../model/history.js';
import { doctorFinding } from '../../model/doctor-codes.js';
import type { CheckOutcome, DoctorCheck } from '../doctor-check.js';

/** What this check asks of the machine. */
export interface HistoryPorts {
  /** By the daemon, or from the files where none runs. */
  readonly verify: () => Promise<HistoryVerdict>;
  /** Names of histories that were found damaged and set aside. */
  readonly keptAside: () => readonly string[];
}

/** Whether the history is whole, as far as it is kept. */
export function checkHistory({ verify, keptAside }: HistoryPorts): DoctorCheck {
  return {
    name: 'history',
    boundMs: 30_000,
    run: async () => {
      const aside = keptAside().map((file) => doctorFinding('history.kept-aside', { file }));
      return [...(await findingsOf(verify)), ...aside];
    },
  };
}

async function findingsOf(verify: HistoryPorts['verify']): Promise<Extract<CheckOutcome, readonly unknown[]>> {
  try {
    const verdict = await verify();
    if (verdict.intact) return [];
    const { file, line, problem } = verdict;
    if (problem === 'cut' || problem === 'head' || problem === 'seal') {
      return [doctorFinding(`history.${problem}`, { file, line })];
    }
    return [doctorFinding('history.broken', { file, line, problem })];
  } catch (error) {
    const detail = isMiddlewareError(error) ? error.code : undefined;
    return [doctorFinding('history.unreadable', { detail })];
  }
}
