import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import { Command, CommanderError } from 'commander';
import { registerAlerts } from '../commands/alerts.ts';
import { registerApiKey } from '../commands/api-key.ts';
import { registerAudit } from '../commands/audit.ts';
import { registerCases } from '../commands/cases.ts';
import { registerDemo } from '../commands/demo.ts';
import { registerDoctor } from '../commands/doctor.ts';
import { registerDown } from '../commands/down.ts';
import { registerIncidents } from '../commands/incidents.ts';
import { registerIngest } from '../commands/ingest.ts';
import { registerQueue } from '../commands/queue.ts';
import { registerRules } from '../commands/rules.ts';
import { registerScan } from '../commands/scan.ts';
import { registerSearch } from '../commands/search.ts';
import { registerStatus } from '../commands/status.ts';
import { registerTail } from '../commands/tail.ts';
import { registerTenant } from '../commands/tenant.ts';
import { registerToken } from '../commands/token.ts';
import { registerUp } from '../commands/up.ts';
import { registerVersion } from '../commands/version.ts';
import { EXIT_FAILED, EXIT_USAGE } from './exit-status.ts';
import { plainText } from './plain-text.ts';

const COMMANDS = [
  registerUp,
  registerDown,
  registerStatus,
  registerDoctor,
  registerTenant,
  registerToken,
  registerApiKey,
  registerIngest,
  registerScan,
  registerRules,
  registerSearch,
  registerTail,
  registerAlerts,
  registerIncidents,
  registerCases,
  registerQueue,
  registerAudit,
  registerDemo,
  registerVersion,
] as const;

/** Runs one call of the command line and answers its exit status. An error is one sentence on standard error. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  stopQuietlyWhenReaderLeaves();
  const program = new Command('tocsin')
    .description('Tocsin: events in, alerts, incidents and cases out.')
    .showHelpAfterError('(`tocsin help` lists the commands.)')
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  for (const register of COMMANDS) register(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitStatusOf(error, args);
  }
}

function exitStatusOf(error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : EXIT_USAGE;
  }
  if (!isProblem(error)) throw error;
  // A query that cannot be read is shown with the place below it: its lines stay lines.
  const lines = (error.detail ?? error.message).split('\n');
  const sentence = lines.map(plainText).join('\n');
  if (args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: { code: error.code, detail: sentence } })}\n`);
  }
  process.stderr.write(`tocsin: ${sentence}\n`);
  return EXIT_FAILED;
}

/** `tocsin search ... | head` ends the pipe early; that is no error of ours. */
function stopQuietlyWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw new Problem('unavailable', { detail: `cannot write: ${error.message}`, cause: error });
  });
}
