import { parseArgs } from 'node:util';
import { measureAccept } from './accept.ts';
import { measureLatency } from './latency.ts';
import { measureOperation } from './operate.ts';
import { measureSearch } from './search.ts';
import { measureStages } from './stages.ts';
import { measureStored } from './stored.ts';

/**
 * `make bench`, or `node bench/run.ts [accept] [single] [stages] [stored] [operate] [latency] [search]`: what the product
 * costs, as multiples of JSON.parse of the same bytes in the same run (design section 10). Absolute figures depend on the machine and the hour.
 * `search --events 5000000 --days 10 --home DIR [--quiet] [--only TEXT]` keeps what it stored in DIR for the next call.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string' },
    days: { type: 'string' },
    home: { type: 'string' },
    only: { type: 'string' },
    quiet: { type: 'boolean' },
    lines: { type: 'string' },
    seconds: { type: 'string' },
  },
});
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

if (wanted('accept')) await measureAccept(100);
if (wanted('single')) await measureAccept(1);
if (wanted('stages')) await measureStages(numberOf(values.lines));
if (wanted('stored')) {
  const [lines, seconds] = [numberOf(values.lines), numberOf(values.seconds)];
  await measureStored({ ...(lines && { lines }), ...(seconds && { seconds }) });
}
if (wanted('operate')) await measureOperation(numberOf(values.lines));
if (wanted('latency')) await measureLatency();
if (wanted('search')) {
  const [events, days] = [numberOf(values.events), numberOf(values.days)];
  const { home, only, quiet } = values;
  await measureSearch({
    ...(events && { events }),
    ...(days && { days }),
    ...(home !== undefined && { home }),
    ...(only !== undefined && { only }),
    ...(quiet !== undefined && { quiet }),
  });
}
