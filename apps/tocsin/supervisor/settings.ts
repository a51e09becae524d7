import { readFileSync } from 'node:fs';
import { Problem } from '@tocsin/kernel/problem.ts';
import { LOG_LEVELS, type LogLevel } from '@tocsin/telemetry/log.ts';

/** What the supervisor itself reads of the environment. The processes have settings of their own. */
export interface SupervisorSettings {
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly databaseUrl: string | undefined;
  /** Claim `iss` of an external issuer; then no token is minted here. */
  readonly externalIssuer: string | undefined;
  readonly audience: string | undefined;
  readonly localIssuerForced: boolean;
  /** Address the gateway binds. */
  readonly listenHost: string;
}

/** Port of the gateway when `TOCSIN_PORT` is not set. */
export const PORT_DEFAULT = 8080;
/** Address the gateway binds when `TOCSIN_HOST` is not set: only this machine reaches it. */
export const LISTEN_HOST_DEFAULT = '127.0.0.1';

/** Reads them; a secret may also stand in a file that `..._FILE` names. */
export function readSettings(environment: NodeJS.ProcessEnv): SupervisorSettings {
  return {
    port: portOf(environment.TOCSIN_PORT),
    logLevel: levelOf(environment.TOCSIN_LOG_LEVEL),
    databaseUrl: secretOf(environment, 'TOCSIN_DATABASE_URL'),
    externalIssuer: textOf(environment.TOCSIN_JWT_ISSUER),
    audience: textOf(environment.TOCSIN_JWT_AUDIENCE),
    localIssuerForced: environment.TOCSIN_LOCAL_ISSUER === 'on',
    listenHost: textOf(environment.TOCSIN_HOST) ?? LISTEN_HOST_DEFAULT,
  };
}

/** Says whether only processes of this machine reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function portOf(value: string | undefined): number {
  if (textOf(value) === undefined) return PORT_DEFAULT;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw wrong(`TOCSIN_PORT is ${value}; it must be a port from 1 to 65535.`);
}

function levelOf(value: string | undefined): LogLevel {
  const level = textOf(value) ?? 'info';
  const known = LOG_LEVELS.find((one) => one === level);
  if (known !== undefined) return known;
  throw wrong(`TOCSIN_LOG_LEVEL is ${value}; it must be one of ${LOG_LEVELS.join(', ')}.`);
}

function secretOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = textOf(environment[`${name}_FILE`]);
  if (file === undefined) return textOf(environment[name]);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw wrong(`${name}_FILE names ${file}, which cannot be read.`, cause);
  }
}

function wrong(detail: string, cause?: unknown): Problem {
  return new Problem('invalid_request', { detail, cause });
}
