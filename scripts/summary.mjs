// Prints the closing line of `scripts/test` and sets the exit code: every test counts, and the checks count as one.
import { readFileSync } from 'node:fs';

const [, , resultsPath = '', check = '1', tests = '1'] = process.argv;
const counts = { passed: 0, failed: 0, skipped: 0 };

if (check === '0') counts.passed += 1;
else {
  counts.failed += 1;
  process.stdout.write('The checks failed (npm run check); see above.\n');
}

try {
  const results = JSON.parse(readFileSync(resultsPath, 'utf8'));
  counts.passed += results.numPassedTests;
  counts.failed += results.numFailedTests;
  counts.skipped += results.numPendingTests + results.numTodoTests;
  // A file that could not be loaded has no tests of its own to fail.
  for (const file of results.testResults)
    if (file.status === 'failed' && file.assertionResults.length === 0) counts.failed += 1;
  if (tests !== '0' && counts.failed === 0) counts.failed += 1;
} catch (error) {
  process.stdout.write(`No test results: ${String(error)}\n`);
  counts.failed += 1;
}

// In CI nothing may be skipped: a tool that is missing is installed, or the run fails.
const skippedInCi = process.env['CI'] === 'true' && counts.skipped > 0;
if (skippedInCi) process.stdout.write('Skipped tests are not allowed in CI.\n');
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 || skippedInCi ? 1 : 0;
