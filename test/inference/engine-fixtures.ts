import type { InferenceLog } from '../../src/inference/supervisor.ts';

export const silentLog: InferenceLog = { info() {}, warn() {}, error() {} };
