import { assert } from '@tocsin/kernel/assert.ts';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Most label combinations of one instrument; further ones are counted under `other` in every label. */
export const SERIES_MAX = 2000;

/** Label names whose values nobody can list: they would grow without bound. */
const UNBOUNDED = [
  'event_id',
  'request_id',
  'trace_id',
  'actor',
  'subject',
  'src_ip',
  'path',
  'url',
];
const NAME = /^tocsin_[a-z][a-z0-9_]*[a-z0-9]$/;

/** What an instrument measures. Names start with `tocsin_`, end in the unit (`_seconds`, `_bytes`) or `_total` for counters. */
export interface InstrumentSpec<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Names of labels with few values each, for example `reason`. */
  readonly labels: readonly Label[];
}

/** A histogram's spec. */
export interface HistogramSpec<Label extends string> extends InstrumentSpec<Label> {
  /** Upper bounds, ascending, in the unit of the name. */
  readonly buckets: readonly number[];
}

/** Label values in words; all labels of the spec. */
export type Labels<Label extends string> = Readonly<Record<Label, string>>;

/** Counts what happened. Keep what `at` returns where it is hot: adding to it costs nanoseconds. */
export interface TypedCounter<Label extends string> {
  at(labels: Labels<Label>): { add(by?: number): void };
  add(labels: Labels<Label>, by?: number): void;
}

/** A value that goes up and down. */
export interface TypedGauge<Label extends string> {
  set(labels: Labels<Label>, value: number): void;
}

/** A distribution, usually of seconds. */
export interface TypedHistogram<Label extends string> {
  at(labels: Labels<Label>): { observe(value: number): void };
}

/** Bounds for request durations, in seconds. */
export const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** The instruments of one process, printed for Prometheus at `/metrics`. */
export class Metrics {
  readonly #registry = new Registry();

  /** With `process`: also memory, CPU, event loop and garbage collection of the process. */
  constructor(service: string, options: { readonly process?: boolean } = {}) {
    this.#registry.setDefaultLabels({ service });
    if (options.process === true) {
      collectDefaultMetrics({ register: this.#registry, prefix: 'tocsin_process_' });
    }
  }

  counter<const Label extends string>(spec: InstrumentSpec<Label>): TypedCounter<Label> {
    checkSpec(spec);
    assert(spec.name.endsWith('_total'), `the counter ${spec.name} ends in _total`);
    const counter = new Counter({ ...plain(spec), registers: [this.#registry] });
    const at = bySeries(spec.labels, (values) => {
      const series = counter.labels(...values);
      return { add: (by = 1) => series.inc(by) };
    });
    if (spec.labels.length === 0) at({} as Labels<Label>);
    return { at, add: (labels, by) => at(labels).add(by) };
  }

  gauge<const Label extends string>(spec: InstrumentSpec<Label>): TypedGauge<Label> {
    checkSpec(spec);
    const gauge = new Gauge({ ...plain(spec), registers: [this.#registry] });
    const at = bySeries(spec.labels, (values) => gauge.labels(...values));
    return { set: (labels, value) => at(labels).set(value) };
  }

  histogram<const Label extends string>(spec: HistogramSpec<Label>): TypedHistogram<Label> {
    checkSpec(spec);
    const buckets = [...spec.buckets];
    const histogram = new Histogram({ ...plain(spec), buckets, registers: [this.#registry] });
    return { at: bySeries(spec.labels, (values) => histogram.labels(...values)) };
  }

  /** All instruments in the text format 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The media type of {@link Metrics.text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }
}

/** One handle per label combination, made once; bounded by {@link SERIES_MAX}. */
function bySeries<Label extends string, Handle>(
  names: readonly Label[],
  make: (values: string[]) => Handle,
): (labels: Labels<Label>) => Handle {
  const known = new Map<string, Handle>();
  return (labels) => {
    const values = names.map((name) => labels[name]);
    const key = values.join('\u0001');
    const found = known.get(key);
    if (found !== undefined) return found;
    const full = known.size >= SERIES_MAX;
    const handle = make(full ? names.map(() => 'other') : values);
    if (!full) known.set(key, handle);
    return handle;
  };
}

function plain<Label extends string>(spec: InstrumentSpec<Label>) {
  return { name: spec.name, help: spec.help, labelNames: [...spec.labels] };
}

function checkSpec(spec: InstrumentSpec<string>): void {
  assert(NAME.test(spec.name), `the instrument name ${spec.name} is well-formed`);
  const unbounded = spec.labels.find((label) => UNBOUNDED.includes(label));
  assert(unbounded === undefined, `${spec.name} has no unbounded label ${unbounded ?? ''}`);
}
