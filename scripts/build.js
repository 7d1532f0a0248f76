import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

// `npm run check` checks the types; here files are translated and put together, since loading hundreds of small ones
// takes as long as all else of a start. What is started by itself stays a file of its own.
const STARTED = [
  'src/server.ts',
  'src/models/worker.ts',
  'src/factor-models/worker.ts',
  'src/packages/digest-thread.ts',
];
const STARTED_FOLDERS = ['src/cli', 'migrations'];
const OUT = 'dist';
/** The page has a build of its own, by Vite. */
const PAGE = join('src', 'web');

async function sourcesIn(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** Of libraries only those are taken in that are hundreds of small files. */
const TAKEN_IN = /^(kysely|zod)(\/|$)/;
const packagesStayOutside = {
  name: 'packages-stay-outside',
  setup(bundler) {
    bundler.onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
      kind === 'entry-point' || TAKEN_IN.test(path) ? undefined : { path, external: true },
    );
  },
};

const COMPRESSED = ['.js', '.css', '.svg', '.html'];

/** Lays `.br` and `.gz` beside the files of the page, so that they are compressed once, and as far as it goes. */
async function compressFilesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && COMPRESSED.includes(extname(entry.name)));
  await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path);
      await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes));
      await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    }),
  );
}

/** Puts the finished build where the last one stood; of two builds that end together the later one stays. */
async function replace(built, target) {
  const old = `${target}.old-${process.pid}`;
  for (;;) {
    await rename(target, old).catch(ignoreMissing);
    try {
      await rename(built, target);
      break;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  }
}

function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}

async function buildInto(folder) {
  await build({
    entryPoints: [...STARTED, ...(await Promise.all(STARTED_FOLDERS.map(sourcesIn))).flat()],
    outdir: folder,
    outbase: '.',
    chunkNames: 'src/shared/[hash]',
    bundle: true,
    splitting: true,
    plugins: [packagesStayOutside],
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    sourcemap: true,
    logLevel: 'warning',
  });
  // Test runners set another, with which libraries give their development builds.
  process.env.NODE_ENV = 'production';
  await buildPage({
    configFile: join(PAGE, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: resolve(folder, 'web') },
  });
  await compressFilesIn(join(folder, 'web'));
}

// Built beside and moved, so that nobody ever sees half a build.
const built = `${OUT}.new-${process.pid}`;
try {
  await buildInto(built);
  await replace(built, OUT);
} finally {
  await rm(built, { recursive: true, force: true });
}
