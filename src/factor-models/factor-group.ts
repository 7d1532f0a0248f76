import type { PlainJson } from '../formats/pandas/plain-json.ts';

/** The suffix of each kind of artifact (factor-models.md#1). */
export const ARTIFACT_SUFFIXES = {
  factors_txt: '_factors.txt',
  ic_csv: '_ic.csv',
  info_pkl: '_info.pkl',
  model_pkl: '_model.pkl',
  model_json: '_model.json',
  model_ubj: '_model.ubj',
} as const;

export type ArtifactKind = keyof typeof ARTIFACT_SUFFIXES;
export const ARTIFACT_KINDS = Object.keys(ARTIFACT_SUFFIXES) as ArtifactKind[];

/** A file as listed; another size or time means other content. */
export interface ArtifactFile {
  readonly path: string;
  readonly size: number;
  /** ms since the epoch, with fractions. */
  readonly modifiedAt: number;
  /** Of the file itself, whatever its name; see `identityOf`. */
  readonly identity: string;
}

/** Device and inode of a file. */
export function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

export type Artifacts = Readonly<Partial<Record<ArtifactKind, ArtifactFile>>>;

/** A row of information coefficients. */
export interface IcRow {
  readonly symbol: string | null;
  readonly factorName: string;
  readonly returnName: string | null;
  /** null for NaN and infinity. */
  readonly kendallTau: number | null;
}

/** Content of `_info.pkl`; null or empty where a field is missing. */
export interface TrainingInfo {
  readonly symbol: string | null;
  readonly returnName: string | null;
  readonly selectedFactors: readonly string[];
  readonly icRows: readonly IcRow[];
  /** ms since the epoch. */
  readonly trainWindowStart: number | null;
  readonly trainWindowEnd: number | null;
  readonly trainStartDate: string | null;
  readonly trainEndDate: string | null;
  readonly trainSamples: number | null;
  readonly originalFactorsCount: number | null;
  readonly icFilteredCount: number | null;
  readonly finalFactorsCount: number | null;
  readonly trainSeconds: number | null;
  readonly config: PlainJson;
  readonly featureImportance: PlainJson;
}

/** The kinds of artifacts with a model; the first that a group has is read (factor-models.md#1). */
export const MODEL_KINDS = ['model_json', 'model_ubj', 'model_pkl'] as const;

/** Facts about an XGBoost model, from its file. */
export interface ModelFacts {
  readonly featureDim: number;
  /** Numbers per row before the objective's transform: classes or targets. */
  readonly outputs: number;
  readonly objective: string;
  readonly trees: number;
  readonly parallelTrees: number;
  readonly version: readonly number[];
  readonly booster: string;
  readonly iterations: number;
  /** Iterations that a prediction uses unless it names others: those that `predict` of what was saved uses. */
  readonly iterationsUsed: number;
  readonly treesUsed: number;
  /** Of early stopping, counted from 0; null where the file names none. */
  readonly bestIteration: number | null;
  /** `Booster`, or the class of scikit-learn's interface. */
  readonly savedBy: string;
  /** A value that, like null, means that a value is missing; null where there is none. */
  readonly missing: number | null;
  /** Whether several classes are answered as probabilities, also by an objective whose own output is the class. */
  readonly classProbabilities: boolean;
  /** The model's own names of its inputs; empty where it has none. */
  readonly featureNames: readonly string[];
}

/** A group's model, cached as JSON: a copy of `_model.json`, or the converted `_model.pkl`. */
export interface CachedModel {
  readonly from: (typeof MODEL_KINDS)[number];
  /** Path shown in answers: the artifact, or the converted file. */
  readonly jsonPath: string;
  /** The file in the cache, which no half-written artifact can change. */
  readonly cachedPath: string;
  readonly size: number;
  readonly sha256: string;
  readonly facts: ModelFacts;
}

/** A group of artifacts after reading: plain data that threads can exchange and the cache can store as JSON. */
export interface FactorGroup {
  readonly key: string;
  readonly symbol: string;
  readonly returnName: string | null;
  readonly factors: readonly string[];
  readonly icRows: readonly IcRow[];
  readonly info: TrainingInfo | null;
  readonly model: CachedModel | null;
  readonly artifacts: Artifacts;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** The number of inputs: from `_model.json` or `.ubj`, else the number of factors (factor-models.md#8). */
export function featureDimOf({ model, factors }: FactorGroup): number {
  return model === null || model.from === 'model_pkl' ? factors.length : model.facts.featureDim;
}

/** Whether the model can be downloaded and scored (factor-models.md#9). */
export function isPayloadReady(group: FactorGroup): boolean {
  return group.model !== null && group.factors.length > 0;
}

/** The factor of each dim, with its tau (factor-models.md#7). */
export function dimFactorsOf({ factors, icRows, symbol, returnName }: FactorGroup) {
  const tau = new Map<string, number | null>();
  const own = (row: IcRow) => row.symbol === symbol && row.returnName === returnName;
  for (const row of [...icRows.filter(own), ...icRows]) {
    if (!tau.has(row.factorName)) tau.set(row.factorName, row.kendallTau);
  }
  return factors.map((factor, dim) => ({
    dim,
    factor_name: factor,
    kendall_tau: tau.get(factor) ?? null,
  }));
}
