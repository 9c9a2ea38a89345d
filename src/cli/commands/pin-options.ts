import type { Command as Parser } from 'commander';
import type { PinRequest } from '../../control-contract/pins.js';
import type { PinOperationName } from '../../model/pin-care.js';
import { pinNotes } from '../../messages/help-cards.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { parseName, parsePin } from '../values.js';
import { pinOperationCommand, pinStatusCommand } from './pin.js';

interface PinFlags {
  readonly card?: string;
  readonly pin?: Pick<PinRequest, 'reference' | 'role'>;
  readonly pinStdin?: true;
  /** False after `--no-pin-pad`. */
  readonly pinPad: boolean;
}

/** `kort pin status|change|verify` and `kort unlock` */
export function addPinCommands(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const pin = program.command('pin');
  pin
    .command('status')
    .description(help.commands.pinStatus)
    .action(() => choose(pinStatusCommand));
  for (const operation of ['change', 'verify'] as const) {
    const command = pin
      .command(operation)
      .description(operation === 'change' ? help.commands.pinChange : help.commands.pinVerify);
    addPinFlags(command, operation, parts).action((flags: PinFlags) => choose(commandOf(operation, flags)));
  }
  const unlock = program.command('unlock').option('--puk', help.options.puk);
  addPinFlags(unlock, 'unblock', parts).action((flags: PinFlags & { puk?: true }) => {
    if (flags.puk !== true) throw usageError(usage.unlockNeedsPuk);
    choose(commandOf('unblock', flags));
  });
  addNotes(program, pinNotes, parts);
}

function addPinFlags(command: Parser, operation: PinOperationName, { help, usage }: ProgramParts): Parser {
  return command
    .option(`--card <${help.names.cardOrReader}>`, help.options.card, (text) => parseName(text, '--card', usage))
    .option(`--pin <${help.names.pin}>`, help.options.pin, (text) => parsePin(text, usage))
    .option('--pin-stdin', help.pinLines[operation])
    .option('--no-pin-pad', help.options.noPinPad);
}

function commandOf(operation: PinOperationName, { card, pin, pinStdin, pinPad }: PinFlags) {
  return pinOperationCommand({ operation, card, ...pin }, { pinStdin: pinStdin === true, usePinPad: pinPad });
}
