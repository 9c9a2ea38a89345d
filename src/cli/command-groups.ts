import type { Command as Parser } from 'commander';
import type { HelpSection, TopCommand } from '../messages/help-top.js';
import type { ProgramParts } from './program-parts.js';

/** Adds the commands of a group to the tree. */
export type AddCommands = (program: Parser, parts: ProgramParts) => void;

/** Commands that are built together, and not before one of them is meant. */
export interface CommandGroup {
  readonly section: HelpSection;
  /** Their first words, in the order of the help. */
  readonly names: readonly TopCommand[];
  readonly load: () => Promise<AddCommands>;
}

/** Everything that `kort` can be told, in the order of its help; whoever adds a command adds it here. */
export const commandGroups: readonly CommandGroup[] = [
  {
    section: 'daily',
    names: ['status'],
    load: async () => (await import('./commands/status-options.js')).addStatusCommand,
  },
  {
    section: 'daily',
    names: ['ui'],
    load: async () => (await import('./commands/ui-options.js')).addUiCommand,
  },
  {
    section: 'daily',
    names: ['prompt'],
    load: async () => (await import('./commands/prompt-options.js')).addPromptCommand,
  },
  {
    section: 'daily',
    names: ['unlock', 'pin'],
    load: async () => (await import('./commands/pin-options.js')).addPinCommands,
  },
  {
    section: 'daily',
    names: ['certificate'],
    load: async () => (await import('./commands/certificate-options.js')).addCertificateCommands,
  },
  {
    section: 'daily',
    names: ['expiry'],
    load: async () => (await import('./commands/expiry-options.js')).addExpiryCommands,
  },
  {
    section: 'look',
    names: ['history'],
    load: async () => (await import('./commands/history-options.js')).addHistoryCommands,
  },
  {
    section: 'look',
    names: ['watch', 'trace'],
    load: async () => (await import('./commands/watch-options.js')).addWatchCommands,
  },
  {
    section: 'look',
    names: ['doctor'],
    load: async () => (await import('./commands/doctor-options.js')).addDoctorCommand,
  },
  {
    section: 'settings',
    names: ['daemon'],
    load: async () => (await import('./commands/daemon-options.js')).addDaemonCommands,
  },
  {
    section: 'settings',
    names: ['rp'],
    load: async () => (await import('./commands/rp-options.js')).addRpCommands,
  },
  {
    section: 'settings',
    names: ['link', 'open'],
    load: async () => (await import('./commands/link-options.js')).addLinkCommands,
  },
  {
    section: 'settings',
    names: ['setting'],
    load: async () => (await import('./commands/setting-options.js')).addSettingCommands,
  },
  {
    section: 'settings',
    names: ['phrase'],
    load: async () => (await import('./commands/phrase-options.js')).addPhraseCommands,
  },
  {
    section: 'settings',
    names: ['completion'],
    load: async () => (await import('./commands/completion-options.js')).addCompletionCommand,
  },
  {
    section: 'trial',
    names: ['sandbox'],
    load: async () => (await import('./commands/sandbox-options.js')).addSandboxCommands,
  },
];
