// Preloaded into a process: writes its figures to the file KORT_BENCH_FIGURES on SIGUSR2, which begins them anew, and
// when it ends. Event-loop delay in milliseconds, resident memory in bytes.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const histogram = monitorEventLoopDelay({ resolution: 1 });
histogram.enable();

function write() {
  const ms = (nanoseconds) => nanoseconds / 1e6;
  const { rss } = process.memoryUsage();
  const figures = {
    rss,
    p50: ms(histogram.percentile(50)),
    p999: ms(histogram.percentile(99.9)),
    max: ms(histogram.max),
  };
  writeFileSync(process.env['KORT_BENCH_FIGURES'], JSON.stringify(figures));
}

process.on('SIGUSR2', () => {
  write();
  histogram.reset();
});
process.on('exit', write);
