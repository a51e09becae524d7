import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../e2e/harness.ts';
import { memoryMbOf } from '../processes.ts';
import { Patient, type Scenario } from '../scenario.ts';

const SECONDS = 60;
const SECONDS_SHORT = 10;
const ASK_EVERY_MS = 50;
/** Lower than the product's, so that the senders take only what it leaves. */
const NICE = 10;

/** Aims on a machine with nothing else to do: a figure says whether they are met, so that a busy one does not fail. */
const P99_MS_MAX = 250;
const NORMAL_MS_MAX = 5_000;
/** How far memory of data and control together may go beyond what it was: every queue in it has a limit. */
const GROWTH_MB_MAX = 2_000;
const LOOK_EVERY_MS = 1_000;

/** What `flood.ts` prints when it ends. */
interface Flood {
  readonly offered: number;
  readonly accepted: number;
  readonly refused: number;
  readonly without_retry_after: number;
  readonly other: Readonly<Record<string, number>>;
}

/** 256 connections that send without a pause: refusals are honest, and the API beside them stays quick. */
export const overload: Scenario = {
  name: 'overload',
  async run({ short }) {
    const patient = await Patient.admit();
    await patient.load(500);
    await patient.flows(500);
    const { url } = patient.product;
    const { token, tenant } = patient.analyst;
    const memoryBefore = await memoryOf(patient);
    let memoryMost = memoryBefore;
    let lookAt = performance.now();
    const seconds = short ? SECONDS_SHORT : SECONDS;
    const flood = spawn(
      process.execPath,
      [join(ROOT, 'tests/torture/flood.ts'), url, tenant, String(seconds)],
      { env: { ...process.env, TORTURE_TOKEN: token }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (flood.pid !== undefined) setPriority(flood.pid, NICE);
    let out = '';
    flood.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    const ended = new Promise((resolve) => flood.once('close', resolve));
    let flooding = true;
    void ended.then(() => {
      flooding = false;
    });
    const took: number[] = [];
    const faults: string[] = [];
    while (flooding) {
      const began = performance.now();
      const answer = await patient.analyst.get('/v1/alerts?limit=20');
      took.push(performance.now() - began);
      if (answer.status !== 200) faults.push(`the API answers ${answer.status}`);
      if (performance.now() > lookAt) {
        memoryMost = Math.max(memoryMost, await memoryOf(patient));
        lookAt = performance.now() + LOOK_EVERY_MS;
      }
      await sleep(ASK_EVERY_MS);
    }
    const after = performance.now();
    const normalAfterMs =
      Math.round(await patient.flows(500)) + Math.round(performance.now() - after);
    const { offered, accepted, refused, without_retry_after, other } = JSON.parse(out) as Flood;
    if (accepted + refused !== offered)
      faults.push(`${offered} requests, other answers: ${JSON.stringify(other)}`);
    if (without_retry_after > 0) faults.push(`${without_retry_after} refusals had no Retry-After`);
    if (memoryMost - memoryBefore > GROWTH_MB_MAX)
      faults.push(`memory grew from ${memoryBefore} to ${memoryMost} MB`);
    took.sort((a, b) => a - b);
    const percentile = (part: number): number =>
      Math.round(took[Math.floor(took.length * part)] ?? 0);
    Object.assign(patient.figures, {
      requests_offered: offered,
      requests_accepted: accepted,
      requests_refused: refused,
      refused_without_retry_after: without_retry_after,
      api_p50_ms: percentile(0.5),
      api_p99_ms: percentile(0.99),
      normal_after_ms: normalAfterMs,
      aims_met: percentile(0.99) < P99_MS_MAX && normalAfterMs < NORMAL_MS_MAX,
      seconds,
      connections: 256,
      memory_mb: { before: memoryBefore, most: memoryMost },
    });
    const report = await patient.judge(this.name);
    if (faults.length === 0) return report;
    return { ...report, result: 'failed', faults: [...report.faults, ...faults.slice(0, 20)] };
  },
};

/** Of the processes that the flood reaches, MB. */
async function memoryOf({ product }: Patient): Promise<number> {
  const parts = await product.parts();
  return parts
    .filter(({ name }) => name !== 'postgres')
    .reduce((sum, { pid }) => sum + memoryMbOf(pid), 0);
}
