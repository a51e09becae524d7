import { sleep, systemClock } from '@tocsin/kernel/clock.ts';
import { isProblem, Problem } from '@tocsin/kernel/problem.ts';
import type { Command } from 'commander';
import type { ApiObject } from '../cli/api-client.ts';
import { openStream } from '../cli/api-stream.ts';
import { ALERT_COLUMNS, EVENT_COLUMNS } from '../cli/columns.ts';
import { type ApiOptions, defineApiCommand } from '../cli/define-command.ts';
import { readServerSent } from '../cli/read-server-sent.ts';
import { openTenantSession } from '../cli/session.ts';
import { type Column, formatRow } from '../cli/table.ts';
import { openTerminal, type Terminal } from '../cli/terminal.ts';

interface Followed {
  readonly path: string;
  readonly columns: readonly Column<ApiObject>[];
}

const KINDS: Readonly<Record<string, Followed>> = {
  events: { path: '/v1/events/stream', columns: EVENT_COLUMNS },
  alerts: { path: '/v1/alerts/stream', columns: ALERT_COLUMNS },
};

/** How long after a broken stream it is opened again. */
const AGAIN_MS = 3000;

export function registerTail(program: Command): void {
  defineApiCommand(program, 'tail [kind] [query]', 'follow alerts (or events) as they come in')
    .addHelpText('after', "\nExample: tocsin tail events 'category:auth and outcome:failure'")
    .action(async (kind: string | undefined, query: string | undefined, options: ApiOptions) => {
      const followed = KINDS[kind ?? 'alerts'];
      if (followed === undefined) {
        throw new Problem('invalid_request', {
          detail: `${kind} cannot be followed: tail alerts or events, then the query.`,
        });
      }
      await tail(followed, query ?? '', options);
    });
}

/** Follows until the user stops it. A stream that breaks or whose token ends is taken up where it was. */
async function tail(followed: Followed, query: string, options: ApiOptions): Promise<void> {
  const terminal = openTerminal(options.json === true);
  const place = { id: '', refused: '' };
  for (let hasOpened = false; ; hasOpened = true) {
    try {
      await followOnce(followed, query, options, terminal, place);
    } catch (error) {
      if (!hasOpened || !isPassing(error)) throw error;
    }
    if (place.refused !== '') throw new Problem('forbidden', { detail: place.refused });
    terminal.note('The stream was interrupted; it goes on where it was.');
    await stayAwake(sleep(systemClock, AGAIN_MS));
  }
}

async function followOnce(
  { path, columns }: Followed,
  query: string,
  options: ApiOptions,
  terminal: Terminal,
  place: { id: string; refused: string },
): Promise<void> {
  // A session for each: its token lives for minutes, a tail for days.
  const api = await openTenantSession(options);
  const asked = new URLSearchParams({ q: query });
  if (place.id !== '') asked.set('last_event_id', place.id);
  const stream = await openStream(api, `${path}?${asked}`);
  try {
    for await (const { id, event, data } of readServerSent(stream)) {
      if (id !== '') place.id = id;
      const value = JSON.parse(data) as ApiObject;
      if (event === 'event' || event === 'alert') print(terminal, value, columns);
      else if (event === 'gap') noteGap(terminal, value);
      else if (event === 'end' && value.code !== 'unauthenticated') {
        place.refused = `the stream has ended: ${value.detail}`;
        return;
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error;
  }
}

function print(terminal: Terminal, value: ApiObject, columns: readonly Column<ApiObject>[]): void {
  process.stdout.write(`${terminal.json ? JSON.stringify(value) : formatRow(value, columns)}\n`);
}

function noteGap(terminal: Terminal, { from, to, reason }: ApiObject): void {
  const why = reason === 'too_old' ? 'is too long ago' : 'had more than can be shown';
  terminal.note(`Not all is shown: ${from} to ${to} ${why}. \`tocsin search\` finds it.`);
}

function isPassing(error: unknown): boolean {
  return isProblem(error, 'unavailable') || isProblem(error, 'unauthenticated');
}

/** The clock's timers keep no process alive; a tail wants to live. */
async function stayAwake(waiting: Promise<void>): Promise<void> {
  const awake = setInterval(() => undefined, AGAIN_MS);
  await waiting;
  clearInterval(awake);
}
