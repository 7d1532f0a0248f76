import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that tests can fill up or make read-only. */
export interface TestDisk {
  readonly folder: string;
  /** `tmpfs`: a file system of its own. `limit`: a folder, and a file size limit for the process. */
  readonly kind: 'tmpfs' | 'limit';
  /** Makes every further write of the process fail. */
  fill(pid: number): void;
  free(pid: number): void;
  /** Whether `makeReadOnly` works: root ignores file modes. */
  readonly canBeReadOnly: boolean;
  /** Makes every write in `folder` fail. */
  makeReadOnly(folder: string): void;
  makeWritable(folder: string): void;
  remove(): void;
}

const SIZE_MB = 48;
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'ignore' });

/** A small tmpfs where mounting is allowed (as root), otherwise a folder whose limits have the same effect. */
export function makeTestDisk(): TestDisk {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder);
    return mountedDisk(folder);
  } catch {
    return limitedFolder(folder);
  }
}

function mountedDisk(folder: string): TestDisk {
  const filler = join(folder, 'filler');
  return {
    folder,
    kind: 'tmpfs',
    canBeReadOnly: true,
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      try {
        // More than there is room for, in case the service frees something meanwhile.
        writeFileSync(filler, Buffer.alloc(Number(bavail) * Number(bsize) + 2 ** 20));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filler, { force: true }),
    makeReadOnly(place) {
      run('mount', '--bind', place, place);
      run('mount', '-o', 'remount,bind,ro', place);
    },
    makeWritable: (place) => run('umount', place),
    remove() {
      run('umount', '--recursive', '--lazy', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function limitedFolder(folder: string): TestDisk {
  return {
    folder,
    kind: 'limit',
    canBeReadOnly: process.getuid?.() !== 0,
    fill: (pid) => run('prlimit', '--pid', String(pid), '--fsize=0:unlimited'),
    free: (pid) => run('prlimit', '--pid', String(pid), '--fsize=unlimited:unlimited'),
    makeReadOnly: (place) => chmodSync(place, 0o555),
    makeWritable: (place) => chmodSync(place, 0o755),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
