import type { AccessFiles } from './access-files.ts';

/** What a server of the all-in-one shape is told. */
export interface ServerSettings extends AccessFiles {
  readonly port: number;
  /** `undefined` when the path would be too long for a unix socket. */
  readonly socketFolder: string | undefined;
  /** Never off in service: a power cut would lose what was answered. */
  readonly fsync: boolean;
  readonly connectionsMax: number;
}

/**
 * PostgreSQL's settings for one small machine (PostgreSQL 18, chapter 19): little memory, no replication,
 * no helper processes that an idle installation would pay for, UTC, durable.
 */
export function serverArguments(settings: ServerSettings): string[] {
  const sync = settings.fsync ? 'on' : 'off';
  const values: Readonly<Record<string, string | number>> = {
    listen_addresses: '127.0.0.1',
    hba_file: settings.hbaFile,
    ident_file: settings.identFile,
    port: settings.port,
    unix_socket_directories: settings.socketFolder ?? '',
    unix_socket_permissions: '0777',
    max_connections: settings.connectionsMax,
    shared_buffers: '64MB',
    huge_pages: 'off',
    io_method: 'sync',
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '512MB',
    // Old segments are removed and not used again: what a deleted tenant left in them is gone after a checkpoint.
    wal_recycle: 'off',
    min_wal_size: '32MB',
    max_logical_replication_workers: 0,
    fsync: sync,
    synchronous_commit: sync,
    full_page_writes: sync,
    jit: 'off',
    password_encryption: 'scram-sha-256',
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    log_checkpoints: 'off',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
