import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCTION_SHAPE, writeRandomForecaster, writeRandomPolicy } from '../test/helper/random-package.ts';

// Makes a pair of the production size with random weights, for trying an upload.
const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: tsx scripts/make-package.ts FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
writeRandomForecaster(join(folder, 'forecast_model.pt'), PRODUCTION_SHAPE, { folder: 'forecast_model' });
writeRandomPolicy(join(folder, 'ppo_policy.zip'));
console.log(`forecast_model.pt (466 MB) and ppo_policy.zip are in ${folder}`);
