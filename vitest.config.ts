import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Waiting PC/SC calls hold threads of libuv's pool, whose size is read when a test process starts.
process.env['UV_THREADPOOL_SIZE'] ??= '24';
// So that a day is the same wherever the tests run; those of other zones and of summer time set their own.
process.env['TZ'] = 'UTC';

/** Times are bounds against hanging, not judgements: on a machine with other work, everything takes ten times as long. */
const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    // By default a second, which a busy machine can take for anything.
    expect: { poll: { timeout: 0.8 * testTimeout } },
  },
});

/** Those of half a minute and more on two cores. What else there is fills the gaps that they leave. */
const longest = [
  'terminal/kort-ui-flows',
  'integration/download-torn',
  'terminal/guides',
  'browser/sample-idp',
  'integration/coexistence',
  'integration/bench',
  'integration/download-issuer-faults',
  'terminal/kort-ui',
  'browser/sample-idp-attacks',
  'integration/coexistence-noticed',
  'integration/login-virtual-pcsc',
  'integration/pcsc-real-service',
  'integration/order-load',
  'integration/launches-end-to-end',
].map((name) => `test/${name}.test.ts`);

/** Begins with the longest files, so that none of them is left alone at the end; all that only compute come last. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project: { config }, moduleId }: TestSpecification): number => {
      const found = longest.indexOf(relative(config.root, moduleId));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

// Terminal and browser tests run the built programs; `scripts/test` builds first.
export default defineConfig({
  test: {
    projects: [
      project('unit', 60_000),
      project('contract', 60_000),
      project('integration', 120_000),
      project('terminal', 120_000),
      project('browser', 120_000),
      project('hardware', 60_000),
      // Runs inside scripts/isolated-pcscd only; integration/pcsc-real-service.test.ts starts it there.
      project('isolated', 60_000),
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    // One more than two cores: tests wait for cards, browsers, terminals and daemons half of their time.
    maxWorkers: 3,
  },
});
