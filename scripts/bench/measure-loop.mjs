// Preloaded into a process: measures its event-loop delay from SIGUSR2 until it ends, into the file KORT_BENCH_LOOP.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const histogram = monitorEventLoopDelay({ resolution: 1 });
histogram.enable();
process.on('SIGUSR2', () => histogram.reset());
process.on('exit', () => {
  const ms = (nanoseconds) => nanoseconds / 1e6;
  const figures = { p50: ms(histogram.percentile(50)), p999: ms(histogram.percentile(99.9)), max: ms(histogram.max) };
  writeFileSync(process.env['KORT_BENCH_LOOP'], JSON.stringify(figures));
});
