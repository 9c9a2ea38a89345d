import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { status, sw, type Reply } from '../virtual-card/status-words.js';
import { authenticateManagement, MANAGEMENT_KEY } from './management-authentication.js';
import type { PivContext } from './piv-context.js';
import { readTemplate } from './piv-template.js';
import { performKeyOperation } from './private-key-operations.js';

const DYNAMIC_AUTHENTICATION = 0x7c;

/** GENERAL AUTHENTICATE (SP 800-73-4 part 2 §3.2.4): P1 algorithm, P2 key, template 7C. */
export function generalAuthenticate(card: PivContext, command: ParsedCommand): Reply {
  const template = readTemplate(command.data, DYNAMIC_AUTHENTICATION);
  if (template === undefined) return status(sw.badData);
  return command.p2 === MANAGEMENT_KEY
    ? authenticateManagement(card, command.p1, template)
    : performKeyOperation(card, command, template);
}
