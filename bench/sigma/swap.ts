/**
 * What a change of rules costs the thread that matches events: `node bench/sigma/swap.ts RULES`. This thread stands for
 * the pipeline's: it has all rules in use and routes for each of their logsources, then one file changes and all are
 * read and taken anew, as in the product. Prints the longest time in which nothing else ran here (CPU of this thread), and
 * the sum. `--runs N` changes (5).
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Looks at the thread's own time whenever the event loop comes round. */
class Watch {
  readonly #gaps: number[] = [];
  #last = cpuMs();
  #runs = true;

  constructor() {
    const turn = (): void => {
      const now = cpuMs();
      this.#gaps.push(now - this.#last);
      this.#last = now;
      if (this.#runs) setImmediate(turn);
    };
    setImmediate(turn);
  }

  end(): { longestMs: number; sumMs: number } {
    this.#runs = false;
    const busy = this.#gaps.filter((gap) => gap > 0.1);
    return { longestMs: Math.max(...busy), sumMs: busy.reduce((sum, gap) => sum + gap, 0) };
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
    lookEveryMs: 50,
  });
  for (let run = 1; run <= Number(values.runs); run += 1) {
    touchAll();
    const taken = Promise.withResolvers<void>();
    told = taken.resolve;
    const keepsAlive = setInterval(() => undefined, 1000);
    const watch = new Watch();
    put(run);
    await taken.promise;
    await new Promise((resolve) => setTimeout(resolve, 100));
    clearInterval(keepsAlive);
    const { longestMs, sumMs } = watch.end();
    console.log(
      JSON.stringify({
        rules: sigma.size,
        longest_stall_ms: Number(longestMs.toFixed(1)),
        thread_cpu_ms: Math.round(sumMs),
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
