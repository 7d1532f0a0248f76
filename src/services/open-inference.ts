import { createInferenceEngine, type InferenceEngine } from '../models/engine.ts';
import type { ServiceContext } from './context.ts';

/** The engine that computes models in a process of its own. */
export function openInference({ config, log, onClose }: ServiceContext): InferenceEngine {
  const engine = createInferenceEngine({ memoryBudgetBytes: config.memoryBudgetBytes, log });
  onClose(() => engine.close());
  return engine;
}
