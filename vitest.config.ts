import { defineConfig } from 'vitest/config';

// Waiting PC/SC calls hold threads of libuv's pool, whose size is read when a test process starts.
process.env['UV_THREADPOOL_SIZE'] ??= '24';

const project = (name: string, testTimeout: number, extra: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    // By default a second, which a busy machine can take for anything.
    expect: { poll: { timeout: 0.8 * testTimeout } },
    ...extra,
  },
});

// Terminal and browser tests run the built programs; `scripts/test` builds first.
export default defineConfig({
  test: {
    projects: [
      project('unit', 10_000),
      project('contract', 30_000),
      project('integration', 60_000),
      project('terminal', 60_000),
      project('browser', 60_000),
      project('hardware', 60_000),
      // Runs inside scripts/isolated-pcscd only; integration/pcsc-real-service.test.ts starts it there.
      project('isolated', 30_000),
    ],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
    passWithNoTests: false,
    // Most tests wait for cards, browsers and daemons: a worker less than there are cores, the default, leaves those idle.
    maxWorkers: 2,
  },
});
