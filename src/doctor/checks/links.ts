import { isMiddlewareError } from '../../core/errors.js';
import type { LinkHandler } from '../../model/link-handler.js';
import { doctorFinding } from '../../model/doctor-codes.js';
import type { DoctorCheck } from '../doctor-check.js';

/** What this check asks of the machine. */
export interface LinksPorts {
  /** @throws {MiddlewareError} ERR_LINK_REGISTRATION where the system does not tell. */
  readonly handler: () => Promise<LinkHandler | undefined>;
  /** Whether a relying party that somebody registered starts logins by link. */
  readonly needed: () => Promise<boolean>;
  /** The path of the program that examines. */
  readonly program: string;
  readonly exists: (path: string) => boolean;
}

/** Who opens `kort:` links, and whether that is this installation. */
export function checkLinks({ handler, needed, program, exists }: LinksPorts): DoctorCheck {
  return {
    name: 'links',
    run: async () => {
      let found: LinkHandler | undefined;
      try {
        found = await handler();
      } catch (error) {
        if (!isMiddlewareError(error, 'ERR_LINK_REGISTRATION')) throw error;
        return { notTried: doctorFinding('links.untold', { detail: String(error.fields['detail'] ?? '') }) };
      }
      if (found === undefined) return (await needed()) ? [doctorFinding('links.nobody')] : [];
      const missing = programsIn(found.command).find((path) => !exists(path));
      if (missing !== undefined) return [doctorFinding('links.program-missing', { program: missing })];
      if (found.ours) return [];
      const { name, command } = found;
      if (command?.includes(program) === true) return [doctorFinding('links.other-instance', { command })];
      if (name.startsWith('kort-open'))
        return [doctorFinding('links.other-installation', { command: command ?? name })];
      return [doctorFinding('links.other-program', { name, command })];
    },
  };
}

/** Absolute paths that a command begins with: a program, and the file that an interpreter runs. */
function programsIn(command: string | undefined): readonly string[] {
  const words = [...(command ?? '').matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? '').replaceAll(/\\(.)/g, '$1'),
  );
  return words.slice(0, 2).filter((word) => word.startsWith('/'));
}
