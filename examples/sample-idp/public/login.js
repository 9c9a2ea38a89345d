/*
 * The login page: tries kort by fetch, and offers the next way where that is blocked. Without script the page still has
 * the links for redirect and scheme. Whatever happens here, only the server signs anybody in.
 */
import { probe } from './probe.js';

const page = document.querySelector('main');
const { endpoint, self, login, only, purpose } = page.dataset;
const texts = JSON.parse(document.querySelector('#texts').textContent);
const say = (key) => {
  document.querySelector('#status').textContent = texts[key] ?? texts.unknown;
  document.querySelector('#status').hidden = false;
  page.dataset.status = key;
};

/** Which ways are worth a try when a layer is in the way of the page launcher. */
const waysPast = {
  permission: ['redirect', 'scheme'],
  'mixed-content': ['redirect', 'scheme'],
  'page-policy': ['redirect', 'scheme'],
  'other-program': ['scheme'],
  'no-answer': ['scheme', 'redirect'],
};

/**
 * The browser was sent to kort by redirect and was taken back here by hand: nothing was there, or it refused. Whoever
 * came back with an answer, and tries again from there, is here anew.
 */
const [{ type: arrival }] = performance.getEntriesByType('navigation');
if (arrival === 'navigate') sessionStorage.removeItem('kort-redirect');
const redirectFailed = sessionStorage.getItem('kort-redirect') === self;

async function start() {
  say('checking');
  if (only !== 'page' && only !== '') {
    offer([only], only === 'redirect' && redirectFailed ? 'redirectFailed' : `use-${only}`);
    return;
  }
  const { layer } = await probe(endpoint, { onAsking: () => say('asking') });
  page.dataset.layer = layer;
  if (layer === 'ok') {
    await loginOnPage();
    return;
  }
  document.querySelector('#again').hidden = only !== 'page';
  offer(only === 'page' ? [] : waysPast[layer].filter((way) => way !== 'redirect' || !redirectFailed), layer);
}

function offer(ways, reason) {
  say(reason);
  for (const link of document.querySelectorAll('[data-way]')) {
    link.hidden = !ways.includes(link.dataset.way);
    link.classList.toggle('first', link.dataset.way === ways[0]);
  }
}

async function loginOnPage() {
  try {
    offer([], 'starting');
    const { request } = await call(`${self}/request`, { ref: login });
    const { orderRef } = await call(`${endpoint}/oob/v1/${purpose}`, { request });
    document
      .querySelector('#cancel')
      .addEventListener('click', () => void call(`${endpoint}/oob/v1/cancel`, { orderRef }));
    // Who goes back to the service shall not be asked for a PIN any more.
    document.querySelector('a[href$="/abort"]').addEventListener('click', (event) => {
      event.preventDefault();
      const leave = () => location.assign(event.target.href);
      call(`${endpoint}/oob/v1/cancel`, { orderRef }).then(leave, leave);
    });
    document.querySelector('#cancel').hidden = false;
    const answer = await collect(orderRef);
    say('finishing');
    const { location: next } = await call(`${self}/answer`, { ref: login, answer });
    location.replace(next);
  } catch (error) {
    document.querySelector('#cancel').hidden = true;
    document.querySelector('#again').hidden = false;
    document.querySelector('#comparison').hidden = true;
    document.querySelector('#status').classList.add('failed');
    say(error.reason ?? 'unknown');
  }
}

async function collect(orderRef) {
  for (;;) {
    const { status, hintCode, assertion, signatures } = await call(`${endpoint}/oob/v1/collect`, {
      orderRef,
      waitSeconds: 20,
    });
    if (status === 'complete') return { assertion, signatures };
    if (status === 'failed') return { error: hintCode };
    say(hintCode);
    // A state that lasts is answered at once the first time, and after a change from then on.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function call(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(url), { reason: answer.reason ?? answer.errorCode });
  return answer;
}

// Absent where another launcher is the only one.
document
  .querySelector('[data-way=redirect]')
  ?.addEventListener('click', () => sessionStorage.setItem('kort-redirect', self));
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
await start();
