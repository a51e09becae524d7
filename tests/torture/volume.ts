import { execFile, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { faultTools, librariesOf } from './fault-tools.ts';

const run = promisify(execFile);

export type FileSystem = 'ext4' | 'xfs';

/** Smallest that mkfs.xfs makes is 300 MB. */
const IMAGE_BYTES = 1536 * 1024 * 1024;

/** `EXT4_IOC_SHUTDOWN` and `XFS_IOC_GOINGDOWN` are one number; 2 drops everything that was not synced. */
const CUT = `open(my $f, "<", $ARGV[0]) or die $!; my $how = pack("L", 2); ioctl($f, 0x8004587D, $how) or die $!;`;

const attached = new Set<Volume>();

/** For the end of a run that was broken off: whatever is still mounted goes away. */
export function removeVolumes(): void {
  for (const volume of attached) volume.abandon();
}

/** A file system of its own in a file of this machine, whose power can be cut. Needs root and loop devices. */
export class Volume {
  readonly mount: string;
  readonly #image: string;
  readonly #root: string;
  readonly #type: FileSystem;

  private constructor(root: string, type: FileSystem) {
    this.#root = root;
    this.#type = type;
    this.#image = join(root, 'image');
    this.mount = join(root, 'm');
  }

  /** Why this machine cannot have one; undefined when it can. */
  static async lacks(type: FileSystem): Promise<string | undefined> {
    if (process.getuid?.() !== 0) return 'mounting needs root';
    if (!(await hasMkfs(type))) {
      const name = type === 'xfs' ? 'xfsprogs' : 'e2fsprogs';
      return `mkfs.${type} is missing: apt-get update && apt-get install ${name}`;
    }
    try {
      const volume = await Volume.make(type);
      await volume.remove();
      return undefined;
    } catch (error) {
      return `no ${type} on a loop device: ${String(error).split('\n')[0]}`;
    }
  }

  static async make(type: FileSystem): Promise<Volume> {
    const root = await mkdtemp(join(tmpdir(), 'tv-'));
    await chmod(root, 0o711);
    const volume = new Volume(root, type);
    attached.add(volume);
    await writeFile(volume.#image, '');
    await truncate(volume.#image, IMAGE_BYTES);
    await run(`mkfs.${type}`, ['-q', volume.#image], { env: await surroundings(type) });
    await mkdir(volume.mount);
    await volume.attach();
    return volume;
  }

  async attach(): Promise<void> {
    // An error makes ext4 read-only, as most distributions set it.
    const options = this.#type === 'ext4' ? 'loop,errors=remount-ro' : 'loop';
    await run('mount', ['-t', this.#type, '-o', options, this.#image, this.mount]);
    await chmod(this.mount, 0o711);
  }

  async detach(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await run('umount', [this.mount]);
        return;
      } catch (error) {
        if (tries === 40) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Everything that was not synced is gone, and nothing can be written any more: what a power cut leaves. */
  async cutPower(): Promise<void> {
    await run('perl', ['-e', CUT, this.mount]);
  }

  /** Makes an ext4 file system read-only as an error of its disk would. */
  async turnReadOnly(): Promise<void> {
    const { stdout } = await run('findmnt', ['-n', '-o', 'SOURCE', this.mount]);
    const device = stdout.trim().replace('/dev/', '');
    await writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, '1');
  }

  /** Repairs what an error marked, while it is detached. */
  async repair(): Promise<void> {
    // fsck's status says what it did: 1 is "repaired".
    await run('fsck.ext4', ['-fy', this.#image], { env: await surroundings('ext4') }).catch(
      (error: { code?: number }) => {
        if (error.code !== 1) throw error;
      },
    );
  }

  /** Whoever still uses it keeps it until he ends: after a scenario that failed, that must not hide why. */
  async remove(): Promise<void> {
    await this.detach().catch(() => run('umount', ['-l', this.mount]));
    attached.delete(this);
    await rm(this.#root, { recursive: true, force: true });
  }

  /** The same at once, whoever still uses it. */
  abandon(): void {
    spawnSync('umount', ['-l', this.mount]);
    rmSync(this.#root, { recursive: true, force: true });
  }
}

async function hasMkfs(type: FileSystem): Promise<boolean> {
  return run(`mkfs.${type}`, ['-V'], { env: await surroundings(type) }).then(
    () => true,
    (error: { code?: unknown }) => error.code !== 'ENOENT',
  );
}

/** Tools of file systems are often not on an ordinary user's path; those of xfs are fetched where there are none. */
async function surroundings(type: FileSystem): Promise<NodeJS.ProcessEnv> {
  const path = `${process.env['PATH']}:/usr/sbin:/sbin`;
  const own = type === 'ext4' || existsSync('/usr/sbin/mkfs.xfs') || existsSync('/sbin/mkfs.xfs');
  const tools = own ? undefined : await faultTools();
  if (tools === undefined) return { ...process.env, PATH: path };
  return {
    ...process.env,
    PATH: `${path}:${tools}/sbin:${tools}/usr/sbin`,
    LD_LIBRARY_PATH: `${librariesOf(tools)}:${tools}/lib`,
  };
}
