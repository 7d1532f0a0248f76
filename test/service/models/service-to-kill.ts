import { createInferenceEngine } from '../../../src/models/engine.ts';
import { packageFiles, silentLog } from '../../helper/engine-fixtures.ts';

// Stands for the service in worker-process.test.ts: starts the inference process, says which one, and stays.
const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });
await engine.load(packageFiles('alpha'));
process.send?.(engine.status().pid);
