import { parseArgs } from 'node:util';
import { measureAccept } from './accept.ts';
import { measureLatency } from './latency.ts';
import { measureSearch } from './search.ts';
import { measureStored } from './stored.ts';

/**
 * `make bench`, or `node bench/run.ts [accept] [single] [stored] [latency] [search]`: what the product costs, as multiples of
 * JSON.parse of the same bytes in the same run (design section 10). Absolute figures depend on the machine and the hour.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { events: { type: 'string' } },
});
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);

if (wanted('accept')) await measureAccept(100);
if (wanted('single')) await measureAccept(1);
if (wanted('stored')) await measureStored();
if (wanted('latency')) await measureLatency();
if (wanted('search'))
  await measureSearch(values.events === undefined ? undefined : Number(values.events));
