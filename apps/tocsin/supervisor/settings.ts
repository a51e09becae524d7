import { type ConfigOf, loadConfig } from '@tocsin/config/load-config.ts';
import { SUPERVISOR_CONFIG } from '@tocsin/config/processes.ts';
import { anyFreePort } from './ports.ts';

/** Settings of `tocsin up`, checked as a whole. The port is a real one. */
export type SupervisorSettings = ConfigOf<(typeof SUPERVISOR_CONFIG)['settings']>;

/**
 * Reads the environment; what the command line says wins. Port 0 becomes a free one here, so that all processes agree.
 *
 * @throws Problem `invalid_request` that names every variable at fault
 */
export async function readSettings(given: {
  readonly port?: number | undefined;
}): Promise<SupervisorSettings> {
  const settings = loadConfig(SUPERVISOR_CONFIG, process.env);
  const port = given.port ?? settings.port;
  return { ...settings, port: port === 0 ? await anyFreePort(settings.host) : port };
}
