import { createInferenceEngine } from '../../../src/models/engine.ts';
import { packageFiles } from '../../helper/engine-fixtures.ts';
import { silentLog } from '../../helper/log.ts';

// The service of worker-process.test.ts: starts the inference process, sends its pid and keeps running.
const engine = createInferenceEngine({ memoryBudgetBytes: 1 << 30, log: silentLog });
await engine.load(packageFiles('alpha'));
process.send?.(engine.status().pid);
