import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place that can be full, or read-only, at will. */
export interface SmallDisk {
  readonly folder: string;
  /** How it is done: a file system of its own, or, without the right to mount one, a limit for the process's files. */
  readonly kind: 'tmpfs' | 'limit';
  /** From now on nothing more can be written. */
  fill(pid: number): void;
  free(pid: number): void;
  /** Whether `protect` has an effect: modes of folders mean nothing to root. */
  readonly canProtect: boolean;
  /** From now on nothing can be written below `folder`. */
  protect(folder: string): void;
  allow(folder: string): void;
  remove(): void;
}

const SIZE_MB = 48;
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'ignore' });

/** A disk of some megabytes, as root; for anybody else a folder, and limits that have the same effect. */
export function makeSmallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'paperdesk-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder);
    return mounted(folder);
  } catch {
    return limited(folder);
  }
}

function mounted(folder: string): SmallDisk {
  const ballast = join(folder, 'ballast');
  return {
    folder,
    kind: 'tmpfs',
    canProtect: true,
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      try {
        // A little more than there is room for, so that what others write meanwhile does not matter.
        writeFileSync(ballast, Buffer.alloc(Number(bavail) * Number(bsize) + 2 ** 20));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    protect(place) {
      run('mount', '--bind', place, place);
      run('mount', '-o', 'remount,bind,ro', place);
    },
    allow: (place) => run('umount', place),
    remove() {
      run('umount', '--recursive', '--lazy', folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function limited(folder: string): SmallDisk {
  return {
    folder,
    kind: 'limit',
    canProtect: process.getuid?.() !== 0,
    fill: (pid) => run('prlimit', '--pid', String(pid), '--fsize=0:unlimited'),
    free: (pid) => run('prlimit', '--pid', String(pid), '--fsize=unlimited:unlimited'),
    protect: (place) => chmodSync(place, 0o555),
    allow: (place) => chmodSync(place, 0o755),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
