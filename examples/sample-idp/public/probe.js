/*
 * Finds out whether a page can reach kort, and if not, which layer is in the way. No dependency, no build: copy it.
 *
 * layer          what it means                                                     what helps
 * -------------- ----------------------------------------------------------------- --------------------------------------
 * ok             kort answers to this page
 * permission     the browser asks the user (Local Network Access), or was told no  the user allows it, or a browser policy
 * mixed-content  the browser lets no https page call plain http on the loopback    redirect
 * page-policy    the page's own Content-Security-Policy does not list the endpoint connect-src of the page
 * other-program  what answers is not kort                                          kort daemon status
 * no-answer      nothing is there, or kort answers nobody from this origin: it is  kort: links, whose handler says what is
 *                built so that a page which it does not know cannot tell the two   wrong; kort rp add, or install kort
 *                apart
 */

/**
 * @param {string} endpoint such as `http://127.0.0.1:14940`
 * @param {{waitMs?: number, onAsking?: () => void}} [options] `onAsking` is called when the browser will ask the user
 * @returns {Promise<{layer: 'ok' | 'permission' | 'mixed-content' | 'page-policy' | 'other-program' | 'no-answer', detail?: string}>}
 */
export async function probe(endpoint, { waitMs = 60_000, onAsking } = {}) {
  if (isMixedContent(endpoint)) return { layer: 'mixed-content' };
  const permission = await loopbackPermission();
  if (permission === 'denied') return { layer: 'permission', detail: 'denied' };
  if (permission === 'prompt') onAsking?.();

  const violations = listenForViolations(endpoint);
  const asked = performance.now();
  const first = await attempt(`${endpoint}/.well-known/kort-oob`, { credentials: 'omit', cache: 'no-store' }, waitMs);
  const tookMs = performance.now() - asked;
  if (first.response !== undefined) return await judge(first.response);
  if (await violations.stop()) return { layer: 'page-policy' };
  if (first.timedOut) return { layer: permission === 'prompt' ? 'permission' : 'other-program', detail: 'no answer' };
  const after = await loopbackPermission();
  if (after === 'denied') return { layer: 'permission', detail: 'denied' };
  if (permission === 'prompt' && after === 'prompt' && !isOnLoopback()) {
    // Some ask only once they are connected: what fails before anybody can have read the question was not asked.
    return tookMs > personMs ? { layer: 'permission', detail: 'dismissed' } : { layer: 'no-answer' };
  }

  // An answer without CORS cannot be read, but is seen to be there; kort's own is hidden even so.
  const blind = await attempt(`${endpoint}/.well-known/kort-oob`, { mode: 'no-cors', cache: 'no-store' }, 5_000);
  return { layer: blind.response === undefined ? 'no-answer' : 'other-program' };
}

/** Windows takes two seconds to find that nobody listens. */
const personMs = 2_500;

/** Such a page is asked nothing. */
const isOnLoopback = () => ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

async function judge(response) {
  try {
    const answer = await response.json();
    if (response.ok && answer.name === 'kort' && answer.protocolVersions.includes(1)) return { layer: 'ok' };
  } catch {
    // Not JSON, or not this JSON.
  }
  return { layer: 'other-program' };
}

async function attempt(url, init, waitMs) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), waitMs);
  try {
    return { response: await fetch(url, { ...init, signal: controller.signal }) };
  } catch {
    return { timedOut: controller.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}

/** The page's own policy tells about what it blocked, a moment after the fetch failed. */
function listenForViolations(endpoint) {
  let blocked = false;
  const listener = ({ blockedURI, disposition }) => {
    blocked ||= disposition === 'enforce' && blockedURI.startsWith(endpoint);
  };
  document.addEventListener('securitypolicyviolation', listener);
  return {
    async stop() {
      await new Promise((resolve) => setTimeout(resolve));
      document.removeEventListener('securitypolicyviolation', listener);
      return blocked;
    },
  };
}

/**
 * Chrome 142 has one permission for the local network; from 146 on the loopback has its own. Other browsers know
 * neither name.
 */
async function loopbackPermission() {
  for (const name of ['loopback-network', 'local-network-access']) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // A name that this browser does not know.
    }
  }
  return undefined;
}

/** WebKit makes no exception for the loopback; nobody makes one for other hosts. */
function isMixedContent(endpoint) {
  const { protocol, hostname } = new URL(endpoint);
  if (location.protocol !== 'https:' || protocol !== 'http:') return false;
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return !isLoopback || navigator.vendor.startsWith('Apple');
}
