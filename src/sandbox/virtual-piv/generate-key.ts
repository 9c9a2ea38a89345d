import { encodeTlv } from '../../core/ber-tlv.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import type { PivContext } from './piv-context.js';
import { generatorOf, isKeySlot, publicKeyObjects } from './piv-keys.js';
import { readTemplate } from './piv-template.js';
import { storeKey, wantedPolicy } from './store-key.js';

/** GENERATE ASYMMETRIC KEY PAIR (SP 800-73-4 part 2 §3.3.2): template AC, 80 the algorithm; answers 7F49. */
export function generateKey(card: PivContext, command: ParsedCommand): Reply {
  const { p1, p2: reference, data } = command;
  if (p1 !== 0x00 || !isKeySlot(reference)) return status(sw.badP1P2);
  if (!card.volatile.managementAuthenticated) return status(sw.securityStatus);
  const template = readTemplate(data, 0xac);
  const algorithm = template?.get(0x80);
  if (template === undefined || algorithm?.length !== 1) return status(sw.badData);
  const generate = generatorOf(algorithm[0] ?? 0, card.state.yubico);
  const pinPolicy = wantedPolicy(card, reference, template);
  if (generate === undefined || pinPolicy === undefined) return status(sw.badData);
  const privateKey = generate();
  storeKey(card, privateKey, { reference, pinPolicy, origin: 'generated' });
  card.countKeyOperation();
  return answer(encodeTlv(0x7f49, publicKeyObjects(privateKey)));
}
