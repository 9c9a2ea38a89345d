#!/usr/bin/env node
// CommonJS, because Node's loader of ES modules starts the thread pool before any of their code runs, and the size of
// the pool is read then: one thread for each of 16 readers to wait and to transmit, and room for files.
process.env['UV_THREADPOOL_SIZE'] ??= '64';

// A daemon mostly waits: the space for young objects stays as small as it begins, instead of growing while the program
// is loaded and keeping 15 MB ever after.
process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');

void import('../src/app/kortd.js').then(async ({ kortd }) => {
  process.exitCode = await kortd(process.argv.slice(2));
});
