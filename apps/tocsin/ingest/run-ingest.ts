import { systemClock } from '@tocsin/kernel/clock.ts';
import { countInWords, durationInWords } from '../cli/in-words.ts';
import { plainText } from '../cli/plain-text.ts';
import { openTenantSession } from '../cli/session.ts';
import { openTerminal, type Terminal } from '../cli/terminal.ts';
import type { IngestOptions } from '../commands/ingest.ts';
import { type Input, openInput } from './open-input.ts';
import { noProgressFile, openProgressFile, type ProgressFile } from './progress-file.ts';
import { type SentInput, sendInput } from './send-input.ts';
import type { Tally } from './tally.ts';

/** Progress is redrawn no more often than this. */
const REDRAW_MS = 150;

/** `tocsin ingest`: sends a file, waits until it is stored, prints the counts. */
export async function runIngest(path: string, options: IngestOptions): Promise<void> {
  const terminal = openTerminal(options.json === true);
  const input = await openInput(path);
  const api = await openTenantSession(options);
  const wrapped = options.wrapped === true;
  const target = [api.url.origin, api.tenant ?? '', options.source, String(wrapped)];
  const progressFile =
    input.identity === undefined ? noProgressFile : openProgressFile(input.identity, target);
  startOver(progressFile, options.restart === true, terminal);
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    terminal.note('\nfinishing what is on its way (Ctrl-C again ends at once) ...');
  });
  const begin = systemClock.monotonic();
  const sent = await sendInput({
    api,
    clock: systemClock,
    stream: input.stream,
    progressFile,
    source: options.source,
    wrapped,
    wait: options.wait,
    signal: interrupt.signal,
    moved: progressLine(terminal, input, begin),
    refused: (reason) => terminal.note(`refused: ${plainText(reason)}`),
  });
  input.stream.destroy();
  terminal.progress('');
  const seconds = (systemClock.monotonic() - begin) / 1000;
  terminal.result(
    { ...sent.tally, pending_requests: sent.pending, interrupted: sent.interrupted, seconds },
    () => summary(sent, seconds),
  );
  process.exitCode = exitStatus(sent);
}

function startOver(progressFile: ProgressFile, restart: boolean, terminal: Terminal): void {
  if (restart) progressFile.remove();
  const { done, tally } = progressFile.read();
  if (done === 0) return;
  terminal.note(
    `going on after ${countInWords(tally.read)} items sent by an interrupted call (--restart begins anew)`,
  );
}

function progressLine(
  terminal: Terminal,
  input: Input,
  begin: number,
): (tally: Tally, pending: number) => void {
  let last = 0;
  return (tally) => {
    const now = systemClock.monotonic();
    if (now - last < REDRAW_MS) return;
    last = now;
    const part = input.readPart();
    const percent = part === undefined ? '' : `${Math.floor(part * 100)} % read, `;
    const rate = Math.round(tally.read / Math.max(0.001, (now - begin) / 1000));
    terminal.progress(
      `${percent}${countInWords(tally.accepted)} accepted, ${countInWords(tally.stored)} stored, ` +
        `${countInWords(tally.refused)} refused, ${countInWords(rate)} items/s`,
    );
  };
}

function summary({ tally, pending, interrupted }: SentInput, seconds: number): string {
  const rate = Math.round(tally.read / Math.max(0.001, seconds));
  const counts = [
    ['read', tally.read],
    ['accepted', tally.accepted],
    ['refused', tally.refused],
    ['stored', tally.stored],
    ['duplicate', tally.duplicate],
    ['dead-lettered', tally.dead_lettered],
    ['not parsed', tally.parse_failed],
  ] as const;
  const lines = counts.map(
    ([name, count]) => `${name.padEnd(14)}${countInWords(count).padStart(12)}`,
  );
  lines.push(`in ${durationInWords(seconds * 1000)}, ${countInWords(rate)} items/s`);
  if (pending > 0) lines.push(`${pending} requests are accepted but not yet stored; they will be.`);
  if (tally.repeated_requests > 0) {
    lines.push(
      `${tally.repeated_requests} requests were sent again after a broken connection; each is stored once, by its key.`,
    );
  }
  if (interrupted) lines.push('Interrupted. Run the same command again to go on.');
  return lines.join('\n');
}

function exitStatus({ tally, pending, interrupted }: SentInput): number {
  if (interrupted) return 130;
  return tally.refused > 0 || tally.dead_lettered > 0 || pending > 0 ? 1 : 0;
}
