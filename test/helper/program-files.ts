import { join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

/**
 * Replaces src/runtime/program-files.ts in tests (vitest.config.ts): processes, threads and migrations come from the
 * build, as in production, and start twice as fast as from source.
 */
export const PROGRAM_ROOT = join(PROJECT_ROOT, 'dist');

export function moduleFile(name: string): string {
  return join(PROGRAM_ROOT, 'src', `${name}.js`);
}

export function moduleOptions(): string[] {
  return [];
}

export function startThread(name: string, options: Omit<WorkerOptions, 'eval'> = {}): Worker {
  return new Worker(moduleFile(name), options);
}
