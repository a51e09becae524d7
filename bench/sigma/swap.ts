/**
 * What a change of rules costs the thread that matches events: `node bench/sigma/swap.ts RULES`. This thread stands for
 * the pipeline's: it has all rules in use and routes for each of their logsources, then one file changes and all are
 * read and taken anew, as in the product. Prints the longest time in which nothing else ran here (CPU of this thread),
 * how long the collector held it up in all and at most (wall), and the sum. `--runs N` changes (5).
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SigmaRules } from '@tocsin/detect-service/domain/sigma/sigma-rules.ts';
import { inTurns } from '@tocsin/detect-service/domain/sigma/turns.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { silentLog } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { loadSigmaRules } from '../../apps/tocsin/pipeline/sigma-loading.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' } },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-swap-'));
const sigma = new SigmaRules();
const { clock } = systemWorld('');

function cpuMs(): number {
  // The time of a thread is only brought up to date now and then; asking for that of the process does it.
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Pauses of the collector, of wall time: it waits for threads of its own. */
let pauses: number[] = [];
new PerformanceObserver((list) => {
  pauses.push(...list.getEntries().map(({ duration }) => duration));
}).observe({ entryTypes: ['gc'] });

/** Looks at the thread's own time whenever a timer of a millisecond gets its turn. */
class Watch {
  readonly #gaps: number[] = [];
  readonly #start = cpuMs();
  #last = cpuMs();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    pauses = [];
    this.#timer = setInterval(() => {
      const now = cpuMs();
      this.#gaps.push(now - this.#last);
      this.#last = now;
    }, 1);
  }

  end(): object {
    clearInterval(this.#timer);
    const gaps = this.#gaps.toSorted((a, b) => b - a);
    return {
      longest_stalls_ms: gaps.slice(0, 5).map((gap) => Number(gap.toFixed(1))),
      stalls_past_5_ms: gaps.filter((gap) => gap > 5).length,
      collector_ms: Number(pauses.reduce((sum, pause) => sum + pause, 0).toFixed(1)),
      longest_collection_ms: Number(Math.max(0, ...pauses).toFixed(1)),
      thread_cpu_ms: Math.round(cpuMs() - this.#start),
    };
  }
}

/** Events of every logsource that rules name, so that each has its route. */
function touchAll(): void {
  for (const { logsource } of sigma.base.rules) {
    const { product = '', category = '', service = '' } = logsource;
    sigma.base.match({ fields: { a: 'b' }, logsources: [{ product, category, service }] });
  }
}

function put(run: number): void {
  const rule = `title: Changed ${run}\nlogsource: {product: x}\ndetection: {sel: {a: ${run}}, condition: sel}\n`;
  writeFileSync(join(folder, 'changed.yml'), rule);
}

try {
  cpSync(positionals[0] ?? '', folder, { recursive: true });
  put(0);
  let told: () => void = () => undefined;
  let isFirst = true;
  const user = {
    async use(content: Parameters<SigmaRules['use']>[0]) {
      if (isFirst) sigma.use(content);
      else await sigma.change(content, inTurns(clock));
      isFirst = false;
      told();
      return true;
    },
  };
  await loadSigmaRules([folder], user, {
    log: silentLog,
    metrics: new Metrics('bench'),
    pause: inTurns(clock),
    lookEveryMs: 500,
  });
  for (let run = 1; run <= Number(values.runs); run += 1) {
    touchAll();
    const taken = Promise.withResolvers<void>();
    told = taken.resolve;
    const watch = new Watch();
    put(run);
    await taken.promise;
    await setTimeout(100);
    console.log(JSON.stringify({ rules: sigma.size, ...watch.end() }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
