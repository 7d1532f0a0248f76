import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { memoryReader } from '../../src/formats/byte-reader.ts';
import { readEntry, readZip, startsLikeZip } from '../../src/formats/zip/zip.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { type Member, writeZip } from '../helper/zip-writer.ts';
import type { Role } from './files-by-role.ts';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures');

/** Which good files there are for each role, by folder and name. */
const GOOD: Readonly<Record<Role, RegExp>> = {
  forecast: /^(packages\/(alpha|beta|gamma)\/forecast_model|inference\/\w+\.heads4)\.pt$/,
  policy: /^packages\/(alpha|beta|gamma)\/ppo_policy\.zip$/,
  scaler:
    /^(packages\/(alpha|beta|gamma)\/scaler|formats\/sklearn\/(pickle_|names_|joblib|strided|big_)\w*)\.pkl$/,
  manifest: /^packages\/beta\/manifest\.json$/,
  info: /^factors\/.*_info\.pkl$|^formats\/pandas\/values_\d\.pkl$/,
  model: /^factors\/.*_model\.pkl$/,
  model_json: /^factors\/.*_model\.json$/,
  ic: /^factors\/.*_ic\.csv$/,
  factors: /^factors\/.*_factors\.txt$/,
};

/** One change to a file: bytes overwritten, taken out, put in twice, or the rest cut off. */
type Edit = readonly ['set' | 'remove' | 'repeat' | 'cut', at: number, value: number];

const edits = fc.array(
  fc.tuple(
    fc.constantFrom<Edit[0]>('set', 'set', 'set', 'set', 'remove', 'repeat', 'cut'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    // Bytes that mean something to pickle, zip, UBJSON and JSON, and any other.
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(...Buffer.from('(.0tR\x81b}]ueshqK\x94\x93\x86\x00\xff{[$#LSdZ",:\n', 'latin1')),
    ),
  ),
  { minLength: 1, maxLength: 5 },
);

/**
 * Good files of a role with some bytes changed, the same at each run. Containers are changed as they stand, and inside,
 * where they are packed again with the checksums right.
 */
export async function mutatedFiles(role: Role, perFile: number): Promise<{ name: string; bytes: Buffer }[]> {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    GOOD[role].test(name),
  );
  const mutated: { name: string; bytes: Buffer }[] = [];
  for (const name of files.sort()) {
    const file = readFileSync(join(FIXTURES, name));
    const changes = fc.sample(edits, { numRuns: perFile, seed: 20_261_122 });
    const members = await unpack(file);
    for (const [index, change] of changes.entries()) {
      const inside = members !== undefined && index % 2 === 1;
      const bytes = inside ? repacked(members, index, change) : edit(file, change);
      mutated.push({ name: `${name} changed by ${JSON.stringify(change)}${inside ? ' inside' : ''}`, bytes });
    }
  }
  return mutated;
}

function edit(file: Uint8Array, changes: readonly Edit[]): Buffer {
  let changed = Buffer.from(file);
  for (const [kind, where, value] of changes) {
    const at = Math.min(Math.floor(where * file.length), changed.length - 1);
    if (at < 0) break;
    const [before, after] = [changed.subarray(0, at), changed.subarray(at + (kind === 'set' ? 1 : 0))];
    if (kind === 'set') changed = Buffer.concat([before, Buffer.from([value]), after]);
    else if (kind === 'remove') changed = Buffer.concat([before, after.subarray(1 + (value % 8))]);
    else if (kind === 'repeat') changed = Buffer.concat([before, after.subarray(0, value), after]);
    else changed = before;
  }
  return changed;
}

/** Changes pickles and documents more often than weights. */
function repacked(members: readonly Member[], index: number, changes: readonly Edit[]): Buffer {
  const telling = members.findIndex(({ name }) => /data(\.pkl)?$/.test(name));
  const chosen = index % 4 === 1 ? telling : index % members.length;
  return writeZip(
    members.map((member, at) =>
      at === chosen ? { ...member, content: edit(member.content, changes) } : member,
    ),
  );
}

async function unpack(file: Buffer): Promise<Member[] | undefined> {
  const reader = memoryReader(file);
  if (!(await startsLikeZip(reader))) return undefined;
  const members: Member[] = [];
  for (const entry of (await readZip(reader)).values()) {
    members.push({ name: entry.name, content: await readEntry(reader, entry, entry.size) });
  }
  return members;
}
