import { BoundedMap } from '../kort-login/bounded-map.mjs';
import { LoginFailure } from '../kort-login/kort-login.mjs';

/*
 * Which session stands on which login, so that a card that is pulled ends it: here, at every application that it
 * reached, and for every token that was given out under it.
 */
export function createCardSessions(provider) {
  /** By the order id of the login. */
  const logins = new BoundedMap();

  // What a login brings is known before its session is: the two meet here.
  provider.on('authorization.success', ({ oidc }) => {
    const { orderId } = oidc.result?.login ?? {};
    const login = logins.get(orderId);
    if (login !== undefined) login.sessionUid = oidc.session.uid;
  });

  return {
    /**
     * @param {import('kort/verify').VerifiedLogin} login
     * @throws {LoginFailure} for an order id of another login: only the user's computer chose it, and whoever chose the
     *   id of somebody else's order would take the place of the key that ends that session
     */
    remember({ orderId, removalJwk }) {
      if (logins.has(orderId)) throw new LoginFailure('notAccepted');
      logins.set(orderId, { removalJwk, sessionUid: undefined });
    },

    /** The key that must have signed the news of this login's card; undefined when there is no such login. */
    removalKeyOf: (orderId) => logins.get(orderId)?.removalJwk,

    /** Ends the session that stands on a login. */
    async end(orderId) {
      // The key stays, so that a report which comes again is known for one that came before.
      const { sessionUid } = logins.get(orderId) ?? {};
      const session = sessionUid === undefined ? undefined : await provider.Session.findByUid(sessionUid);
      if (session === undefined) return;
      await session.destroy();
      await Promise.allSettled(Object.entries(session.authorizations ?? {}).map((one) => endAtClient(session, ...one)));
    },
  };

  async function endAtClient(session, clientId, { sid, grantId }) {
    await provider.Grant.find(grantId).then((grant) => grant?.destroy());
    const client = await provider.Client.find(clientId);
    await client.backchannelLogout(session.accountId, sid);
  }
}
