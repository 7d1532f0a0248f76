import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Location } from '../../../src/packages/package-store-location.ts';
import { createObjectStore } from '../../../src/packages/s3/object-store.ts';
import { writeAndHash } from '../../../src/packages/write-and-hash.ts';

/** Started as a process: sends a file to an object store, fetches it, and reports its memory. */
export interface LargeObjectReport {
  readonly size: number;
  /** Largest memory of the process after a file of 20 MiB, and after the large one, in bytes. */
  readonly before: number;
  readonly after: number;
}

const SMALL = 20 * 2 ** 20;
const [location, folder, size] = JSON.parse(process.argv[2] ?? 'null') as [S3Location, string, number];
const objects = createObjectStore(location);

async function sendAndFetch(bytes: number): Promise<number> {
  const path = join(folder, String(bytes));
  const file = await open(path, 'w+');
  await file.truncate(bytes);
  await objects.put(String(bytes), file.createReadStream(), bytes);
  await writeAndHash(`${path}.fetched`, await objects.get(String(bytes)));
  return (await stat(`${path}.fetched`)).size;
}

const peak = () => process.resourceUsage().maxRSS * 1024;
await sendAndFetch(SMALL);
const before = peak();
const report: LargeObjectReport = { size: await sendAndFetch(size), before, after: peak() };
process.send?.(report);
objects.close();
