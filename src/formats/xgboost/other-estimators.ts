/** What is called `_model.pkl` and is no XGBoost model: its library, and what to save instead. */

/** Libraries of estimators by the first part of their modules. */
const LIBRARIES: ReadonlyMap<string, string> = new Map([
  ['sklearn', 'scikit-learn'],
  ['lightgbm', 'LightGBM'],
  ['catboost', 'CatBoost'],
  ['imblearn', 'imbalanced-learn'],
  ['skopt', 'scikit-optimize'],
  ['optuna', 'Optuna'],
  ['optuna_integration', 'Optuna'],
  ['ngboost', 'NGBoost'],
  ['mapie', 'MAPIE'],
  ['mlxtend', 'mlxtend'],
  ['statsmodels', 'statsmodels'],
  ['keras', 'Keras'],
  ['tensorflow', 'TensorFlow'],
  ['skorch', 'skorch'],
  ['pytorch_tabnet', 'TabNet'],
  ['interpret', 'InterpretML'],
  ['flaml', 'FLAML'],
  ['tpot', 'TPOT'],
  ['cuml', 'cuML'],
  ['dask_ml', 'Dask-ML'],
  ['river', 'River'],
  ['hmmlearn', 'hmmlearn'],
  ['prophet', 'Prophet'],
  ['feature_engine', 'Feature-engine'],
  ['category_encoders', 'category_encoders'],
]);

/** Parts of scikit-learn that describe a training and change no prediction. */
const HARMLESS = /^sklearn\.(metrics|model_selection\._split|utils)\b/;
const HARMLESS_NAMES = new Set(['LabelEncoder', 'LabelBinarizer']);

const SAVE = 'model.save_model("x_model.json")';

/** Classes around a model by name: what they do, and what to save instead. */
const AROUND_A_MODEL: readonly (readonly [RegExp, string])[] = [
  [
    /Pipeline$/,
    'whose other steps change the inputs or outputs of its model. Save its last step alone, pipeline[-1].save_model("x_model.json"), and send rows as the steps before it make them',
  ],
  [
    /Search(CV)?$/,
    'a search for settings around a model. Save the model that it found: search.best_estimator_.save_model("x_model.json")',
  ],
  [
    /^(Calibrated|Voting|Stacking|Bagging|AdaBoost|MultiOutput|OneVs|OutputCode|TransformedTarget|Tuned|FixedThreshold|Frozen|SelfTraining|Mapie)|Chain$|^RFE(CV)?$|^SelectFromModel$/,
    `whose answers are not those of one XGBoost model. Save a model inside it alone, if that is what you want to score: ${SAVE}`,
  ],
  [
    /Scaler$|Transformer$|Imputer$|^PCA$|^KBinsDiscretizer$|^(OneHot|Ordinal|Target)Encoder$/,
    `which changes the inputs of a model. Save the model alone by ${SAVE}, and send rows as this makes them`,
  ],
  [
    /^(RandomForest|ExtraTrees)/,
    `not XGBoost. Train an XGBoost model instead, for a forest xgboost.XGBRFRegressor or xgboost.XGBRFClassifier, and save it by ${SAVE}`,
  ],
];

interface ClassName {
  readonly module: string;
  readonly name: string;
}

/** The library of an estimator or transformer, by its class; undefined for functions and other libraries. */
export function libraryOf({ module, name }: ClassName): string | undefined {
  if (!/^[A-Z_]\w{0,80}$/.test(name) || HARMLESS.test(module) || HARMLESS_NAMES.has(name)) return undefined;
  if (/^torch\.nn\b/.test(module)) return 'PyTorch';
  if (/^xgboost\.(dask|spark)\b/.test(module)) return 'XGBoost for clusters';
  return LIBRARIES.get(module.split('.', 1)[0]!);
}

/** As `libraryOf`, and also for a table where a model belongs. */
export function libraryOfFile(type: ClassName): string | undefined {
  const isTable = /^(pandas|polars)\b/.test(type.module) && /^[A-Z]\w*$/.test(type.name);
  return isTable ? type.module.split('.', 1)[0] : libraryOf(type);
}

/** "is a Pipeline of scikit-learn, whose ...": what it is, and what to save instead; without a final dot. */
export function sentenceAbout(type: ClassName, library: string): string {
  const found = AROUND_A_MODEL.find(([pattern]) => pattern.test(type.name))?.[1];
  const clustered = `whose model is its booster: model.get_booster().save_model("x_model.json")`;
  const other = `not XGBoost. Only XGBoost models are scored here; save one by ${SAVE}`;
  const advice = library.startsWith('XGBoost') ? clustered : (found ?? other);
  const article = /^([AEIO]|XGB|SV|MLP|RF|LGBM)/.test(type.name) && !type.name.startsWith('One') ? 'an' : 'a';
  return `is ${article} ${type.name} of ${library}, ${advice}`;
}
