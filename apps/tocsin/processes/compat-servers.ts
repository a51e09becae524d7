import type { CredentialVerifier } from '@tocsin/auth/credential-verifier.ts';
import type { CompatDeps } from '@tocsin/compat-service/compat-deps.ts';
import { createCompatService, tenantFromCredential } from '@tocsin/compat-service/service.ts';
import { answerUnprocessable } from '@tocsin/compat-service/unprocessable.ts';
import type { RateGate } from '@tocsin/http/rate-gate.ts';
import type { Route } from '@tocsin/http/route.ts';
import { buildServer, type HttpServer } from '@tocsin/http/server.ts';
import type { TenantDirectory } from '@tocsin/http/tenant-directory.ts';
import type { Log } from '@tocsin/telemetry/log.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { productVersion } from '../version.ts';

/** What the ports for older clients are opened with. */
export interface CompatServerOptions extends CompatDeps {
  readonly host: string;
  /** 0: not opened. */
  readonly ingestPort: number;
  readonly alertsPort: number;
  readonly verifier: CredentialVerifier;
  readonly tenants: TenantDirectory;
  readonly rates: RateGate;
  readonly log: Log;
}

/** The ports that are open. */
export interface CompatServers {
  /** Their metrics in the text format. */
  metricsText(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Opens the ports that are set, each a server with the same door as the gateway. */
export async function openCompatServers(options: CompatServerOptions): Promise<CompatServers> {
  const service = createCompatService(options);
  const opened: { readonly server: HttpServer; readonly metrics: Metrics }[] = [];
  const open = async (name: string, port: number, routes: readonly Route[]): Promise<void> => {
    if (port === 0) return;
    const metrics = new Metrics(name);
    const { tenants, rates, log, world, host } = options;
    const server = buildServer({
      service: name,
      version: productVersion(),
      routes,
      verifier: tenantFromCredential(options.verifier),
      tenants,
      rates,
      log,
      metrics,
      world,
    });
    answerUnprocessable(server);
    opened.push({ server, metrics });
    await server.listen({ host, port });
    log.info('a port for older clients is open', { action: 'compat.listen', host, port });
  };
  await open('compat-ingest', options.ingestPort, service.ingestRoutes);
  await open('compat-alerts', options.alertsPort, service.alertRoutes);
  return {
    metricsText: () => Promise.all(opened.map(({ metrics }) => metrics.text())),
    close: async () => {
      await Promise.all(opened.map(({ server }) => server.close()));
    },
  };
}
