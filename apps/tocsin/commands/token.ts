import { ROLES } from '@tocsin/auth/role.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { type Command, Option } from 'commander';
import { type CommonOptions, defineCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { findRunning } from '../cli/running.ts';
import { mintToken, requireRunning } from '../cli/session.ts';
import { openTerminal } from '../cli/terminal.ts';

interface TokenOptions extends CommonOptions {
  readonly tenant?: string;
  readonly role: string;
  readonly ttl: number;
}

/** Longest life of a token minted here, in seconds (design 6). */
const TTL_SECONDS_MAX = 3600;

export function registerToken(program: Command): void {
  defineCommand(program, 'token', 'print a token of the local issuer (at most an hour)')
    .option('--tenant <id>', 'tenant the token is for; not for platform_admin')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option(
      '--ttl <seconds>',
      'how long it is valid',
      wholeNumber(1, TTL_SECONDS_MAX),
      TTL_SECONDS_MAX,
    )
    .action(async (options: TokenOptions) => {
      requireTenant(options);
      const running = requireRunning(await findRunning(options.home));
      const token = await mintToken(running, options.role, options.tenant, options.ttl);
      openTerminal(options.json === true).result(
        { token, tenant_id: options.tenant ?? null, role: options.role, ttl_seconds: options.ttl },
        () => token,
      );
    });
}

function requireTenant(options: TokenOptions): void {
  if (options.role === 'platform_admin' || options.tenant !== undefined) return;
  throw new Problem('invalid_request', {
    detail: `a token of role ${options.role} is for one tenant: name it with --tenant.`,
  });
}
