import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { notRun, Patient, type Scenario } from '../scenario.ts';
import { Volume } from '../volume.ts';

const BLOCK = Buffer.alloc(1024 * 1024, 'x');

/** The disk fills up to the floor, then to the last block; both times space is freed and the product goes on. */
export const diskFull: Scenario = {
  name: 'disk-full',
  async run({ short }) {
    const lack = await Volume.lacks('ext4');
    if (lack !== undefined) return notRun(this.name, lack);
    const volume = await Volume.make('ext4');
    const ballast = join(volume.mount, 'ballast');
    const faults: string[] = [];
    try {
      const home = join(volume.mount, 'h');
      await mkdir(home, { mode: 0o711 });
      const patient = await Patient.admit(home);
      await patient.load();
      await patient.flows();

      await fillTo(ballast, volume.mount, 0.07);
      await sleep(2_500);
      const refused = await patient.analyst.ask('POST', '/v1/ingest/raw', { bytes: 'one line' });
      if (refused.status !== 503 || refused.headers.get('retry-after') === null)
        faults.push(`past the floor a request is answered ${refused.status} ${refused.text}`);
      const search = await patient.analyst.get('/v1/events/search?q=*&limit=1');
      if (search.status !== 200) faults.push(`past the floor a search answers ${search.status}`);
      await rm(ballast);
      patient.figures['accepts_after_floor_ms'] = Math.round(await patient.flows(1));

      await patient.flows();
      await fillTo(ballast, volume.mount, 0);
      await sleep(short ? 4_000 : 15_000);
      await rm(ballast);
      patient.figures['accepts_after_full_ms'] = Math.round(await patient.flows(1));
      await patient.flows();
      const report = await patient.judge(this.name, true);
      if (faults.length === 0) return report;
      return { ...report, result: 'failed', faults: [...report.faults, ...faults] };
    } finally {
      await volume.remove();
    }
  },
};

/** Writes a file until no more than a part of the disk is free, or nothing at all. */
async function fillTo(path: string, mount: string, freePart: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (;;) {
      const { bavail, blocks } = await statfs(mount);
      if (freePart > 0 && bavail / blocks <= freePart) return;
      const { bytesWritten } = await file.write(BLOCK);
      if (bytesWritten < BLOCK.length) return;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}
