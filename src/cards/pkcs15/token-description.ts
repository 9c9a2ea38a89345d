import { readDerObject } from './file-access.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { fileInApplication, TOKEN_INFO_FID } from './file-path.js';
import { parseTokenInfo, type TokenDescription } from './token-info.js';

/** Reads EF.TokenInfo, once in an exchange: within one transaction nobody else can change it. */
export interface TokenDescriptionReader {
  /**
   * Two commands the first time, then none.
   *
   * @throws {MiddlewareError} ERR_CARD_FILE_NOT_FOUND, ERR_CARD_RESPONSE, by status word.
   */
  read(exchange: ApduExchange): Promise<TokenDescription>;
  /** After the file was changed. */
  forget(exchange: ApduExchange): void;
}

/** A reader that remembers as long as an exchange lasts. */
export function createTokenDescriptionReader(): TokenDescriptionReader {
  const known = new WeakMap<ApduExchange, TokenDescription>();
  return {
    async read(exchange) {
      const before = known.get(exchange);
      if (before !== undefined) return before;
      const description = parseTokenInfo(await readDerObject(exchange, fileInApplication(TOKEN_INFO_FID)));
      known.set(exchange, description);
      return description;
    },
    forget(exchange) {
      known.delete(exchange);
    },
  };
}
