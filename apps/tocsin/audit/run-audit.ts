import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_PUBLIC_FILE, rotateAuditKey } from '@tocsin/audit-service/audit-key.ts';
import { PLATFORM_CHAIN } from '@tocsin/audit-service/domain/chain.ts';
import type { AuditVerdict } from '@tocsin/audit-service/domain/verify-export.ts';
import { readHead } from '@tocsin/audit-service/head-file.ts';
import { Problem } from '@tocsin/kernel/problem.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import type { ApiClient, ApiObject } from '../cli/api-client.ts';
import { openStream } from '../cli/api-stream.ts';
import type { ApiOptions, CommonOptions } from '../cli/define-command.ts';
import { chosenHome } from '../cli/running.ts';
import { openPlatformSession, openTenantSession } from '../cli/session.ts';
import { type Column, formatTable } from '../cli/table.ts';
import { openTerminal } from '../cli/terminal.ts';
import { writeLines } from '../cli/write-lines.ts';
import { findPublicKey, readKnownHead, readPublicKey, verifySource } from './verify-source.ts';

/** Options of every command on an audit log. */
export interface AuditOptions extends ApiOptions {
  readonly platform?: true;
}

export interface AuditListOptions extends AuditOptions {
  readonly actor?: string;
  readonly action?: string;
  readonly object?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

export interface AuditVerifyOptions extends AuditOptions {
  readonly key?: string;
  readonly head?: string;
}

export interface AuditExportOptions extends AuditOptions {
  readonly out?: string;
}

const COLUMNS: readonly Column<ApiObject>[] = [
  { heading: 'AT', cell: (row) => row.at },
  { heading: 'WHO', cell: (row) => row.actor, widthMax: 30 },
  { heading: 'DID', cell: (row) => row.action },
  { heading: 'TO', cell: (row) => `${row.object_type} ${row.object_id}`, widthMax: 50 },
  { heading: 'TENANT', cell: (row) => row.tenant_id },
  { heading: 'SEAL', cell: (row) => row.seq ?? 'waits', right: true },
];

function openSession(options: AuditOptions): Promise<ApiClient> {
  return options.platform === true
    ? openPlatformSession(options)
    : openTenantSession(options, 'auditor');
}

const pathOf = (options: AuditOptions): string =>
  options.platform === true ? '/v1/platform/audit' : '/v1/audit';

/** `tocsin audit list`. */
export async function listAudit(options: AuditListOptions): Promise<void> {
  const api = await openSession(options);
  const filter = {
    ...(options.actor === undefined ? {} : { actor: options.actor }),
    ...(options.action === undefined ? {} : { action: options.action }),
    ...(options.object === undefined ? {} : { object_id: options.object }),
    ...(options.since === undefined ? {} : { since: options.since }),
    ...(options.until === undefined ? {} : { until: options.until }),
  };
  // On the platform's log --tenant says whose changes.
  const whose = options.tenant === undefined ? {} : { tenant_id: options.tenant };
  const items =
    options.platform === true
      ? await api.all('/v1/platform/audit', { ...filter, ...whose }, options.limit)
      : await api.all('/v1/audit', filter, options.limit);
  openTerminal(options.json === true).result({ items }, () =>
    items.length === 0 ? 'No changes.' : formatTable(items, COLUMNS),
  );
}

/** `tocsin audit export`. */
export async function exportAudit(options: AuditExportOptions): Promise<void> {
  const api = await openSession(options);
  const lines = await openStream(api, `${pathOf(options)}/export`);
  await writeLines(lines, options.out, options.json === true);
}

/** `tocsin audit verify`: exit status 1 when the log is not intact. */
export async function verifyAudit(
  file: string | undefined,
  options: AuditVerifyOptions,
): Promise<void> {
  const home = chosenHome(options.home);
  const publicKey =
    options.key === undefined
      ? await findPublicKey(join(home.keys, AUDIT_PUBLIC_FILE))
      : await readPublicKey(options.key);
  const given = options.head === undefined ? undefined : await readKnownHead(options.head);
  const verdict =
    file === undefined
      ? await verifyRunning(options, publicKey, given, home.auditHeads)
      : await verifySource(readFileInPieces(file), { publicKey, knownHead: given });
  openTerminal(options.json === true).result(wireVerdict(verdict), () => inWords(verdict));
  if (!verdict.intact) process.exitCode = 1;
}

/** `tocsin audit rotate-key`: works on the files of the home, whether the product runs or not. */
export async function rotateKey(options: CommonOptions): Promise<void> {
  const { keys } = chosenHome(options.home);
  if ((await findPublicKey(join(keys, AUDIT_PUBLIC_FILE))) === undefined) {
    const detail = `${keys} has no audit key: the first start of Tocsin makes one.`;
    throw new Problem('not_found', { detail });
  }
  const { former, current } = await rotateAuditKey(systemWorld(), keys);
  openTerminal(options.json === true).result({ former_key_id: former, key_id: current }, () =>
    [
      `Key ${current} signs from now on; ${former} took part in that and its private half is gone.`,
      `Copy ${join(keys, AUDIT_PUBLIC_FILE)} to where exports are checked. Exports checked with a former public key`,
      'are intact as before: they say how one key took over from the other.',
    ].join('\n'),
  );
}

/** The log as the API gives it now, against the newest head that this home keeps outside of the database. */
async function verifyRunning(
  options: AuditVerifyOptions,
  publicKey: Awaited<ReturnType<typeof findPublicKey>>,
  given: Awaited<ReturnType<typeof readKnownHead>> | undefined,
  headsFolder: string,
): Promise<AuditVerdict> {
  const api = await openSession(options);
  const chain = options.platform === true ? PLATFORM_CHAIN : String(api.tenant);
  const knownHead = given ?? (await readHead(systemWorld(), headsFolder, chain));
  const lines = await openStream(api, `${pathOf(options)}/export`);
  return verifySource(lines, { publicKey, knownHead, chain });
}

function readFileInPieces(file: string): AsyncIterable<Buffer> {
  return file === '-' ? process.stdin : createReadStream(file);
}

function wireVerdict(verdict: AuditVerdict): object {
  const { head } = verdict;
  return {
    intact: verdict.intact,
    fault: verdict.fault ?? null,
    chain: verdict.chain ?? null,
    rows: verdict.rows,
    first_seq: verdict.firstSeq ?? null,
    head:
      head === undefined
        ? null
        : {
            seq: head.seq,
            hash: head.hash.toString('hex'),
            signed_at: head.signedAt.toISOString(),
          },
    key_id: verdict.keyId ?? null,
    key_trusted: verdict.keyTrusted,
  };
}

function inWords(verdict: AuditVerdict): string {
  const { head, fault } = verdict;
  if (fault !== undefined) return `NOT INTACT: line ${fault.line}: ${fault.reason}.`;
  const cut = (verdict.firstSeq ?? 1) > 1 ? `, older ones removed by retention` : '';
  const lines = [
    `Intact: ${verdict.rows} rows of ${verdict.chain}${cut}, signed at ${head?.signedAt.toISOString()}.`,
    `Head ${head?.seq}:${head?.hash.toString('hex')} by key ${verdict.keyId}.`,
  ];
  if (!verdict.keyTrusted) {
    lines.push(
      'The key is the one the file names. Compare its id with the installation, or give --key.',
    );
  }
  return lines.join('\n');
}
