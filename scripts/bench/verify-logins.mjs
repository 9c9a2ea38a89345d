// The measured process of verify.mjs: kort/verify and nothing else.
import { verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRevocationChecker, defaultLevelTable, trustPolicyFrom, verifyAssertion } from 'kort/verify';
import { median } from './table.mjs';

const work = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const policy = trustPolicyFrom(
  work.certificates.map((text) => Buffer.from(text, 'base64')),
  defaultLevelTable,
);
const checker = createRevocationChecker({ hosts: [work.host], sources: ['crl'], listRefreshSeconds: 86_400 });
/** The path that was verified last. */
let path;
const revocation = {
  check: async (verified, at) => await checker.check(verified, at),
  require: async (verified, at) => {
    path = verified;
    return await checker.require(verified, at);
  },
};
const login = async ({ request, assertion }) =>
  await verifyAssertion(assertion, {
    clientId: 'urn:kort:bench',
    request,
    origins: [],
    policy,
    revocation,
    consumeNonce: () => Promise.resolve(true),
  });

const begun = performance.now();
const loadCpu = process.cpuUsage();
await login(work.rsa[0]);
const loadMs = performance.now() - begun;
const loadCpuMs = cpuTime(loadCpu);
const refused = await login(work.revoked[0]).then(
  () => 'nothing',
  ({ code }) => code,
);
if (refused !== 'ERR_VERIFY_REVOKED') throw new Error(`a revoked certificate got ${refused}`);

const kinds = [];
for (const [name, answers] of [
  ['RSA 2048', work.rsa],
  ['P-256', work.ec],
]) {
  for (const answer of answers) await login(answer);
  const walls = [];
  const cpuBegun = process.cpuUsage();
  for (let part = 0; part < 5; part += 1) {
    const partBegun = performance.now();
    for (let n = 0; n < work.rounds / 5; n += 1) await login(answers[n % answers.length]);
    walls.push(performance.now() - partBegun);
  }
  const cpuMs = cpuTime(cpuBegun) / work.rounds;
  const wallMs = walls.reduce((sum, part) => sum + part, 0) / work.rounds;
  kinds.push({
    name,
    cpuMs,
    cpuPerSecond: 1000 / cpuMs,
    perSecond: 1000 / wallMs,
    noise: Math.max(...walls) / Math.min(...walls),
  });
}

// Before the baselines, whose memory is none of the verifier's.
const memory = { residentMb: process.memoryUsage().rss / 2 ** 20, peakMb: peakMb() };
const check = await checks();
const bareCpuMs = [work.rsa, work.ec].map(bare);

process.send({
  loadMs,
  loadCpuMs,
  ...memory,
  check,
  kinds: kinds.map((kind, index) => ({ ...kind, bareCpuMs: bareCpuMs[index] })),
});

/** What the two signatures of a login take alone: of the answer, and of the certificate. */
function bare(answers) {
  const parsed = answers.map(({ assertion }) => {
    const [header, payload, signature] = assertion.split('.');
    const leaf = new X509Certificate(Buffer.from(JSON.parse(Buffer.from(header, 'base64url')).x5c[0], 'base64'));
    return {
      leaf,
      key: leaf.publicKey,
      input: Buffer.from(`${header}.${payload}`),
      signature: Buffer.from(signature, 'base64url'),
    };
  });
  const issuer = new X509Certificate(Buffer.from(work.certificates[1], 'base64')).publicKey;
  const begun = process.cpuUsage();
  for (let n = 0; n < work.rounds; n += 1) {
    const { leaf, key, input, signature } = parsed[n % parsed.length];
    const good = verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature) && leaf.verify(issuer);
    if (!good) throw new Error('a signature is wrong');
  }
  return cpuTime(begun) / work.rounds;
}

/** Of a whole check, two certificates in two lists: the middle one, the longest, and by how much equal parts differ. */
async function checks() {
  const rounds = 2000;
  const all = [];
  const parts = [];
  for (let part = 0; part < 5; part += 1) {
    const begun = performance.now();
    for (let n = 0; n < rounds; n += 1) {
      const one = performance.now();
      const { status } = await revocation.check(path, Date.now());
      all.push(performance.now() - one);
      if (status !== 'good') throw new Error(`a good certificate is ${status}`);
    }
    parts.push(performance.now() - begun);
  }
  return { medianMs: median(all), longestMs: Math.max(...all), noise: Math.max(...parts) / Math.min(...parts) };
}

function cpuTime(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Since the program began; what getrusage() tells would be the parent's too. */
function peakMb() {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}
