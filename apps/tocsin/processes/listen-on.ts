import type { ConfigOf } from '@tocsin/config/load-config.ts';
import type { CONTROL_CONFIG } from '@tocsin/config/processes.ts';
import type { HttpServer } from '@tocsin/http/server.ts';
import type { Log } from '@tocsin/telemetry/log.ts';

const LOOPBACK = '127.0.0.1';

/** What is read of the settings. */
type ListenSettings = Pick<
  ConfigOf<(typeof CONTROL_CONFIG)['settings']>,
  'host' | 'port' | 'tlsCertFile' | 'tlsKeyFile' | 'tlsPort'
>;

/**
 * Opens the listeners of the gateway. With a certificate the outside comes by TLS, and plain HTTP is left to this
 * machine, for the command line.
 */
export async function listenOn(
  server: HttpServer,
  { host, port, tlsCertFile, tlsKeyFile, tlsPort }: ListenSettings,
  log: Log,
): Promise<void> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    await server.listen({ host, port });
    return;
  }
  const files = { certFile: tlsCertFile, keyFile: tlsKeyFile };
  const taken = await server.listenSecurely({ host, port: tlsPort }, files);
  await server.listen({ host: LOOPBACK, port });
  log.info('the gateway serves TLS', { action: 'tls.listen', host, port: taken });
}
