import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const NEWLINE = 10;

/** A request body with the number of its items. */
export interface Body {
  readonly bytes: Buffer;
  readonly count: number;
}

/** Canonical events as an application would post them, about 1.2 KB each, the mean of the shared mix of real logs. */
export function canonicalEvents(count: number): string[] {
  const start = Date.UTC(2026, 0, 1);
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      timestamp: new Date(start + index * 10).toISOString(),
      category: index % 3 === 0 ? 'auth' : 'endpoint',
      severity: index % 6,
      action: index % 3 === 0 ? 'login' : 'process_started',
      outcome: 'success',
      source: { system: 'app', integration: 'bench', host: `ws-${index % 2000}.corp.example` },
      actor: { type: 'user', id: `u-${index % 5000}`, name: `user.${index % 5000}` },
      target: { type: 'asset', id: `h-${index % 2000}` },
      attributes: {
        src_ip: `10.${index % 200}.${index % 250}.7`,
        image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
        command_line: `powershell.exe -NoProfile -Command "Get-ChildItem C:\\Users\\user.${index % 5000}\\Documents"`,
        parent_image: 'C:\\Windows\\explorer.exe',
        hashes: `SHA256=${(index * 2654435761).toString(16).padStart(64, '0')}`,
        environment: 'PROD '.repeat(110),
        request_id: `r-${index.toString(16).padStart(12, '0')}`,
      },
    }),
  );
}

/** Lines joined into bodies of so many. */
export function batches(lines: readonly string[], size: number): Body[] {
  const bodies: Body[] = [];
  for (let at = 0; at < lines.length; at += size) {
    const part = lines.slice(at, at + size);
    bodies.push({ bytes: Buffer.from(part.join('\n')), count: part.length });
  }
  return bodies;
}

/**
 * The first lines of the shared mix of real logs (`bench/mixed.jsonl.gz` of the corpus, wrapped lines) as bodies of
 * about `bytes`; undefined where the corpus is absent.
 */
export function mixedBodies(
  lines: number,
  bytes: number,
): { bodies: Body[]; sample: string[]; bytes: Buffer } | undefined {
  const corpus = process.env['TOCSIN_CORPUS'] ?? join(import.meta.dirname, '../../shared/corpus');
  const path = join(corpus, 'bench/mixed.jsonl.gz');
  if (!existsSync(path)) return undefined;
  const all = gunzipSync(readFileSync(path));
  const bodies: Body[] = [];
  const sample: string[] = [];
  let start = 0;
  let count = 0;
  for (let read = 0, at = 0; read < lines && at < all.length; read += 1) {
    const end = all.indexOf(NEWLINE, at);
    const stop = end === -1 ? all.length : end;
    count += 1;
    if (read % 16 === 0) sample.push(all.toString('utf8', at, stop));
    if (stop - start >= bytes || read === lines - 1) {
      bodies.push({ bytes: all.subarray(start, stop), count });
      start = stop + 1;
      count = 0;
    }
    at = stop + 1;
  }
  if (count > 0) {
    bodies.push({ bytes: all.subarray(start, all.length - 1), count });
    start = all.length;
  }
  return { bodies, sample, bytes: all.subarray(0, Math.max(0, start - 1)) };
}
