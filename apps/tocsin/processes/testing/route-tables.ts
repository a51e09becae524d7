import { healthRoutes } from '@tocsin/http/health.ts';
import { openapiRoute } from '@tocsin/http/openapi.ts';
import type { ProcessRoutes } from '@tocsin/http/openapi-whole.ts';
import type { Route } from '@tocsin/http/route.ts';
import { systemWorld } from '@tocsin/kernel/world.ts';
import { Metrics } from '@tocsin/telemetry/metrics.ts';
import { type ControlParts, composeControl } from '../control-services.ts';
import { composeData, type DataParts } from '../data-services.ts';
import { absentPart, withAbsentParts } from './absent-part.ts';

/** The routes of every process that serves HTTP, composed as the processes do but with nothing behind them. */
export function routeTables(): readonly ProcessRoutes[] {
  const world = systemWorld();
  const control = composeControl(
    withAbsentParts<ControlParts>({ world, metrics: new Metrics('control'), login: undefined }),
  );
  const data = composeData(withAbsentParts<DataParts>({ world }));
  return [
    { process: 'control', routes: withOwnRoutes(control.routes) },
    { process: 'data', routes: withOwnRoutes(data.routes) },
  ];
}

/** What `buildServer` and each process add. */
function withOwnRoutes(routes: readonly Route[]): readonly Route[] {
  const subject = { service: '', version: '', routes: [] };
  return [...routes, ...healthRoutes(absentPart()), openapiRoute(subject)];
}
