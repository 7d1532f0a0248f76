import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

// `npm run check` checks the types. The build translates and bundles files, because loading hundreds of small ones takes
// as long as the rest of the start. Modules that are started as processes or threads stay separate files.
const STARTED = [
  'src/server.ts',
  'src/models/worker.ts',
  'src/factor-models/worker.ts',
  'src/packages/digest-thread.ts',
];
const STARTED_FOLDERS = ['src/cli', 'migrations'];
const OUT = 'dist';
/** Vite builds the page. */
const PAGE = join('src', 'web');

async function sourcesIn(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** Only libraries of many small files are bundled, with what they import. */
const TAKEN_IN =
  /^(kysely|zod|fastify|fastify-plugin|fastify-type-provider-zod|helmet|prom-client|@fastify\/(?!swagger-ui)[^/]+)(\/|$)/;
/** Logs from a thread of its own, whose file it looks for. */
const STAYS_OUTSIDE = /^pino(\/|$)/;
/** Bundled CommonJS modules require what is not bundled. */
const REQUIRE = `import { createRequire as requireFrom } from 'node:module';
let requireHere;
const require = (name) => (requireHere ??= requireFrom(import.meta.url))(name);`;
const packagesStayOutside = {
  name: 'packages-stay-outside',
  setup(bundler) {
    bundler.onResolve({ filter: /^[^./]/ }, ({ kind, path, importer }) => {
      const isTakenIn = TAKEN_IN.test(path) || importer.includes('node_modules');
      return kind === 'entry-point' || (isTakenIn && !STAYS_OUTSIDE.test(path))
        ? undefined
        : { path, external: true };
    });
  },
};

const COMPRESSED = ['.js', '.css', '.svg'];

/** Writes `.br` and `.gz` next to the files of the page, compressed once and as much as possible. */
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

/** Replaces the last build with the finished one; of two builds that end together the later one stays. */
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
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  // Test runners set another value, for which libraries use their development builds.
  process.env.NODE_ENV = 'production';
  await buildPage({
    configFile: join(PAGE, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: resolve(folder, 'web') },
  });
  await compressFilesIn(join(folder, 'web'));
}

// Built in another folder and renamed, so that no incomplete build is visible.
const built = `${OUT}.new-${process.pid}`;
try {
  await buildInto(built);
  await replace(built, OUT);
} finally {
  await rm(built, { recursive: true, force: true });
}
