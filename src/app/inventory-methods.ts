import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import { certificateInventory } from '../operations/certificate-inventory.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/** What {@link inventoryMethods} look at. */
export interface InventoryMethodsOptions {
  readonly tokens: Pick<TokenRegistry, 'entries'>;
  readonly trust: TrustPolicy;
  readonly relyingParties: () => readonly RelyingParty[];
}

/** The method `certificate.inventory`. */
export function inventoryMethods({ tokens, trust, relyingParties }: InventoryMethodsOptions): ControlHandlers {
  return {
    'certificate.inventory': () => ({
      entries: [...certificateInventory({ entries: tokens.entries, trust, relyingParties: relyingParties() })],
    }),
  };
}
