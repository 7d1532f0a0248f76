import { join, resolve } from 'node:path';
import { isWithin } from '../decisions/proof/comparison.ts';
import { createInferenceEngine, type InferenceEngineOptions } from '../models/engine.ts';
import { PROJECT_ROOT } from '../runtime/project-root.ts';
import { compareGoldenFile, UnusableInputError } from '../tools/parity/golden-file.ts';
import type { ParityTools } from '../tools/parity/golden-kind.ts';
import { reportParity } from '../tools/parity/report.ts';
import { readArguments, UsageError } from './shared/arguments.ts';
import { runCommand } from './shared/run-command.ts';

const USAGE = `paperdesk parity [--packages DIR] FILE...

Compares what paperdesk computes with golden files (.json or .json.gz; core features, the path of a package, a run of the
training environment, or cases of statistics) and prints the largest difference of every quantity. The files of a
package are in DIR/<package>/ (default: test/fixtures/packages; ppo_v1 is the pair in models/).

Exits 0 if all differences are within tolerance, 1 if one is not, 2 if a file cannot be read.`;

const MEMORY_BUDGET_BYTES = 2 * 2 ** 30;

const EXIT = { within: 0, outOfTolerance: 1, unusable: 2 } as const;

/** Shows problems of the inference process only. */
const log: InferenceEngineOptions['log'] = {
  info: () => {},
  warn: (fields, message) => console.error(message, fields),
  error: (fields, message) => console.error(message, fields),
};

/** Compares one file after the other; returns the highest exit code among them. */
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

await runCommand(USAGE, async () => {
  const { options, files } = readArguments({ optional: ['packages'], files: true });
  if (files.length === 0) throw new UsageError('At least one file must be given.');
  const packages = resolve(options.packages ?? join(PROJECT_ROOT, 'test', 'fixtures', 'packages'));
  const engine = createInferenceEngine({ memoryBudgetBytes: MEMORY_BUDGET_BYTES, log });
  try {
    process.exitCode = await compareAll(files, { packages, engine });
  } finally {
    await engine.close();
  }
});
