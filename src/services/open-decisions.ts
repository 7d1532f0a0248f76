import { createBatchForecasts } from '../decisions/batch-forecasts.ts';
import { createDecisions } from '../decisions/decide.ts';
import { createForecasts } from '../decisions/forecasts.ts';
import { runInt8Trial } from '../decisions/int8-trial.ts';
import { createNormalizations } from '../decisions/normalizations.ts';
import { createPackageEngine, type PackageEngine } from '../decisions/package-engine.ts';
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
  readonly background: InferenceEngine;
  readonly history: MarketHistory;
}

export type DecisionServices = ReturnType<typeof openDecisions>;

/** The forecasts and decisions that the engine computes, and the warm-ups of packages. */
export function openDecisions(
  { config, jobs, events, timers, log }: ServiceContext,
  { engine: live, background, registry, packageStore, history }: DecisionSources,
) {
  const inferences = [live, background];
  function unload(id: string): void {
    Promise.all(inferences.map((one) => one.unload(id))).catch((error: unknown) => {
      log.warn({ err: error, package: id }, 'the models of a package could not be unloaded');
    });
  }

  watchEvents(events, 'package', (event) => {
    const { id, removed } = event?.data ?? {};
    if (typeof id === 'string' && removed === true) unload(id);
  });

  // A package that is not warm has not shown what it takes.
  const engine = createPackageEngine(
    ({ warmUpStatus }) => (warmUpStatus === 'DONE' ? live : background),
    packageStore,
  );
  const backgroundEngine = createPackageEngine(() => background, packageStore);
  const scalers = createScalers(packageStore, DEFAULT_SCALER);
  const stopwatch = timers.monotonic;
  const forecasts = createForecasts({ engine, scalers, stopwatch });
  const inBackground = { engine: backgroundEngine, scalers, stopwatch };
  const singleForecasts = createSingleForecasts(inBackground);
  const batchForecasts = createBatchForecasts({ ...inBackground, live: forecasts });
  const decisionsBy = (by: PackageEngine) =>
    createDecisions({
      ...{ forecasts, engine: by, stopwatch, normalizations: createNormalizations(packageStore) },
      onFiniteDecision: async (model) => {
        if (model.warmUpStatus === 'DONE') return;
        await by.requireWithinBudget(model);
        await registry.setWarmUp(model.id, { status: 'DONE' });
      },
    });
  const decisions = decisionsBy(engine);

  const warmUps = createWarmUps({
    jobs,
    registry,
    decide: (model) => decideForWarmUp({ history, decisions }, model),
    int8: {
      isWanted: (model) => wantsInt8(model, config),
      runTrial: (model) => runInt8Trial({ ...inBackground, history }, model),
      removeFile: (model) => removeInt8File(packageStore.pathOf(model.forecast)),
    },
    log,
  });
  for (const one of inferences) {
    one.onOverBudget((id, sentence) => {
      warmUps.takeOutOfService(id, sentence).then(
        () => unload(id),
        (error: unknown) =>
          log.error({ err: error, package: id }, 'a package could not be taken out of service'),
      );
    });
  }
  return {
    ...{ forecasts, batchForecasts, singleForecasts, decisions, warmUps, scalers },
    /** For replays, which live decisions do not wait for. */
    backgroundDecisions: decisionsBy(backgroundEngine),
  };
}
