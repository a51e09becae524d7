import type { Command } from 'commander';
import type {
  AuditExportOptions,
  AuditListOptions,
  AuditVerifyOptions,
} from '../audit/run-audit.ts';
import { type CommonOptions, defineApiCommand, defineCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';

const ROWS_MAX = 100_000;

/** Loaded when needed: cryptography takes longer to load than most commands to run. */
const commands = () => import('../audit/run-audit.ts');

export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('who changed what, and proof of it');
  withPlatform(defineApiCommand(audit, 'list', 'list changes, newest first'))
    .option('--actor <name>', 'only of this person, key or part')
    .option('--action <action>', 'only this action, for example case.update')
    .option('--object <id>', 'only changes of this object')
    .option('--since <time>', 'from this time on (RFC 3339)')
    .option('--until <time>', 'before this time (RFC 3339)')
    .option('--limit <n>', 'how many', wholeNumber(1, ROWS_MAX), 50)
    .action(async (options: AuditListOptions) => (await commands()).listAudit(options));
  withPlatform(
    defineApiCommand(audit, 'export', 'write the sealed log with its signed head (NDJSON)'),
  )
    .option('--out <file>', 'write to a new file instead of standard output')
    .action(async (options: AuditExportOptions) => (await commands()).exportAudit(options));
  withPlatform(
    defineApiCommand(
      audit,
      'verify [file]',
      'check an export offline, or (without a file) the log of a tenant that runs here',
    ),
  )
    .option('--key <file>', 'public key of the installation (default: that of the home)')
    .option('--head <file>', 'a head known before: a .head file or an older export')
    .action(async (file: string | undefined, options: AuditVerifyOptions) =>
      (await commands()).verifyAudit(file, options),
    );
  defineCommand(
    audit,
    'rotate-key',
    'make another key for signing the logs; the product notices within seconds',
  ).action(async (options: CommonOptions) => (await commands()).rotateKey(options));
}

function withPlatform(command: Command): Command {
  return command.option('--platform', 'the log of changes of tenants instead of one tenant');
}
