import { ruleEngineOver } from '@tocsin/detect-service/rule-engine.ts';
import { eventFromDocument } from '@tocsin/search/duckdb/event-document.ts';
import type { RuleEngine } from '../content-deps.ts';

/** What the processes give this service: the detector's own checks and trials. */
export const ruleEngine: RuleEngine = ruleEngineOver(eventFromDocument);
