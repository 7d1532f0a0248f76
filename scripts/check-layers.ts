import { cruise, format } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { layerRules } from './layer-rules.ts';

/** With fewer modules, the tool did not find the sources and would accept everything. */
const FEWEST_MODULES = 40;

const result = await cruise(
  ['src', 'simulator', 'migrations'],
  {
    validate: true,
    ruleSet: { forbidden: layerRules() },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'types'], exportsFields: ['exports'] },
  },
  undefined,
  { tsConfig: extractTsConfig('tsconfig.json') },
);
if (typeof result.output === 'string') throw new Error('The layer check returned text instead of a result.');

const seen = result.output.modules.filter((module) => module.source.startsWith('src/')).length;
const report = await format(result.output, { outputType: 'err' });
console.log(report.output);
if (seen < FEWEST_MODULES) {
  console.error(
    `The layer check saw ${seen} modules of src/; it is not working (at least ${FEWEST_MODULES} stand there).`,
  );
  process.exitCode = 1;
} else if (result.output.summary.error > 0) {
  process.exitCode = 1;
}
