import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createInferenceEngine, type InferenceEngineOptions } from '../models/engine.ts';
import { PROJECT_ROOT } from '../runtime/project-root.ts';
import { isWithin } from '../tools/parity/comparison.ts';
import { compareGoldenFile, UnusableInputError } from '../tools/parity/golden-file.ts';
import type { ParityTools } from '../tools/parity/golden-kind.ts';
import { reportParity } from '../tools/parity/report.ts';

const USAGE = `npm run parity -- [--packages DIR] FILE...

Compares what paperdesk computes with golden files (.json or .json.gz; core features, the path of a package, or a run
of the training environment) and prints the largest difference of every quantity. The files of a package are looked for in DIR/<package>/ (default:
test/fixtures/packages; ppo_v1 is the pair in models/).

Exits 0 when all is within tolerance, 1 when something is not, 2 when a file cannot be read.`;

const MEMORY_BUDGET_BYTES = 2 * 2 ** 30;

const EXIT = { within: 0, outOfTolerance: 1, unusable: 2 } as const;

/** Says what goes wrong with the inference process, and nothing else. */
const log: InferenceEngineOptions['log'] = {
  info: () => {},
  warn: (fields, message) => console.error(message, fields),
  error: (fields, message) => console.error(message, fields),
};

/** Compares one file after the other; returns the worst exit code among them. */
async function compareAll(files: readonly string[], tools: ParityTools): Promise<number> {
  let exit: number = EXIT.within;
  for (const file of files) {
    try {
      const result = await compareGoldenFile(file, tools);
      console.log(`${reportParity(file, result)}\n`);
      if (!result.measures.every(isWithin)) exit = Math.max(exit, EXIT.outOfTolerance);
    } catch (error) {
      if (!(error instanceof UnusableInputError)) throw error;
      console.error(`${file}: ${error.message}\n`);
      exit = EXIT.unusable;
    }
  }
  return exit;
}

interface Arguments {
  readonly files: readonly string[];
  readonly packages: string;
  readonly help: boolean;
}

/** @throws TypeError with a sentence when an option is not known */
function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { packages: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const packages = values.packages ?? join(PROJECT_ROOT, 'test', 'fixtures', 'packages');
  return { files: positionals, packages: resolve(packages), help: values.help };
}

async function main(): Promise<number> {
  let parsed: Arguments;
  try {
    parsed = readArguments();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return EXIT.unusable;
  }
  if (parsed.help) {
    console.log(USAGE);
    return EXIT.within;
  }
  if (parsed.files.length === 0) {
    console.error(USAGE);
    return EXIT.unusable;
  }
  const engine = createInferenceEngine({ memoryBudgetBytes: MEMORY_BUDGET_BYTES, log });
  try {
    return await compareAll(parsed.files, { packages: parsed.packages, engine });
  } finally {
    await engine.close();
  }
}

process.exitCode = await main();
