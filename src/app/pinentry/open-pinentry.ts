import type { Clock, Logger } from '../../core/ports.js';
import type { AttachedSurfaces } from '../../daemon/control/prompt-surfaces.js';
import { createPinentry } from '../../platform/pinentry.js';
import { findPinentryProgram, hasDesktop } from '../../platform/pinentry-program.js';
import { readUserSettings } from '../../platform/user-settings.js';
import { daemonLanguage } from '../daemon-language.js';
import { PinentrySurface } from './pinentry-surface.js';

/** What {@link followPinentry} works with. */
export interface PinentryContext {
  readonly prompts: AttachedSurfaces;
  /** Nothing of a sandbox comes to the desktop unless the user has said so. */
  readonly sandbox: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The desktop's dialogue as far as settings, system and environment have one. */
export interface FollowedPinentry {
  /** Attaches or detaches it as the settings say by now. */
  look(): void;
  close(): void;
}

/** Nothing is attached before the first look. */
export function followPinentry(context: PinentryContext): FollowedPinentry {
  let known: string | undefined;
  let surface: PinentrySurface | undefined;
  const close = (): void => {
    surface?.close();
    surface = undefined;
    known = undefined;
  };
  return {
    look() {
      const found = pinentryOf(context);
      const wanted = found && `${found.program}\n${found.terminal ?? ''}`;
      if (wanted === known) return;
      close();
      if (found === undefined) return;
      known = wanted;
      const { prompts, env, clock, logger } = context;
      const dialogues = createPinentry({ ...found, env });
      surface = new PinentrySurface({ prompts, dialogues, language: daemonLanguage, clock, logger });
      void surface.attach();
      logger.info({ program: found.program }, 'The PIN can be asked for on the desktop');
    },
    close,
  };
}

interface FoundPinentry {
  readonly program: string;
  readonly terminal?: string | undefined;
}

function pinentryOf({ sandbox, env }: PinentryContext): FoundPinentry | undefined {
  const settings = readUserSettings();
  const wanted = settings.pinentry ?? (sandbox ? 'off' : 'on');
  const terminal = settings['pinentry-terminal'];
  if (wanted === 'off' || (terminal === undefined && !hasDesktop(env))) return undefined;
  const program = findPinentryProgram(settings['pinentry-program']);
  return program === undefined ? undefined : { program, terminal };
}
