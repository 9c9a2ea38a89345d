import { setTimeout as delay } from 'node:timers/promises';
import { isMiddlewareError } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, trustPolicyOf, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { createSandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { PrivateHome, startDaemon, type RunningDaemon } from './daemon.js';
import { trustSandboxCa } from './login-bench.js';
import { LoginPace } from './login-pace.js';
import { processFigures, type ProcessFigures } from './process-figures.js';
import { seededRandom, type SeededRandom } from './seeded-random.js';
import { StormHands, stormReaders, type Deed } from './storm-hands.js';
import { StormSurface } from './storm-surface.js';
import { watchedCard, type WatchedCard, type WatchedKind } from './watched-card.js';

export interface StormOptions {
  readonly seconds: number;
  /** Goes on after its time until so many logins came through and cards came in, however slow the machine is. */
  readonly atLeast?: { readonly complete: number; readonly inserted: number };
  readonly seed: number;
  /** How much longer a deed takes to be noticed where other work keeps the machine; 1 on one that does nothing else. */
  readonly patience?: number;
  /** Told of what goes on, a line at a time. */
  readonly say: (line: string) => void;
  /** Between two lines that tell of progress. */
  readonly sayEverySeconds: number;
}

/** What came of a storm; what is wrong with it is in `wrong`, which should be empty. */
export interface StormReport {
  readonly seed: number;
  readonly logins: number;
  readonly complete: number;
  /** How often a login failed, by hint. */
  readonly failures: Readonly<Record<string, number>>;
  readonly deeds: StormHands['counts'];
  readonly codes: { readonly sent: number; readonly wrong: number; readonly reachedACard: number };
  /** Of kortd: at rest before, under way, at rest after. */
  readonly atStart: ProcessFigures;
  readonly afterWarmUp: ProcessFigures;
  readonly atEnd: ProcessFigures;
  readonly samples: readonly ProcessFigures[];
  readonly lostTries: number;
  /** Connections to the virtual readers that are left when every card is out. */
  readonly connectionsLeft: number;
  readonly longestLoginMs: number;
  readonly wrong: readonly string[];
}

/** A login that takes longer hangs. */
const LOGIN_BOUND_MS = 60_000;
/** A deed is noticed a little later than it is done. */
const ECHO_MS = 1500;
/** What breaks a card may strike some commands later. */
const STRIKE_MS = 5000;

const kinds: readonly WatchedKind[] = [
  { family: 'idprime', model: '940' },
  { family: 'idprime', model: 'md840' },
  { family: 'piv', atrKind: 'yubikey' },
  { family: 'pkcs15', commandSet: 'isoapplet' },
  { family: 'pkcs15', commandSet: 'myeid' },
];

/** 16 cards of mixed kinds, each of another person and with another PIN, every third with an RSA key. */
async function makeCards(ca: SandboxCa): Promise<readonly WatchedCard[]> {
  const numbers = Array.from({ length: 16 }, (_, n) => n);
  return await Promise.all(
    numbers.map((n) => {
      const two = String(n + 1).padStart(2, '0');
      // The 840 has no elliptic curves.
      const kind = kinds[n % kinds.length]!;
      const rsa = n % 3 === 0 || (kind.family === 'idprime' && kind.model === 'md840');
      return watchedCard(ca, {
        name: `storm-${two}`,
        kind,
        pin: String(417_000 + 37 * n),
        person: {
          givenName: `Tolvan${two}`,
          surname: 'Tolvansson',
          personId: `TSTNMT2321000156-20${two}`,
          level: 3,
          keyType: rsa ? 'rsa' : 'ec-p256',
        },
      });
    }),
  );
}

/** Why a login may fail, by hint: what was done to the card of the person, or what the surface did. */
const excuses: Readonly<Record<string, (deeds: readonly Deed[], ended: string | undefined) => boolean>> = {
  cardRemoved: (deeds) => deeds.includes('pulled'),
  userCancel: (_, ended) => ended === 'gave up',
  certificateErr: (deeds, ended) =>
    ended?.startsWith('explained') === true && deeds.some((deed) => deed === 'silent' || deed === '6f00'),
  // No card at all could be read, and the person waited in vain.
  noSuitableCertificate: (_, ended) => ended?.startsWith('explained') === true,
};

/** 16 readers and cards behind a virtual PC/SC service in this process, the built daemon in another. */
export async function runStorm(options: StormOptions): Promise<StormReport> {
  const home = new PrivateHome();
  const socketPath = `${home.folder}/pcscd.comm`;
  home.env['PCSCLITE_CSOCK_NAME'] = socketPath;
  const hardware = new VirtualHardware();
  for (const name of stormReaders) hardware.addReader(name);
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  try {
    const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
    const cards = await makeCards(ca);
    for (const { name, card } of cards) hardware.addCard(name, card);
    trustSandboxCa(home, 'storm', ca);
    const daemon = await startDaemon(home, 'storm', ['--port', '0']);
    try {
      return await new Storm(options, daemon, hardware, cards, ca).run();
    } finally {
      await daemon.stop();
    }
  } finally {
    await service.close();
    home.remove();
  }
}

class Storm {
  readonly #options: StormOptions;
  readonly #daemon: RunningDaemon;
  readonly #hardware: VirtualHardware;
  readonly #cards: readonly WatchedCard[];
  readonly #random: SeededRandom;
  readonly #hands: StormHands;
  readonly #surface: StormSurface;
  readonly #party = createSandboxRelyingParty();
  readonly #pace: LoginPace;
  readonly #trust: ReturnType<typeof trustPolicyOf>;
  readonly #failures: Record<string, number> = {};
  readonly #samples: ProcessFigures[] = [];
  readonly #wrong: string[] = [];
  #port = 0;
  #logins = 0;
  #complete = 0;
  #longestLoginMs = 0;

  constructor(
    options: StormOptions,
    daemon: RunningDaemon,
    hardware: VirtualHardware,
    cards: readonly WatchedCard[],
    ca: SandboxCa,
  ) {
    this.#options = options;
    this.#daemon = daemon;
    this.#hardware = hardware;
    this.#cards = cards;
    this.#random = seededRandom(options.seed);
    this.#hands = new StormHands(hardware, seededRandom(options.seed + 1));
    this.#surface = new StormSurface(daemon.client, cards, seededRandom(options.seed + 2));
    this.#trust = trustPolicyOf(ca);
    this.#pace = new LoginPace(options.seconds > 60 ? 'even' : 'bursts');
  }

  async run(): Promise<StormReport> {
    const { client } = this.#daemon;
    this.#options.say(`seed ${this.#options.seed}`);
    await client.request('rp.add', { entry: this.#party.entry });
    await this.#surface.attach();
    this.#port = (await client.request('daemon.status', {})).loopback.port;
    await this.#rest();
    const atStart = this.#figures();
    await this.#loginsInTheStorm();
    const afterWarmUp = this.#samples[Math.floor(this.#samples.length / 5)] ?? atStart;
    await this.#rest();
    await this.#everyCardOnce();
    await this.#rest();
    const atEnd = this.#figures();
    const lostTries = this.#surface.lostTries();
    const connectionsLeft = this.#connections();
    this.#wrong.push(...this.#surface.violations);
    if (lostTries !== 0) this.#wrong.push(`${lostTries} tries lost`);
    if (connectionsLeft !== 0) this.#wrong.push(`${connectionsLeft} connections left to empty readers`);
    const reachedACard = this.#cards.reduce((sum, { verifies }) => sum + verifies.length, 0);
    return {
      seed: this.#options.seed,
      logins: this.#logins,
      complete: this.#complete,
      failures: this.#failures,
      deeds: this.#hands.counts,
      codes: { sent: this.#surface.sent, wrong: this.#surface.sentWrong, reachedACard },
      ...{ atStart, afterWarmUp, atEnd, samples: this.#samples, lostTries, connectionsLeft },
      longestLoginMs: this.#longestLoginMs,
      wrong: this.#wrong,
    };
  }

  async #loginsInTheStorm(): Promise<void> {
    const ending = new AbortController();
    const end = Date.now() + this.#options.seconds * 1000;
    const handwork = this.#hands.work(ending.signal);
    const sampling = this.#sample(ending.signal);
    try {
      while (Date.now() < end || !this.#hadEnough()) await this.#loginAtRandom();
    } finally {
      ending.abort();
      await Promise.all([handwork, sampling]);
    }
  }

  #hadEnough(): boolean {
    const { complete, inserted } = this.#options.atLeast ?? { complete: 0, inserted: 0 };
    return this.#complete >= complete && this.#hands.counts.inserted >= inserted;
  }

  /** Mostly a person whose card is in; sometimes one whose card may come yet; sometimes somebody meddles with it. */
  async #loginAtRandom(): Promise<void> {
    while (this.#hands.insertedCards.length === 0) await delay(50);
    await this.#pace.next();
    const inserted = this.#cards.filter(({ name }) => this.#hands.insertedCards.includes(name));
    const wanted = this.#random.pick(this.#random.chance(0.92) && inserted.length > 0 ? inserted : this.#cards)!;
    const timer = this.#random.chance(0.25)
      ? setTimeout(() => this.#hands.meddleWith(wanted.name), this.#random.between(0, 1200))
      : undefined;
    try {
      await this.#login(wanted);
    } finally {
      clearTimeout(timer);
    }
  }

  async #login(wanted: WatchedCard): Promise<void> {
    this.#logins += 1;
    const begun = Date.now();
    const attempt = (): Promise<string> =>
      this.#party.login({ port: this.#port, level: 3, trust: this.#trust }).then(
        ({ login }) => this.#succeeded(wanted, login.subject),
        (error: unknown) => hintOf(error),
      );
    const hang = delay(LOGIN_BOUND_MS, 'hang' as const, { ref: false });
    const { result, offered, ended } = await this.#surface.playing(wanted, () => Promise.race([attempt(), hang]));
    this.#longestLoginMs = Math.max(this.#longestLoginMs, Date.now() - begun);
    if (result === 'hang') throw new Error(`A login hangs\n${this.#daemon.log().slice(-8000)}`);
    if (result === 'complete') return;
    this.#failures[result] = (this.#failures[result] ?? 0) + 1;
    const { patience = 1 } = this.#options;
    const deeds = offered.flatMap(({ name }) => [
      ...this.#hands.deedsTo(name, begun - patience * ECHO_MS),
      ...this.#hands.deedsTo(name, begun - patience * STRIKE_MS).filter((deed) => deed === '6f00' || deed === 'silent'),
    ]);
    if (excuses[result]?.(deeds, ended) !== true) {
      this.#wrong.push(`${wanted.name}: ${result} (${ended ?? 'no end'}) after ${deeds.join(', ') || 'nothing'}`);
    }
  }

  #succeeded(wanted: WatchedCard, subject: string): 'complete' {
    this.#complete += 1;
    if (subject !== wanted.person.personId) this.#wrong.push(`${subject} instead of ${wanted.person.personId}`);
    return 'complete';
  }

  /** After the storm every card still works, each in a reader of its own. */
  async #everyCardOnce(): Promise<void> {
    this.#cards.forEach(({ name }, n) => this.#hands.insert(stormReaders[n]!, name));
    await this.#statusUntil((cards) => cards.every(({ ready }) => ready));
    const before = this.#complete;
    const few = this.#options.seconds < 60 ? this.#cards.filter((_, n) => n % 5 === 2) : this.#cards;
    for (const card of few) {
      await this.#pace.next();
      await this.#login(card);
    }
    if (this.#complete !== before + few.length) this.#wrong.push('not every card works after the storm');
  }

  /** Until the daemon has noticed that every card is out. */
  async #rest(): Promise<void> {
    this.#hands.clear();
    await this.#statusUntil((cards) => cards.every(({ absent }) => absent));
    for (let tries = 0; this.#connections() > 0 && tries < 100; tries += 1) await delay(50);
    await delay(500);
  }

  #connections(): number {
    return this.#hardware.readers.reduce((sum, { connections }) => sum + connections.shared, 0);
  }

  async #statusUntil(fits: (cards: readonly { ready: boolean; absent: boolean }[]) => boolean): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { readers } = await this.#daemon.client.request('status.get', {});
      const cards = readers.map(({ card, token }) => ({ ready: token !== undefined, absent: card === 'absent' }));
      if (cards.length === stormReaders.length && fits(cards)) return;
      await delay(50);
    }
    const { readers } = await this.#daemon.client.request('status.get', {});
    throw new Error(`status stays ${JSON.stringify(readers)}\n${this.#daemon.log().slice(-8000)}`);
  }

  #figures(): ProcessFigures {
    return processFigures(this.#daemon.process.pid!);
  }

  async #sample(signal: AbortSignal): Promise<void> {
    const every = this.#options.sayEverySeconds * 1000;
    let said = Date.now();
    for (let n = 0; !signal.aborted; n += 1) {
      await delay(1000, undefined, { signal }).catch(() => undefined);
      const figures = this.#figures();
      this.#samples.push(figures);
      if (Date.now() - said < every) continue;
      said = Date.now();
      const { inserted, pulled } = this.#hands.counts;
      this.#options.say(
        `${n + 1} s: ${this.#complete}/${this.#logins} logins, ${inserted} in, ${pulled} out, ` +
          `${figures.rssMiB} MiB, ${figures.files} files, ${figures.threads} threads, ` +
          `${this.#connections()} connections, ${this.#wrong.length + this.#surface.violations.length} wrong`,
      );
    }
  }
}

function hintOf(error: unknown): string {
  if (!isMiddlewareError(error, 'ERR_SANDBOX_LOGIN')) throw error;
  return String(error.fields['hintCode'] ?? error.fields['errorCode']);
}

/** Least-squares slope and the medians of the first and last third, of samples one second apart. */
export function trendOf(values: readonly number[]): {
  readonly perMinute: number;
  readonly first: number;
  readonly last: number;
} {
  const n = values.length;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, value) => sum + value, 0) / n;
  const covariance = values.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0);
  const variance = values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  const third = Math.max(1, Math.floor(n / 3));
  return {
    perMinute: Math.round((covariance / (variance || 1)) * 60 * 100) / 100,
    first: median(values.slice(0, third)),
    last: median(values.slice(-third)),
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
