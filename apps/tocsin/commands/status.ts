import { messageOf } from '@tocsin/kernel/message-of.ts';
import type { Command } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { httpCall } from '../cli/http-call.ts';
import { bytesInWords, durationInWords } from '../cli/in-words.ts';
import { plainText } from '../cli/plain-text.ts';
import { adminCall, chosenHome, findRunning } from '../cli/running.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';
import type { PartReport, SupervisorReport } from '../supervisor/supervisor.ts';

interface Readiness {
  readonly ready: boolean;
  readonly document: unknown;
}

const COLUMNS: readonly Column<PartReport>[] = [
  { heading: 'PROCESS', cell: (part) => part.name },
  { heading: 'STATE', cell: (part) => part.state },
  { heading: 'PID', cell: (part) => part.pid, right: true },
  {
    heading: 'UPTIME',
    cell: (part) => (part.uptimeMs === undefined ? '' : durationInWords(part.uptimeMs)),
    right: true,
  },
  {
    heading: 'MEMORY',
    cell: (part) => (part.residentBytes === undefined ? '' : bytesInWords(part.residentBytes)),
    right: true,
  },
  { heading: 'RESTARTS', cell: (part) => part.restarts, right: true },
  { heading: 'LAST END', cell: (part) => part.lastExit },
];

interface EngineCheck {
  readonly name?: unknown;
  readonly status?: unknown;
  readonly detail?: unknown;
}

const ENGINE_COLUMNS: readonly Column<EngineCheck>[] = [
  { heading: 'ENGINE', cell: (check) => check.name },
  { heading: 'STATE', cell: (check) => check.status },
  { heading: 'SAYS', cell: (check) => check.detail, widthMax: 160 },
];

export function registerStatus(program: Command): void {
  defineCommand(program, 'status', 'show the processes and whether each engine works').action(
    async (options: CommonOptions) => {
      const terminal = openTerminal(options.json === true);
      const running = await findRunning(options.home);
      if (running === undefined) {
        const home = chosenHome(options.home).root;
        terminal.result({ running: false, home }, () => `Tocsin is not running on ${home}.`);
        process.exitCode = 1;
        return;
      }
      const report = (await adminCall(running.home, 'GET', '/status')) as SupervisorReport;
      const readiness = await readReadiness(report.port);
      terminal.result({ running: true, ...wireReport(report), ...readiness }, () =>
        inWords(report, readiness),
      );
      if (!readiness.ready) process.exitCode = 1;
    },
  );
}

async function readReadiness(port: number): Promise<Readiness> {
  try {
    const url = new URL(`http://127.0.0.1:${port}`);
    const answer = await httpCall({ url }, { method: 'GET', path: '/ready' });
    const document: unknown = JSON.parse(answer.body.toString('utf8'));
    return { ready: answer.status === 200, document };
  } catch (error) {
    return { ready: false, document: { detail: messageOf(error) } };
  }
}

function wireReport(report: SupervisorReport): object {
  const parts = report.parts.map(({ uptimeMs, lastExit, residentBytes, ...part }) => ({
    ...part,
    uptime_ms: uptimeMs ?? null,
    resident_bytes: residentBytes ?? null,
    last_exit: lastExit ?? null,
  }));
  return { ...report, parts };
}

function inWords(report: SupervisorReport, readiness: Readiness): string {
  const memory = [report.resident_bytes, ...report.parts.map((part) => part.residentBytes)];
  const total = memory.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  return [
    `Tocsin ${report.version} on ${report.home}, process ${report.pid}, since ${report.started_at}`,
    `API   http://127.0.0.1:${report.port} (${readiness.ready ? 'ready' : 'NOT ready'})`,
    `Memory ${bytesInWords(total)} in all, shared pages counted more than once`,
    '',
    formatTable(report.parts, COLUMNS),
    '',
    ...engineLines(readiness.document),
  ].join('\n');
}

/** One line per check of `/ready`. */
function engineLines(document: unknown): string[] {
  if (typeof document !== 'object' || document === null) return [];
  const { checks, detail } = document as Partial<Record<string, unknown>>;
  if (!Array.isArray(checks)) return detail === undefined ? [] : [plainText(String(detail))];
  return [formatTable(checks, ENGINE_COLUMNS)];
}
