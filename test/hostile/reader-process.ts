import { readFileSync, writeFileSync } from 'node:fs';
import { PaperdeskError } from '../../src/errors.ts';
import { LONG } from '../helper/run-length.ts';
import type { HostileFile } from './corpus/hostile-file.ts';
import { hostileFiles, ROLES, type Role, unusualFiles } from './files-by-role.ts';
import { mutatedFiles } from './mutations.ts';
import type { Selection } from './read-in-process.ts';
import { READERS } from './readers.ts';

/** What reading one file led to. */
export interface Outcome {
  readonly kind: keyof Selection;
  readonly name: string;
  /** `accepted`, the code of the refusal, or the unexpected error. */
  readonly result: string;
  readonly errorMessage: string;
  /** Whether the file may have this result. */
  readonly allowed: boolean;
  readonly milliseconds: number;
  /** Peak of resident memory while the file was read, beyond what there was before, MB. */
  readonly megabytes: number;
}

export type ReaderMessage =
  | { readonly role: Role; readonly reading: string }
  | { readonly role: Role; readonly outcomes: readonly Outcome[] };

// A process of its own, so that the test can bound its memory and end it when it hangs.
const selection = JSON.parse(process.argv[2]!) as Selection;
const send = (message: ReaderMessage) =>
  new Promise<void>((resolve) => process.send?.(message, () => resolve()) ?? resolve());

async function read(role: Role, bytes: Buffer): Promise<[result: string, errorMessage: string]> {
  try {
    await READERS[role](bytes);
    return ['accepted', ''];
  } catch (error) {
    if (error instanceof PaperdeskError) return [error.code, error.message];
    return [`thrown: ${error instanceof Error ? error.stack : error}`, ''];
  }
}

/** Resident memory as the kernel counts it, MB: now, or the peak since the last reset. */
function resident(field: 'VmHWM' | 'VmRSS'): number {
  const match = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}
const resetPeak = () => writeFileSync('/proc/self/clear_refs', '5');

/** Garbage of earlier files must not count as memory of the next one; the short form collects it less often. */
const COLLECT_AFTER_BYTES = (LONG ? 8 : 32) * 2 ** 20;
let heapAfterCollection = 0;
function collectGarbage(): void {
  if (process.memoryUsage().heapUsed < heapAfterCollection + COLLECT_AFTER_BYTES) return;
  globalThis.gc?.();
  heapAfterCollection = process.memoryUsage().heapUsed;
}

type FileToRead = Pick<HostileFile, 'name' | 'bytes'> & Partial<Pick<HostileFile, 'codes'>>;
async function* filesToRead(role: Role): AsyncIterable<readonly [keyof Selection, readonly FileToRead[]]> {
  yield ['hostile', hostileFiles(role, selection.hostile)];
  yield ['unusual', unusualFiles(role, selection.unusual)];
  yield ['mutated', await mutatedFiles(role, selection.mutated)];
}

async function measure(
  role: Role,
  kind: keyof Selection,
  { name, bytes, codes }: FileToRead,
): Promise<Outcome> {
  void send({ role, reading: name });
  collectGarbage();
  resetPeak();
  const before = resident('VmRSS');
  const start = performance.now();
  const used = process.cpuUsage();
  const [result, errorMessage] = await read(role, bytes);
  const { user, system } = process.cpuUsage(used);
  // Other processes slow down the clock time, garbage collecting threads add to the processor time.
  const milliseconds = Math.min(performance.now() - start, (user + system) / 1000);
  const megabytes = Math.max(0, resident('VmHWM') - before);
  const expected = codes === undefined ? !result.startsWith('thrown') : codes.some((code) => code === result);
  const allowed = expected && !Object.hasOwn(Object.prototype, 'polluted');
  return { kind, name, result, errorMessage, allowed, milliseconds, megabytes };
}

for (const role of ROLES) {
  const outcomes: Outcome[] = [];
  for await (const [kind, files] of filesToRead(role)) {
    for (const file of files) outcomes.push(await measure(role, kind, file));
  }
  await send({ role, outcomes });
}
process.disconnect();
