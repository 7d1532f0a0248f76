import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { PROJECT_ROOT } from './project-root.ts';

/** Whether the program runs from its TypeScript sources instead of the build. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Where the folders `src` and `migrations` of the running program are. */
export const PROGRAM_ROOT = FROM_SOURCE ? PROJECT_ROOT : join(PROJECT_ROOT, 'dist');

/**
 * File of a module that starts as a process or a thread, and is not imported. The build has an entry for each
 * (scripts/build.js).
 * @param name without its extension, for example `models/worker`
 */
export function moduleFile(name: string): string {
  return join(PROGRAM_ROOT, 'src', `${name}.${FROM_SOURCE ? 'ts' : 'js'}`);
}

/** Options of a Node process that runs a module: from source it must translate TypeScript. */
export function moduleOptions(): string[] {
  if (!FROM_SOURCE) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

/** Runs a module (see moduleFile) in a thread. */
export function startThread(name: string, options: Omit<WorkerOptions, 'eval'> = {}): Worker {
  const file = moduleFile(name);
  if (!FROM_SOURCE) return new Worker(file, options);
  // A thread must register the translation of TypeScript before it can load anything.
  const api = import.meta.resolve('tsx/esm/api');
  const start = `import('${api}').then(({ register }) => { register(); return import('${pathToFileURL(file)}'); })`;
  return new Worker(start, { ...options, eval: true });
}
