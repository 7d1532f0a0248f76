import type { ForecasterSettings, WeightForm } from '../formats/model-files.ts';
import type { InferenceEngine, PolicyOutput } from '../models/engine.ts';
import { type ModelPackage, versionOf } from '../packages/model-package.ts';
import type { PackageFiles } from '../packages/stored-file.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';

/**
 * Computes with the models of packages; gets their files to this node first, where they are not. Every call may throw what
 * `InferenceEngine` and `PackageFiles.withPaths` throw.
 */
export interface PackageEngine {
  /**
   * `windows` [batch, lookback, features] scaled features, oldest first -> quantiles [batch, horizon, 3], row-major.
   * @param weights float32 or 8-bit weights; those the package computes with by default
   */
  forecast(
    model: ModelPackage,
    windows: Float32Array,
    batch: number,
    weights?: WeightForm,
  ): Promise<Float32Array>;
  /** Computes some forecasts where needed. @throws FORECAST_TOO_SLOW */
  requireWithinBudget(model: ModelPackage): Promise<void>;
  /** `observation` -> mean and standard deviation of the 5 actions, not clipped. */
  act(model: ModelPackage, observation: Float32Array): Promise<PolicyOutput>;
}

/** What the shapes of a forecaster do not say. */
export function forecasterSettings({ n_heads, lookback_steps, stride }: PackageManifest): ForecasterSettings {
  return { heads: n_heads, lookback: lookback_steps, stride };
}

/** @param engineOf the engine that computes a package */
export function createPackageEngine(
  engineOf: (model: ModelPackage) => Pick<InferenceEngine, 'forecast' | 'act' | 'requireWithinBudget'>,
  files: Pick<PackageFiles, 'withPaths'>,
): PackageEngine {
  function withFiles<T>(
    model: ModelPackage,
    weights: WeightForm,
    use: (files: Parameters<InferenceEngine['act']>[0]) => Promise<T>,
  ): Promise<T> {
    const forecaster = forecasterSettings(model.manifest);
    const version = versionOf(model.files, weights);
    return files.withPaths([model.forecast, model.policy], ([forecastPath = '', policyPath = '']) =>
      use({ id: model.id, version, weights, forecastPath, policyPath, forecaster }),
    );
  }

  return {
    forecast: (model, windows, batch, weights = model.weights) =>
      withFiles(model, weights, (modelFiles) => engineOf(model).forecast(modelFiles, windows, batch)),
    act: (model, observation) =>
      withFiles(model, model.weights, (modelFiles) => engineOf(model).act(modelFiles, observation)),
    requireWithinBudget: (model) =>
      withFiles(model, model.weights, (modelFiles) => engineOf(model).requireWithinBudget(modelFiles)),
  };
}
