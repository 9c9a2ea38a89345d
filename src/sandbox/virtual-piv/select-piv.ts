import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import type { PivContext } from './piv-context.js';

/** SP 800-73-4 part 1 §2.2: provider, application, version. */
export const PIV_AID = fromHex('A0000003080000100001 00');
const SHORTEST_AID = 5;

/** Application property template (SP 800-73-4 part 2 table 3): the application's own part of the AID, and its authority. */
const applicationProperties = encodeTlv(
  0x61,
  concatBytes(
    encodeTlv(0x4f, PIV_AID.subarray(5)),
    encodeTlv(0x79, encodeTlv(0x4f, PIV_AID.subarray(0, SHORTEST_AID))),
  ),
);

/** Whether this is SELECT of the PIV application, whose name hosts shorten as they like. */
export function isPivSelect(command: ParsedCommand): boolean {
  const { ins, p1, data } = command;
  return (
    ins === 0xa4 && p1 === 0x04 && data.length >= SHORTEST_AID && equalBytes(data, PIV_AID.subarray(0, data.length))
  );
}

/** SELECT (SP 800-73-4 part 2 §3.1.1). Neither a second SELECT nor one of what is not there changes what is verified. */
export function selectPiv(card: PivContext, command: ParsedCommand): Reply {
  if (command.p1 !== 0x04) return status(sw.unsupported);
  if (command.p2 !== 0x00 && command.p2 !== 0x0c) return status(sw.badP1P2);
  if (!isPivSelect(command)) return status(sw.fileNotFound);
  card.volatile.selected = true;
  return command.p2 === 0x0c ? status(sw.ok) : answer(applicationProperties);
}
