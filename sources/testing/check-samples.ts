import type { NormalizedEvent } from '@tocsin/contracts/normalized-event.ts';
import { describe, expect, it } from 'vitest';
import { normalizeLine } from '../normalize-line.ts';
import { type ExpectedEvent, SAMPLE_RECEIVED_AT, type Sample } from '../sample.ts';

/** Runs every sample of a source through the whole normaliser and checks what all events have in common. */
export function checkSamples(id: string, samples: readonly Sample[]): void {
  describe(`source ${id}`, () => {
    it.each(samples)('$name', (sample) => {
      const event = normalizeSample(sample);
      expect(viewOf(event, sample.expected)).toMatchObject(sample.expected);
      expect(JSON.parse(event.attributesJson)).toEqual(event.attributes);
      expect(event.parseStatus === 'ok').toBe(event.parseError === '');
    });
  });
}

function normalizeSample(sample: Sample): NormalizedEvent {
  const receivedAt = Date.parse(sample.receivedAt ?? SAMPLE_RECEIVED_AT);
  return normalizeLine(sample.line, sample.hint ?? '', sample.host ?? '', receivedAt);
}

/** The event with time and triples in the readable form of samples. Status `ok` is meant unless one says otherwise. */
function viewOf(event: NormalizedEvent, expected: ExpectedEvent): object {
  if (expected.parseStatus === undefined) expect(event.parseError).toBe('');
  return {
    ...event,
    at: new Date(event.timestamp).toISOString(),
    logsources: event.logsources.map((one) => `${one.product}/${one.category}/${one.service}`),
  };
}
