import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Problem } from '@tocsin/kernel/problem.ts';
import { openTerminal } from './terminal.ts';

/** Writes an export to standard output, or to a new file that only its owner reads. */
export async function writeLines(
  lines: AsyncIterable<Buffer>,
  out: string | undefined,
  asJson: boolean,
): Promise<void> {
  if (out === undefined) {
    for await (const chunk of lines) process.stdout.write(chunk);
    return;
  }
  const file = await open(out, 'wx', 0o600).catch((cause: Error) => {
    const detail = `cannot write ${out}: ${cause.message}`;
    throw new Problem('invalid_request', { detail, cause });
  });
  await pipeline(lines, file.createWriteStream());
  openTerminal(asJson).result({ file: out }, () => `Wrote ${out}.`);
}
