import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { readConfig } from '../config.ts';
import type { StoreLocation } from '../db/connection.ts';
import { storeName } from '../db/store-name.ts';
import { openPackageArchive } from '../packages/copy-package.ts';
import type { PackageStoreLocation } from '../packages/package-store-location.ts';
import { storeLocation } from '../settings.ts';
import { MoveError } from '../tools/move-store/move-error.ts';
import type { PackageMove } from '../tools/move-store/move-packages.ts';
import { type MoveStep, moveStore } from '../tools/move-store/move-store.ts';
import { moveReportText } from '../tools/move-store/report.ts';
import { readArguments, UsageError } from './shared/arguments.ts';
import { createProgress } from './shared/progress.ts';
import { runCommand } from './shared/run-command.ts';
import { openAlone } from './shared/store-end.ts';

const USAGE = `paperdesk move-store --from STORE --to STORE [--packages-from PLACE] [--packages-to PLACE] [--progress]

Copies everything from one store to another and compares both. A STORE is file:PATH of SQLite, or
postgres://USER:PASSWORD@HOST/DATABASE. The source stays as it is; the target must be a new file or an empty database.
With --packages-to, the files of packages are copied as well: a PLACE is a folder, or s3://BUCKET/PREFIX of the object
store at S3_ENDPOINT; --packages-from is MODEL_PACKAGES_DIR by default.
Stop the service first. A run that was interrupted goes on where it stopped when the command is given again.
--progress shows the progress also where standard error is not a terminal.`;

await runCommand(USAGE, async () => {
  const { options } = readArguments({
    required: ['from', 'to'],
    optional: ['packages-from', 'packages-to'],
    flags: ['progress'],
  });
  const [from, to] = [locationOf('from', options.from), locationOf('to', options.to)];
  if (storeName(from) === storeName(to)) throw new UsageError('--from and --to are the same store.');
  if (options['packages-from'] !== undefined && options['packages-to'] === undefined)
    throw new UsageError('--packages-from needs --packages-to.');
  const places = [options['packages-from'], options['packages-to']].map(placeOf);
  const isShown = options.progress || process.stderr.isTTY === true;

  const report = await withStores(from, to, async (source, target) => {
    const packages =
      options['packages-to'] === undefined ? undefined : await packageMove(places[0]!, places[1]!);
    try {
      const onProgress = isShown ? progressOfSteps() : () => {};
      return await moveStore({ source, target, runId: randomUUID(), packages, onProgress });
    } finally {
      packages?.from.close();
      packages?.to.close();
    }
  });
  console.log(moveReportText(report));
  if (!report.finished) {
    throw new MoveError(
      'The copy is not whole, and no service opens it. The source may have changed since the first run: delete ' +
        `${storeName(to)} and move again.`,
    );
  }
  const folder = options['packages-to'];
  const packages = folder === undefined ? '' : `, and MODEL_PACKAGES_DIR to ${folder}`;
  console.log(`${storeName(to)} is complete. Set DATABASE_URL to it${packages}.`);
});

/** @throws UsageError; the value may have a password and is not shown */
function locationOf(option: string, text: string): StoreLocation {
  const parsed = storeLocation.safeParse(text);
  if (!parsed.success) throw new UsageError(`--${option} ${parsed.error.issues[0]!.message}.`);
  const { data } = parsed;
  if (data.kind === 'sqlite' && data.file === ':memory:') throw new UsageError(`--${option} must be a file.`);
  return data;
}

/** @param text MODEL_PACKAGES_DIR by default @throws ConfigError */
function placeOf(text: string | undefined): PackageStoreLocation {
  const given = text === undefined ? {} : { MODEL_PACKAGES_DIR: text };
  return readConfig({ ...process.env, ...given }, []).packages;
}

async function packageMove(
  from: PackageStoreLocation,
  to: PackageStoreLocation,
): Promise<PackageMove | undefined> {
  if (isDeepStrictEqual(from, to)) return undefined;
  return { from: await openPackageArchive(from), to: await openPackageArchive(to) };
}

type StoreEnd = Parameters<typeof moveStore>[0]['source'];

/** Opens both stores for `work` and closes them again. */
async function withStores<T>(
  from: StoreLocation,
  to: StoreLocation,
  work: (source: StoreEnd, target: StoreEnd) => Promise<T>,
): Promise<T> {
  const instead = 'Stop the service, then try again.';
  const source = await openAlone(from, instead, { existing: true });
  try {
    const target = await openAlone(to, instead);
    try {
      return await work(
        { name: storeName(from), database: source },
        { name: storeName(to), database: target },
      );
    } finally {
      await target.destroy();
    }
  } finally {
    await source.destroy();
  }
}

/** A bar for each step, from its first report on. */
function progressOfSteps() {
  const steps = new Map<MoveStep, ReturnType<typeof createProgress>>();
  return (step: MoveStep, done: number, total: number) => {
    const progress = steps.get(step) ?? createProgress(step);
    steps.set(step, progress);
    progress.show(done, total);
    if (done === total) progress.end();
  };
}
