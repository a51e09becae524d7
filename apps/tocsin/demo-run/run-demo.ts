import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock } from '@tocsin/kernel/clock.ts';
import { ApiClient, type ApiObject } from '../cli/api-client.ts';
import { countInWords, durationInWords } from '../cli/in-words.ts';
import { demoHomePath, findRunning } from '../cli/running.ts';
import { mintToken, requireRunning } from '../cli/session.ts';
import { openTerminal, type Terminal } from '../cli/terminal.ts';
import type { DemoOptions } from '../commands/demo.ts';
import { demoEvents, expectedDemo } from '../demo/demo-events.ts';
import { type Home, homeAt } from '../home.ts';
import { noProgressFile } from '../ingest/progress-file.ts';
import { sendInput } from '../ingest/send-input.ts';
import { type LogStream, openLogStream } from '../supervisor/log-stream.ts';
import { anyFreePort, portFault } from '../supervisor/ports.ts';
import { openProduct } from '../supervisor/product.ts';
import { readSettings, type SupervisorSettings } from '../supervisor/settings.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { stopOnSignal } from '../supervisor/until-stopped.ts';
import { awaitOutcome } from './await-outcome.ts';
import { freshHome } from './fresh-home.ts';
import { type DemoOutcome, judgeDemo } from './judge-demo.ts';
import { showNextSteps, showOutcome } from './show-outcome.ts';

const TENANT = {
  tenant_id: 'acme-corp',
  name: 'ACME Corporation',
  retention_days: 90,
  data_residency: 'us-east',
} as const;

/** What one demo works with. */
interface Demo {
  readonly terminal: Terminal;
  readonly home: Home;
  readonly settings: SupervisorSettings;
  readonly options: DemoOptions;
  readonly begin: number;
  readonly stopped: AbortSignal;
}

/** `tocsin demo`: starts the product on a home of its own, sends the sample, shows what comes of it. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const begin = systemClock.monotonic();
  const terminal = openTerminal(options.json === true);
  const home = homeAt(options.home ?? demoHomePath());
  const settings = await demoSettings(options);
  await freshHome(home);
  await mkdir(home.logs, { recursive: true, mode: 0o700 });
  terminal.note(`Tocsin demo on ${home.root}`);
  const supervisor = await openProduct({
    home,
    settings,
    log: openDemoLog(home, terminal),
    progress: {
      starting: (part) => terminal.progress(`  ${part} ...`),
      ready: (part, afterMs) => {
        terminal.progress('');
        terminal.note(`  ${part.padEnd(24)} ok  ${durationInWords(afterMs)}`);
      },
    },
  });
  const stopped = new AbortController();
  stopOnSignal(supervisor, () => {
    stopped.abort();
    terminal.note('\nstopping ...');
  });
  await supervisor.start();
  try {
    await show({ terminal, home, settings, options, begin, stopped: stopped.signal }, supervisor);
  } finally {
    await supervisor.stop();
  }
}

async function show(demo: Demo, supervisor: Supervisor): Promise<void> {
  const { terminal, settings, options, home, stopped } = demo;
  const api = await openTenant(demo);
  const events = await sendSample(demo, api);
  const outcome = await awaitOutcome(api, systemClock, expectedDemo, events, stopped);
  if (stopped.aborted) return;
  const details = await Promise.all(
    outcome.incidents.map(({ incident_id }) => api.get(`/v1/incidents/${incident_id}`)),
  );
  const faults = judgeDemo(expectedDemo, outcome);
  terminal.result(summaryOf(demo, outcome, details, faults), () =>
    ['', showOutcome(outcome, details), ''].join('\n'),
  );
  for (const fault of faults) terminal.note(`not as expected: ${fault}`);
  if (faults.length > 0) {
    process.exitCode = 1;
    terminal.note(`The log is ${join(home.logs, 'demo.log')}.`);
  }
  if (options.exit === true) return;
  const homeOption = options.home === undefined ? '' : ` --home '${options.home}'`;
  terminal.note(showNextSteps(settings.port, TENANT.tenant_id, homeOption));
  await supervisor.stopped;
}

/** Where no port was asked for and the usual one is taken, the demo takes a free one. */
async function demoSettings(options: DemoOptions): Promise<SupervisorSettings> {
  const settings = await readSettings(options);
  const asked = options.port ?? process.env.TOCSIN_PORT;
  const fault = await portFault(settings.port, settings.host);
  if (asked !== undefined || fault === undefined) return settings;
  return { ...settings, port: await anyFreePort(settings.host) };
}

function openDemoLog(home: Home, terminal: Terminal): LogStream {
  const file = createWriteStream(join(home.logs, 'demo.log'), { flags: 'a', mode: 0o600 });
  return openLogStream({
    format: 'json',
    level: 'info',
    clock: systemClock,
    colour: false,
    sink(line, level) {
      file.write(line);
      if (level === 'error') terminal.note(line.trimEnd());
    },
  });
}

async function openTenant({ home, settings, terminal }: Demo): Promise<ApiClient> {
  const running = requireRunning(await findRunning(home.root));
  const url = new URL(`http://127.0.0.1:${settings.port}`);
  const platform = new ApiClient(
    url,
    await mintToken(running, 'platform_admin', undefined),
    undefined,
  );
  await platform.post('/v1/tenants', TENANT);
  terminal.note(`  tenant ${TENANT.tenant_id.padEnd(17)} ok`);
  const token = await mintToken(running, 'soc_analyst', TENANT.tenant_id);
  return new ApiClient(url, token, TENANT.tenant_id);
}

async function sendSample(demo: Demo, api: ApiClient): Promise<DemoOutcome['events']> {
  const { terminal, stopped } = demo;
  const begin = systemClock.monotonic();
  const lines = [...demoEvents({ now: systemClock.now() })];
  const { tally } = await sendInput({
    api,
    clock: systemClock,
    stream: Readable.from(wrappedChunks(lines)),
    progressFile: noProgressFile,
    source: 'auto',
    wrapped: true,
    wait: true,
    signal: stopped,
    moved: ({ accepted, stored }) =>
      terminal.progress(
        `  events: ${countInWords(accepted)} accepted, ${countInWords(stored)} stored of ${countInWords(lines.length)}`,
      ),
    refused: (reason) => terminal.note(`refused: ${reason}`),
  });
  terminal.progress('');
  const took = durationInWords(systemClock.monotonic() - begin);
  terminal.note(`  ${countInWords(tally.stored)} events stored      ok  ${took}`);
  return { sent: lines.length, stored: tally.stored };
}

function* wrappedChunks(lines: readonly object[]): Generator<Buffer> {
  for (let at = 0; at < lines.length; at += 500) {
    const chunk = lines.slice(at, at + 500).map((line) => JSON.stringify(line));
    yield Buffer.from(`${chunk.join('\n')}\n`);
  }
}

function summaryOf(
  demo: Demo,
  { events, alerts, cases }: DemoOutcome,
  details: readonly ApiObject[],
  faults: readonly string[],
): object {
  return {
    ok: faults.length === 0,
    faults,
    url: `http://127.0.0.1:${demo.settings.port}`,
    tenant_id: TENANT.tenant_id,
    seconds: (systemClock.monotonic() - demo.begin) / 1000,
    events,
    alerts: alerts.map(({ alert_id, rule_id, severity, event_count, title }) => ({
      alert_id,
      rule_id,
      severity,
      event_count,
      title,
    })),
    incidents: details.map(({ incident_id, title, severity, alert_count, timeline }) => ({
      incident_id,
      title,
      severity,
      alert_count,
      timeline_entries: Array.isArray(timeline) ? timeline.length : 0,
    })),
    cases: cases.map(({ id, title, severity, status }) => ({ id, title, severity, status })),
  };
}
