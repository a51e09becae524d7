import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Patient, type Scenario, withFaults } from '../scenario.ts';

const FILES_DAMAGED = 3;

/**
 * Bytes of a stopped product's home are changed: the newest checkpoint of the windows, a segment of the archive, the
 * day file of events. It starts by itself, says which day is missing, and takes events as before; of the damaged day the
 * bus gives back what it still has.
 */
export const damage: Scenario = {
  name: 'damage',
  async run() {
    const patient = await Patient.admit();
    await patient.load(2_000);
    await patient.flows(10_000);
    await patient.unload();
    await patient.product.stop();
    const data = join(patient.home, 'data');
    const hurt = [
      await spoil(join(data, 'windows'), /\.checkpoint$/),
      await spoil(join(data, 'objects'), /\.zst$/),
      await spoil(join(data, 'events'), /^events-.*\.duckdb$/),
    ].filter((name) => name !== '');
    await patient.restart();
    await patient.load(2_000);
    await patient.flows(5_000);
    const ready = await patient.product.ask('GET', '/ready');
    const { checks } = ready.body as { checks: { name: string; detail: string }[] };
    const said = checks.find(({ name }) => name === 'pipeline')?.detail ?? '';
    Object.assign(patient.figures, { damaged: hurt, said });
    const report = await patient.judge(this.name);
    const faults: string[] = [];
    if (hurt.length !== FILES_DAMAGED) faults.push(`damaged only ${hurt.join(', ')}`);
    if (ready.status !== 200) faults.push(`it is not ready: ${ready.text}`);
    if (!said.includes('set aside')) faults.push(`nobody says what is missing: ${said}`);
    return withFaults(report, faults);
  },
};

/** Changes a byte in the middle of the newest file of a folder whose name fits; gives its name. */
async function spoil(folder: string, fits: RegExp): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    fits.test(name.split('/').at(-1) ?? ''),
  );
  const path = join(folder, names.sort().at(-1) ?? '');
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  try {
    // Several places: one byte may lie where nobody reads.
    for (let part = 1; part < 20; part += 1) {
      const at = Math.floor((size * part) / 20);
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
      await file.write(Buffer.from([(buffer[0] ?? 0) ^ 0xff]), 0, 1, at);
    }
  } finally {
    await file.close();
  }
  return path.slice(folder.length + 1);
}
