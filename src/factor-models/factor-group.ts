import type { PlainJson } from '../formats/pandas/plain-json.ts';

/** The kinds of artifacts by what their names end with (factor-models.md#1). */
export const ARTIFACT_SUFFIXES = {
  factors_txt: '_factors.txt',
  ic_csv: '_ic.csv',
  info_pkl: '_info.pkl',
  model_pkl: '_model.pkl',
  model_json: '_model.json',
} as const;

export type ArtifactKind = keyof typeof ARTIFACT_SUFFIXES;
export const ARTIFACT_KINDS = Object.keys(ARTIFACT_SUFFIXES) as ArtifactKind[];

/** A file as the directory shows it; another size or time means other content. */
export interface ArtifactFile {
  readonly path: string;
  readonly size: number;
  /** ms since the epoch, with fractions. */
  readonly modifiedAt: number;
}

export interface IcRow {
  readonly symbol: string | null;
  readonly factorName: string;
  readonly returnName: string | null;
  /** null where the table has NaN or infinity. */
  readonly kendallTau: number | null;
}

/** What `_info.pkl` says; null or empty where it does not. */
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

/** What a model says of itself. */
export interface ModelFacts {
  readonly featureDim: number;
  readonly objective: string;
  readonly trees: number;
  readonly parallelTrees: number;
  readonly version: readonly number[];
  readonly booster: string;
}

/** Where a group's model lies as JSON: the artifact itself, or what was made of the pickle; kept for as long as it counts. */
export interface ModelSource {
  readonly from: 'model_json' | 'model_pkl';
  /** The path to tell: of the artifact, or of the converted file. */
  readonly jsonPath: string;
  /** Our own copy, which no half-written artifact can disturb. */
  readonly keptPath: string;
  readonly size: number;
  readonly sha256: string;
  readonly facts: ModelFacts;
}

/** One group of artifacts, read: plain data that can be sent between threads and kept as JSON. */
export interface FactorGroup {
  readonly key: string;
  readonly symbol: string;
  readonly returnName: string | null;
  readonly factors: readonly string[];
  readonly icRows: readonly IcRow[];
  readonly info: TrainingInfo | null;
  readonly model: ModelSource | null;
  readonly artifacts: Readonly<Partial<Record<ArtifactKind, ArtifactFile>>>;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** The number of inputs: what the JSON says where the job wrote it, else the number of factors. */
export function featureDimOf({ model, factors }: FactorGroup): number {
  return model?.from === 'model_json' ? model.facts.featureDim : factors.length;
}

/** Whether the payload can be handed out. */
export function isPayloadReady(group: FactorGroup): boolean {
  return group.model !== null && group.factors.length > 0;
}

/** Dim d belongs to factor d; its tau is the one of this symbol and return, else of the factor's first row. */
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
