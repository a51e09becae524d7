import type { GroupName, LogHandler } from '@tocsin/bus/event-bus.ts';
import type { LogTopic } from '@tocsin/contracts/topic.ts';
import type { Route } from '@tocsin/http/route.ts';
import type { Metrics } from '@tocsin/telemetry/metrics.ts';
import { alertsScoredHandler, CORRELATE_GROUP } from './consumers/alerts-scored.ts';
import { paced } from './consumers/paced-handler.ts';
import type { CorrelateRouteDeps } from './correlate-route-deps.ts';
import { changeAlertRoute } from './routes/change-alert.ts';
import { changeIncidentRoute } from './routes/change-incident.ts';
import { getAlertRoute } from './routes/get-alert.ts';
import { getIncidentRoute } from './routes/get-incident.ts';
import { listAlertsRoute } from './routes/list-alerts.ts';
import { listIncidentsRoute } from './routes/list-incidents.ts';
import { mergeIncidentRoutes } from './routes/merge-incidents.ts';

/** What the correlator needs from the process it runs in. */
export interface CorrelateServiceDeps extends CorrelateRouteDeps {
  readonly metrics: Metrics;
}

/** Groups alerts into incidents, opens cases for severe ones, and shows alerts and incidents (design 3.8). */
export function createCorrelateService(deps: CorrelateServiceDeps): {
  name: string;
  routes: readonly Route[];
  consumers: readonly { topic: LogTopic; group: GroupName; handler: LogHandler }[];
} {
  return {
    name: 'correlate-service',
    routes: [
      listAlertsRoute(deps),
      getAlertRoute(deps),
      changeAlertRoute(deps),
      listIncidentsRoute(deps),
      getIncidentRoute(deps),
      changeIncidentRoute(deps),
      ...mergeIncidentRoutes(deps),
    ],
    consumers: [
      {
        topic: 'alerts.scored',
        group: CORRELATE_GROUP,
        handler: paced(alertsScoredHandler(deps), deps.world.clock),
      },
    ],
  };
}
