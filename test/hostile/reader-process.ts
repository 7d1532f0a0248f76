import { readFileSync, writeFileSync } from 'node:fs';
import { PaperdeskError } from '../../src/errors.ts';
import type { HostileFile } from './corpus/hostile-file.ts';
import { hostileFiles, oddFiles, type Role } from './files-by-role.ts';
import { mutatedFiles } from './mutations.ts';
import type { Shares } from './read-in-process.ts';
import { READERS } from './readers.ts';

/** What became of one file, as it is told to the test. */
export interface Outcome {
  readonly sort: keyof Shares;
  readonly name: string;
  /** The code it was refused with, `accepted`, or the error that should never be. */
  readonly outcome: string;
  readonly sentence: string;
  /** Whether the outcome is one that the file may have. */
  readonly right: boolean;
  readonly milliseconds: number;
  /** Resident memory at most while it was read beyond what there was before, MB. */
  readonly megabytes: number;
}

// Reads files of a role one after the other, in a process that the test can end and bound.
const [role, given] = process.argv.slice(2) as [Role, string];
const shares = JSON.parse(given) as Shares;

async function read(bytes: Buffer): Promise<[outcome: string, sentence: string]> {
  try {
    await READERS[role](bytes);
    return ['accepted', ''];
  } catch (error) {
    if (error instanceof PaperdeskError) return [error.code, error.message];
    return [`thrown: ${error instanceof Error ? error.stack : error}`, ''];
  }
}

/** Resident memory by the kernel's own count, MB: now, or at most since the mark was reset. */
function resident(name: 'VmHWM' | 'VmRSS'): number {
  const match = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}
const resetHighWater = () => writeFileSync('/proc/self/clear_refs', '5');

/** What earlier files left behind is cleared away before it is taken for what a later one needs. */
const COLLECT_AFTER_BYTES = 8 * 2 ** 20;
let collected = 0;
function collect(): void {
  if (process.memoryUsage().heapUsed < collected + COLLECT_AFTER_BYTES) return;
  globalThis.gc?.();
  collected = process.memoryUsage().heapUsed;
}

type ToRead = Pick<HostileFile, 'name' | 'bytes'> & Partial<Pick<HostileFile, 'codes'>>;
async function* filesToRead(): AsyncIterable<readonly [keyof Shares, readonly ToRead[]]> {
  yield ['hostile', hostileFiles(role, shares.hostile)];
  yield ['odd', oddFiles(role, shares.odd)];
  yield ['mutated', await mutatedFiles(role, shares.mutated)];
}

async function measure({ name, bytes, codes }: ToRead, sort: keyof Shares): Promise<Outcome> {
  process.send?.({ reading: name });
  collect();
  resetHighWater();
  const before = resident('VmRSS');
  const start = performance.now();
  const used = process.cpuUsage();
  const [outcome, sentence] = await read(bytes);
  const { user, system } = process.cpuUsage(used);
  // Where others use the processor too, it is not the file that takes the time; threads that collect garbage add to it.
  const milliseconds = Math.min(performance.now() - start, (user + system) / 1000);
  const megabytes = Math.max(0, resident('VmHWM') - before);
  const right = codes === undefined ? !outcome.startsWith('thrown') : codes.some((code) => code === outcome);
  return { sort, name, outcome, sentence, right, milliseconds, megabytes };
}

const outcomes: Outcome[] = [];
for await (const [sort, files] of filesToRead()) {
  for (const file of files) outcomes.push(await measure(file, sort));
}
process.send?.(outcomes, () => process.disconnect());
