import { Problem } from '@tocsin/kernel/problem.ts';
import type { Command } from 'commander';
import type { ApiClient, ApiObject } from '../cli/api-client.ts';
import { type ApiOptions, defineApiCommand } from '../cli/define-command.ts';
import { wholeNumber } from '../cli/parse-number.ts';
import { openTenantSession } from '../cli/session.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';

interface DeadOptions extends ApiOptions {
  readonly limit: number;
}

interface HandleOptions extends ApiOptions {
  readonly all?: true;
}

/** Most dead letters one call lists or handles. */
const LETTERS_MAX = 10_000;

const QUEUE_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'QUEUE', cell: (queue) => `${queue.topic}/${queue.group}` },
  { heading: 'WAITING', cell: (queue) => queue.events, right: true },
  { heading: 'BYTES', cell: (queue) => queue.bytes, right: true },
  { heading: 'OLDEST', cell: (queue) => queue.oldest_at },
  { heading: 'DEAD', cell: (queue) => queue.dead_letters, right: true },
];

const LETTER_COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'PARKED', cell: (letter) => letter.parked_at },
  { heading: 'TRIES', cell: (letter) => letter.attempts, right: true },
  { heading: 'REASON', cell: (letter) => letter.reason, widthMax: 60 },
  { heading: 'ITEM', cell: (letter) => letter.body, widthMax: 40 },
  { heading: 'ID', cell: (letter) => letter.id, widthMax: 80 },
];

export function registerQueue(program: Command): void {
  const queue = program.command('queue').description('what waits, and what could not be handled');
  defineApiCommand(queue, 'list', 'show what waits in each queue').action(listQueues);
  defineApiCommand(queue, 'dead <queue>', 'list what of a queue could not be handled')
    .option('--limit <n>', 'how many', wholeNumber(1, LETTERS_MAX), 50)
    .addHelpText('after', '\nExample: tocsin queue dead secplat.jobs.scan/workers')
    .action(listDead);
  defineApiCommand(queue, 'redrive <queue> [id]', 'send it again')
    .option('--all', 'everything that is there now')
    .action((name: string, id: string | undefined, options: HandleOptions) =>
      handle(name, id, options, 'redrive'),
    );
  defineApiCommand(queue, 'discard <queue> [id]', 'throw it away, for good')
    .option('--all', 'everything that is there now')
    .action((name: string, id: string | undefined, options: HandleOptions) =>
      handle(name, id, options, 'discard'),
    );
}

async function listQueues(options: ApiOptions): Promise<void> {
  const api = await openTenantSession(options);
  const { queues } = await api.get('/v1/queues');
  const items = Array.isArray(queues) ? (queues as ApiObject[]) : [];
  openTerminal(options.json === true).result({ items }, () => formatTable(items, QUEUE_COLUMNS));
}

async function listDead(name: string, options: DeadOptions): Promise<void> {
  const api = await openTenantSession(options);
  const items = await api.all(lettersPath(name), {}, options.limit);
  openTerminal(options.json === true).result({ items }, () =>
    items.length === 0 ? 'Nothing could not be handled.' : formatTable(items, LETTER_COLUMNS),
  );
}

async function handle(
  name: string,
  id: string | undefined,
  options: HandleOptions,
  how: 'redrive' | 'discard',
): Promise<void> {
  if ((id === undefined) === (options.all !== true)) {
    throw new Problem('invalid_request', { detail: 'give the id of one dead letter, or --all.' });
  }
  const api = await openTenantSession(options, 'tenant_admin');
  const path = lettersPath(name);
  const ids = id === undefined ? await idsOf(api, path) : [id];
  for (const one of ids) {
    const letter = `${path}/${encodeURIComponent(one)}`;
    if (how === 'redrive') await api.send('POST', `${letter}/redrive`);
    else await api.send('DELETE', letter);
  }
  const done = how === 'redrive' ? 'sent again' : 'thrown away';
  openTerminal(options.json === true).result({ ids, status: done }, () => `${ids.length} ${done}.`);
}

async function idsOf(api: ApiClient, path: string): Promise<readonly string[]> {
  const items = await api.all(path, {}, LETTERS_MAX);
  return items.map((letter) => String(letter.id));
}

/** A queue as it is shown: `topic/group`. */
function lettersPath(name: string): string {
  const [topic = '', group = '', ...rest] = name.split('/');
  if (topic !== '' && group !== '' && rest.length === 0) {
    return `/v1/queues/${encodeURIComponent(topic)}/${encodeURIComponent(group)}/dead-letters`;
  }
  throw new Problem('invalid_request', {
    detail: `${name} is no queue: name it as \`tocsin queue list\` does, for example secplat.jobs.scan/workers.`,
  });
}
