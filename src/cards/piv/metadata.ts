import { findTlv } from '../../core/ber-tlv.js';
import { SW_OK, type ResponseApdu } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { isAbsent } from './data-objects.js';

/*
 * GET METADATA of YubiKeys since firmware 5.3 (Yubico's PIV extensions): 01 algorithm, 05 whether it is the factory's.
 */

/** What a YubiKey tells of a key; one before firmware 5.3 tells nothing. One command. */
export interface KeyMetadata {
  /** Undefined where the card does not tell. */
  readonly exists: boolean | undefined;
  readonly algorithm: number | undefined;
  readonly isFactoryKey: boolean | undefined;
}

/** Asks for it; any refusal but that of a key that is not there means that the card does not know the question. */
export async function readMetadata(exchange: ApduExchange, key: number): Promise<KeyMetadata> {
  const answer = await exchange.send({ cla: 0x00, ins: 0xf7, p1: 0x00, p2: key, le: 256 });
  const told = answer.statusWord === SW_OK;
  const absent = isAbsent(answer.statusWord);
  const isFactoryKey = told ? findTlv(answer.data, 0x05)?.[0] : undefined;
  return {
    exists: told ? true : absent ? false : undefined,
    algorithm: told ? algorithmIn(answer) : undefined,
    isFactoryKey: isFactoryKey === undefined ? undefined : isFactoryKey === 1,
  };
}

const algorithmIn = ({ data }: ResponseApdu): number | undefined => findTlv(data, 0x01)?.[0];
