import { createBatchForecasts } from '../decisions/batch-forecasts.ts';
import { createDecisions } from '../decisions/decide.ts';
import { createForecasts } from '../decisions/forecasts.ts';
import { runInt8Trial } from '../decisions/int8-trial.ts';
import { createNormalizations } from '../decisions/normalizations.ts';
import { createPackageEngine } from '../decisions/package-engine.ts';
import { createScalers } from '../decisions/scalers.ts';
import { createSingleForecasts } from '../decisions/single-forecasts.ts';
import { decideForWarmUp } from '../decisions/warm-up-decision.ts';
import { watchEvents } from '../events/watch-events.ts';
import type { MarketHistory } from '../market/sync/market-history.ts';
import type { InferenceEngine } from '../models/engine.ts';
import { removeInt8File } from '../models/int8-file.ts';
import { createWarmUps } from '../packages/warm-up.ts';
import { wantsInt8 } from '../packages/weight-choice.ts';
import type { ServiceContext } from './context.ts';
import { DEFAULT_SCALER } from './models-folder.ts';
import type { PackageServices } from './open-packages.ts';

export interface DecisionSources extends PackageServices {
  readonly engine: InferenceEngine;
  readonly history: MarketHistory;
}

export type DecisionServices = ReturnType<typeof openDecisions>;

/** The forecasts and decisions that the engine computes, and the warm-ups of packages. */
export function openDecisions(
  { config, jobs, events, timers, log }: ServiceContext,
  { engine: inference, registry, packageStore, history }: DecisionSources,
) {
  watchEvents(events, 'package', (event) => {
    const { id, removed } = event?.data ?? {};
    if (typeof id !== 'string' || removed !== true) return;
    inference.unload(id).catch((error: unknown) => {
      log.warn({ err: error, package: id }, 'the models of a removed package could not be unloaded');
    });
  });

  const engine = createPackageEngine(inference, packageStore);
  const scalers = createScalers(packageStore, DEFAULT_SCALER);
  const stopwatch = timers.monotonic;
  const forecasts = createForecasts({ engine, scalers, stopwatch });
  const singleForecasts = createSingleForecasts({ engine, scalers, stopwatch });
  const batchForecasts = createBatchForecasts({ live: forecasts, engine, scalers, stopwatch });
  const decisions = createDecisions({
    forecasts,
    engine,
    normalizations: createNormalizations(packageStore),
    stopwatch,
    onFiniteDecision: async ({ id, warmUpStatus }) => {
      if (warmUpStatus !== 'DONE') await registry.setWarmUp(id, { status: 'DONE' });
    },
  });

  const warmUps = createWarmUps({
    jobs,
    registry,
    decide: (model) => decideForWarmUp({ history, decisions }, model),
    int8: {
      isWanted: (model) => wantsInt8(model, config),
      runTrial: (model) => runInt8Trial({ history, engine, scalers, stopwatch }, model),
      removeFile: (model) => removeInt8File(packageStore.pathOf(model.forecast)),
    },
    log,
  });
  return { forecasts, batchForecasts, singleForecasts, decisions, warmUps, scalers };
}
