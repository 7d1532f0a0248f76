import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { memoryReader } from '../../src/formats/byte-reader.ts';
import { readEntry, readZip, startsLikeZip } from '../../src/formats/zip/zip.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';
import { writePolicy } from '../helper/sb3-writer.ts';
import { ONE_PATCH, patchTst, writeTorch } from '../helper/torch-writer.ts';
import { ubjson } from '../helper/ubjson-writer.ts';
import { gbtree, model } from '../helper/xgboost-writer.ts';
import { type Member, writeZip } from '../helper/zip-writer.ts';
import type { Role } from './files-by-role.ts';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures');

/** The fixtures that are good files of a role, by path. */
const GOOD_FIXTURES: Readonly<Record<Role, RegExp>> = {
  forecast: /^(packages\/(alpha|beta|gamma)\/forecast_model|inference\/\w+\.heads4)\.pt$/,
  policy: /^packages\/(alpha|beta|gamma)\/ppo_policy\.zip$/,
  scaler:
    /^(packages\/(alpha|beta|gamma)\/scaler|formats\/sklearn\/(pickle_|names_|joblib|strided|big_)\w*)\.pkl$|^formats\/sklearn\/expected\.json$/,
  manifest: /^packages\/beta\/manifest\.json$/,
  vec_normalize: /^packages\/zeta\/vec_normalize\.pkl$/,
  info: /^factors\/.*_info\.pkl$|^formats\/pandas\/values_\d\.pkl$/,
  model: /^factors\/.*_model\.pkl$/,
  model_json: /^factors\/.*_model\.json$/,
  model_ubj: /^$/,
  ic: /^factors\/.*_ic\.csv$/,
  factors: /^factors\/.*_factors\.txt$/,
  state_dict: /^formats\/torch\/(checkpoint|views|protocol_4)\.pt$/,
};
const GENERATED: Readonly<Partial<Record<Role, () => Buffer>>> = {
  forecast: () => writeTorch(patchTst(ONE_PATCH)),
  policy: () => writePolicy(),
  model_ubj: () => ubjson(model(gbtree([{ feature: 0, at: 1, left: 1, right: 2 }, 3]))),
};

/** One change: a byte is overwritten, some are removed or repeated, or the rest is cut off. */
type Edit = readonly ['set' | 'remove' | 'repeat' | 'cut', at: number, value: number];

const edits = fc.array(
  fc.tuple(
    fc.constantFrom<Edit[0]>('set', 'set', 'set', 'set', 'remove', 'repeat', 'cut'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    // Any byte, and more often those with a meaning in pickle, zip, UBJSON and JSON.
    fc.oneof(
      fc.nat(255),
      fc.constantFrom(...Buffer.from('(.0tR\x81b}]ueshqK\x94\x93\x86\x00\xff{[$#LSdZ",:\n', 'latin1')),
    ),
  ),
  { minLength: 1, maxLength: 5 },
);

interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Mutates each good file of a role, in the same ways in every run. Every second mutation of a zip is inside one of its
 * members, repacked with the right checksums, since readers stop at wrong ones.
 */
export async function mutatedFiles(role: Role, mutationsPerFile: number): Promise<NamedBytes[]> {
  const mutated: NamedBytes[] = [];
  for (const { name, bytes: original } of goodFiles(role)) {
    const mutations = fc.sample(edits, { numRuns: mutationsPerFile, seed: 20_261_122 });
    const members = await unpack(original);
    for (const [index, mutation] of mutations.entries()) {
      const inside = members !== undefined && index % 2 === 1;
      const bytes = inside ? repackMutated(members, index, mutation) : applyEdits(original, mutation);
      mutated.push({ name: `${name} with ${JSON.stringify(mutation)}${inside ? ' inside' : ''}`, bytes });
    }
  }
  return mutated;
}

function goodFiles(role: Role): NamedBytes[] {
  const fixtures = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((name) => GOOD_FIXTURES[role].test(name))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(FIXTURES, name)) }));
  const generated = GENERATED[role];
  return generated === undefined ? fixtures : [...fixtures, { name: 'generated', bytes: generated() }];
}

function applyEdits(file: Uint8Array, mutation: readonly Edit[]): Buffer {
  let changed = Buffer.from(file);
  for (const [kind, position, value] of mutation) {
    const at = Math.min(Math.floor(position * file.length), changed.length - 1);
    if (at < 0) break;
    const [before, after] = [changed.subarray(0, at), changed.subarray(at + (kind === 'set' ? 1 : 0))];
    if (kind === 'set') changed = Buffer.concat([before, Buffer.from([value]), after]);
    else if (kind === 'remove') changed = Buffer.concat([before, after.subarray(1 + (value % 8))]);
    else if (kind === 'repeat') changed = Buffer.concat([before, after.subarray(0, value), after]);
    else changed = before;
  }
  return changed;
}

/** Half of the time mutates the pickle or document, which decides more than weights do. */
function repackMutated(members: readonly Member[], index: number, mutation: readonly Edit[]): Buffer {
  const document = members.findIndex(({ name }) => /data(\.pkl)?$/.test(name));
  const chosen = index % 4 === 1 ? document : index % members.length;
  return writeZip(
    members.map((member, at) =>
      at === chosen ? { ...member, content: applyEdits(member.content, mutation) } : member,
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
