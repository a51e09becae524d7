import { Problem } from '@tocsin/kernel/problem.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Bars of a histogram whose interval is chosen for the caller, at most. */
export const AUTO_BARS_MAX = 60;

/** Widths people read easily. */
const STEPS_MS = [
  ...[1000, 5000, 10_000, 30_000],
  ...[60_000, 300_000, 600_000, 1_800_000],
  ...[3_600_000, 10_800_000, 21_600_000, 43_200_000],
  ...[86_400_000, 604_800_000, 2_592_000_000],
];
const STEP_MAX_MS = 31_536_000_000;

/** The width of a bar as asked, for example `30s`, `5m`, `1h`, `1d`. UNTRUSTED: `text`. @throws Problem `invalid_request` */
export function parseInterval(text: string): number {
  const parts = /^(\d{1,6})([smhd])$/.exec(text);
  const widthMs = Number(parts?.[1]) * (UNIT_MS[parts?.[2] ?? ''] ?? Number.NaN);
  if (widthMs >= 1000 && widthMs <= STEP_MAX_MS) return widthMs;
  const detail = 'must be a whole number and a unit: 30s, 5m, 1h, 1d, at most 365d';
  throw new Problem('invalid_request', {
    detail: `interval ${detail}`,
    errors: [{ pointer: '/query/interval', detail }],
  });
}

/** The smallest easy width that cuts a length of time into at most {@link AUTO_BARS_MAX} bars. */
export function chooseInterval(lengthMs: number): number {
  return STEPS_MS.find((step) => lengthMs / step < AUTO_BARS_MAX) ?? STEP_MAX_MS;
}
