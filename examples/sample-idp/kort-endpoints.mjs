import { verifyRemoval } from 'kort/verify';
import { BoundedMap } from '../kort-login/bounded-map.mjs';
import { readForm, readJson, refusal, sendJson } from '../http.mjs';

/** kort remembers logins longer than this process lives. */
const unknownLogin = ' (harmless: it is about a login of an earlier run, whose session is gone already)';

/*
 * What kort itself calls, as registered: without a browser and without cookies. Nobody is signed in here.
 */
export function createKortEndpoints({ kortLogin, cardSessions, config }) {
  const removed = new BoundedMap();

  /** True once for each. */
  function consumeJti(jti) {
    const isNew = !removed.has(jti);
    removed.set(jti, true);
    return isNew;
  }

  async function giveRequest(request, response) {
    const given = await kortLogin.giveOut(await readJson(request));
    if (given === undefined) throw refusal(404);
    sendJson(response, given);
  }

  async function takeAnswer(request, response) {
    const received = kortLogin.receive(await readJson(request));
    if (received === undefined) throw refusal(404);
    sendJson(response, received);
  }

  async function endLogin(request, response) {
    const token = (await readForm(request)).get('logout_token') ?? '';
    const { clientId } = config;
    const keyOf = (sid) => cardSessions.removalKeyOf(sid);
    try {
      const { sid } = await verifyRemoval(token, { clientId, keyOf, consumeJti });
      config.log('card removed: its session ends');
      await cardSessions.end(sid);
    } catch (error) {
      // A report that came before: its session has ended, and kort may not have heard our answer.
      if (error.fields?.detail !== 'jti') {
        const isUnknown = error.fields?.detail === 'sid';
        config.log(`removal refused: ${error.message}${isUnknown ? unknownLogin : ''}`);
        throw refusal(400);
      }
    }
    response.writeHead(204).end();
  }

  const endpoints = { '/kort/request': giveRequest, '/kort/response': takeAnswer, '/kort/removal': endLogin };

  return async (request, response, url) => {
    const handler = endpoints[url.pathname];
    if (handler === undefined || request.method !== 'POST') throw refusal(404);
    await handler(request, response);
  };
}
