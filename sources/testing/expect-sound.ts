import {
  ACTOR_TYPES,
  CATEGORIES,
  OUTCOMES,
  SHORT_TEXT_MAX,
  TARGET_TYPES,
} from '@tocsin/contracts/canonical-event.ts';
import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { expect } from 'vitest';
import { newEvent } from '../new-event.ts';
import { MESSAGE_LENGTH_MAX } from '../text-member.ts';

const SHAPE = Object.keys(newEvent('', '', 'ops', 0, {}, '{}'));
const SHORT = [
  ...([
    'action',
    'sourceSystem',
    'sourceIntegration',
    'sourceHost',
    'actorId',
    'actorName',
  ] as const),
  ...(['actorEmail', 'targetId', 'targetName', 'srcIp', 'dstIp', 'parseError'] as const),
];

/** Checks what holds for every event, whatever the line was: stores and later stages rely on it. */
export function expectSound(event: NormalizedEvent): void {
  expect(Object.keys(event)).toEqual(SHAPE);
  expect(CATEGORIES).toContain(event.category);
  expect(Number.isInteger(event.timestamp)).toBe(true);
  expect(event.timestamp).toBeGreaterThan(0);
  expect(Number.isInteger(event.severity) && event.severity >= 0 && event.severity <= 10).toBe(
    true,
  );
  expect(['', ...OUTCOMES]).toContain(event.outcome);
  expect(['', ...ACTOR_TYPES]).toContain(event.actorType);
  expect(['', ...TARGET_TYPES]).toContain(event.targetType);
  for (const member of SHORT) expectText(event[member], SHORT_TEXT_MAX);
  expectText(event.message, MESSAGE_LENGTH_MAX);
  expect(event.parseStatus === 'ok').toBe(event.parseError === '');
  expect(JSON.parse(event.attributesJson)).toEqual(event.attributes);
  expect(Object.prototype).not.toHaveProperty('message');
}

function expectText(text: unknown, lengthMax: number): void {
  if (typeof text !== 'string') throw new TypeError(`${String(text)} is no text`);
  expect(text.length).toBeLessThanOrEqual(lengthMax);
  expect(text.includes('\0')).toBe(false);
  expect(text.isWellFormed()).toBe(true);
}
