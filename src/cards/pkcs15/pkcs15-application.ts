import { fromHex } from '../../core/bytes.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';

/** RID of RSA Laboratories and `PKCS-15` (PKCS#15 v1.1 §5.7.1). */
const APPLICATION_AID = fromHex('a000000063504b43532d3135');

/** Selects the PKCS#15 application by its name. One command; false when the card has none. */
export async function selectPkcs15(exchange: ApduExchange): Promise<boolean> {
  const select = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00, data: APPLICATION_AID, le: 256 };
  return (await exchange.send(select, { discardData: true })).statusWord === SW_OK;
}
