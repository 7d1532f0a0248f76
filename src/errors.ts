/** Codes for files of a model package that are refused. */
export const FILE_REFUSALS = {
  // foreign files: containers
  FILE_EMPTY: { status: 422, title: 'The file is empty' },
  FILE_TRUNCATED: { status: 422, title: 'The file ends too early' },
  ZIP_MALFORMED: { status: 422, title: 'The zip container is not valid' },
  ZIP_FORBIDDEN: { status: 422, title: 'The zip container uses a feature that is not accepted' },
  ZIP_TOO_LARGE: { status: 422, title: 'The zip container is too large' },
  PICKLE_MALFORMED: { status: 422, title: 'The pickle is not valid' },
  PICKLE_FORBIDDEN_GLOBAL: { status: 422, title: 'The pickle refers to code' },
  PICKLE_FORBIDDEN_OPCODE: { status: 422, title: 'The pickle uses an operation that is not accepted' },
  PICKLE_LIMIT: { status: 422, title: 'The pickle is too large or too deeply nested' },
  JSON_MALFORMED: { status: 422, title: 'The JSON file is not valid' },

  // foreign files: the forecast model
  PT_NOT_TORCH: { status: 422, title: 'The forecast model is not a torch file' },
  PT_PICKLED_MODULE: { status: 422, title: 'The forecast model is a whole pickled module' },
  PT_TORCHSCRIPT: { status: 422, title: 'The forecast model is TorchScript' },
  PT_LEGACY_FORMAT: { status: 422, title: 'The forecast model is in the old torch format' },
  NOT_PATCHTST: { status: 422, title: 'The forecast model is not a PatchTST state dict' },
  TENSOR_MISSING: { status: 422, title: 'A tensor is missing' },
  TENSOR_SHAPE: { status: 422, title: 'A tensor has the wrong shape' },
  TENSOR_DTYPE: { status: 422, title: 'A tensor has a data type that is not accepted' },
  TENSOR_BOUNDS: { status: 422, title: 'A tensor exceeds its storage' },
  WEIGHT_NOT_FINITE: { status: 422, title: 'A weight is not a finite number' },
  FEATURE_COUNT: { status: 422, title: 'The forecast model has the wrong number of features' },
  HORIZON: { status: 422, title: 'The forecast model has the wrong horizon' },
  LOOKBACK: { status: 422, title: 'The forecast model has the wrong number of input steps' },
  HEADS: { status: 422, title: 'The number of attention heads does not match the model' },
  MODEL_TOO_LARGE: { status: 422, title: 'The model is too large' },

  // foreign files: the policy
  NOT_SB3: { status: 422, title: 'The policy is not a stable-baselines3 archive' },
  OBSERVATION_SIZE: { status: 422, title: 'The policy has the wrong observation size' },
  ACTION_SIZE: { status: 422, title: 'The policy has the wrong number of actions' },
  ACTION_SPACE: { status: 422, title: 'The policy has the wrong action space' },
  POLICY_UNSUPPORTED: { status: 422, title: 'The policy uses a feature that is not supported' },

  // foreign files: the normalization and the proof
  NOT_VEC_NORMALIZE: { status: 422, title: 'The file is not a saved VecNormalize' },
  VEC_NORMALIZE_SHAPE: { status: 422, title: 'The VecNormalize has observations of the wrong shape' },
  VEC_NORMALIZE_VALUE: { status: 422, title: 'The VecNormalize contains an invalid number' },
  PROOF_INVALID: { status: 422, title: 'The proof cannot be read' },
  PROOF_TOO_SLOW: { status: 422, title: 'The forecasts of the proof take too long' },
  PROOF_MISMATCH: { status: 422, title: 'The package does not compute what its proof says' },

  // foreign files: the scaler and the manifest
  NOT_SCALER: { status: 422, title: 'The scaler is not a fitted scaler that can be read' },
  SCALER_FEATURES: { status: 422, title: 'The scaler does not fit the features' },
  SCALER_VALUE: { status: 422, title: 'The scaler contains an invalid number' },
  SCALER_COMPRESSION: { status: 422, title: 'The compression of the scaler is not supported' },
  MANIFEST_INVALID: { status: 422, title: 'The manifest is not valid' },
  MANIFEST_MISMATCH: { status: 422, title: 'The manifest contradicts the files' },
} as const satisfies Record<string, { status: number; title: string }>;

/** All error codes, which are stable, with their HTTP status and title. The thrower adds a sentence with details. */
export const ERROR_CODES = {
  // requests
  VALIDATION: { status: 400, title: 'The request is not valid' },
  PART_MISSING: { status: 400, title: 'A part of the upload is missing' },
  PART_DUPLICATE: { status: 400, title: 'A part of the upload was sent twice' },
  PART_UNKNOWN: { status: 400, title: 'The upload has an unknown part' },
  MULTIPART_MALFORMED: { status: 400, title: 'The multipart body cannot be read' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  TOKEN_MISSING: { status: 401, title: 'A token is needed' },
  TOKEN_INVALID: { status: 401, title: 'The token is not valid' },
  PASSWORD_TOO_SHORT: { status: 422, title: 'The password is too short' },
  PASSWORD_MISMATCH: { status: 401, title: 'The password is wrong' },
  TOKEN_NOT_FOUND: { status: 404, title: 'No such token' },
  PACKAGE_NOT_FOUND: { status: 404, title: 'No such model package' },
  ALIAS_NOT_FOUND: { status: 404, title: 'No such alias of a package' },
  MODEL_NOT_FOUND: { status: 404, title: 'No such model' },
  SYMBOL_UNKNOWN: { status: 404, title: 'No such symbol' },
  SESSION_REQUIRED: { status: 403, title: 'This needs a session' },
  FOREIGN_ORIGIN: { status: 403, title: 'The request comes from a page of another origin' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  ACCOUNT_NOT_FOUND: { status: 404, title: 'No such paper account' },
  POSITION_NOT_FOUND: { status: 404, title: 'No such open position' },
  ACCOUNT_EXISTS: { status: 409, title: 'There is such an account with other values' },
  ACCOUNT_STATE: { status: 409, title: 'The state of the account does not allow this' },
  ORDER_REFUSED: { status: 409, title: 'The account may not open this position' },
  PRICE_OFF: { status: 422, title: 'The price is too far from the market' },
  PACKAGE_STATE: { status: 409, title: 'The state of the package does not allow this' },
  ALIAS_MOVED: { status: 409, title: 'The alias means another package' },
  PACKAGE_ARCHIVED: { status: 409, title: 'The package is archived' },
  PASSWORD_ALREADY_SET: { status: 409, title: 'A password is already set' },
  PASSWORD_NOT_SET: { status: 412, title: 'No password is set' },
  FORECAST_NOT_FOUND: { status: 404, title: 'No such forecast' },
  REPLAY_NOT_FOUND: { status: 404, title: 'No such replay' },
  REPLAY_STATE: { status: 409, title: 'The state of the replay does not allow this' },
  REPLAY_RANGE: { status: 422, title: 'This range cannot be replayed' },
  REPLAY_QUEUE_FULL: { status: 429, title: 'Too many replays are waiting' },
  SYMBOL_MISMATCH: { status: 409, title: 'The model was made for another symbol' },
  HISTORY_TOO_SHORT: { status: 409, title: 'The symbol has too little history' },
  FACTOR_SCAN_TIMEOUT: { status: 503, title: 'The directory could not be read in time' },
  FACTOR_PREDICTION_TOO_LARGE: { status: 413, title: 'The predictions are too many' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The upload is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The content type is not supported' },
  MISDIRECTED_REQUEST: { status: 421, title: 'The request is for another host' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },

  ...FILE_REFUSALS,

  // factor models
  FACTOR_ROOT_INVALID: { status: 400, title: 'The directory cannot be used' },
  FACTOR_SYMBOL_DUPLICATE: { status: 400, title: 'A symbol has several groups of artifacts' },
  FACTOR_MODEL_NOT_FOUND: { status: 404, title: 'No such factor model' },
  FACTOR_SYMBOL_NOT_FOUND: { status: 404, title: 'No such symbol in the factor model' },
  FACTOR_GROUP_NOT_FOUND: { status: 404, title: 'No such group of artifacts' },
  FACTOR_ROOT_NOT_HERE: { status: 503, title: 'This node cannot read the directory of the factor model' },
  FACTOR_PAYLOAD_NOT_FOUND: { status: 404, title: 'No unique model for this symbol' },
  FIELD_INVALID: { status: 422, title: 'A field of the request is not valid' },
  FACTOR_ROWS_INVALID: { status: 422, title: 'The rows do not match the model' },
  UBJSON_MALFORMED: { status: 422, title: 'The UBJSON is not valid' },
  NOT_XGBOOST: { status: 422, title: 'The file is not an XGBoost model' },
  XGBOOST_UNSUPPORTED: { status: 422, title: 'The XGBoost model uses a feature that is not supported' },
  FACTOR_FILE_INVALID: { status: 422, title: 'The artifact cannot be used' },

  // foreign files: market data
  MARKET_DATA_INVALID: { status: 422, title: 'The market data is not valid' },

  // the service
  INTERNAL: { status: 500, title: 'Internal error' },
  MODEL_LOAD_FAILED: { status: 503, title: 'The model could not be loaded' },
  FORECAST_TOO_SLOW: { status: 503, title: 'Forecasts of the package take too long' },
  INFERENCE_DIED: { status: 503, title: 'The model ends the inference process' },
  INFERENCE_UNAVAILABLE: { status: 503, title: 'The model cannot be computed now' },
  MARKET_UNAVAILABLE: { status: 503, title: 'Market data is not available now' },
  MARKET_SOURCE_MISMATCH: { status: 500, title: 'The database holds the candles of another market' },
  STORE_UNUSABLE: { status: 500, title: 'The store cannot be used' },
  PAGE_NOT_BUILT: { status: 503, title: 'The page is not built' },
  OVERLOADED: { status: 503, title: 'The service is overloaded' },
  SHUTTING_DOWN: { status: 503, title: 'The service is shutting down' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The database cannot be written' },
  PACKAGE_STORE_UNAVAILABLE: { status: 503, title: 'The object store of the packages is not available now' },
  PACKAGE_FILE_MISSING: { status: 503, title: 'A file of the package is missing' },
  PACKAGE_FILE_CORRUPT: { status: 503, title: 'A file of the package is not what was uploaded' },
  STORE_READ_ONLY: { status: 503, title: 'The folder of the packages cannot be written' },
  LEASE_LOST: { status: 503, title: 'Another node does this now' },
  DISK_FULL: { status: 507, title: 'The disk is full' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error with a stable code, and a message that may be shown to clients. */
export class PaperdeskError extends Error {
  readonly code: ErrorCode;
  /** Seconds for the header `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PaperdeskError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

/** The message of a PaperdeskError; messages of other errors may contain internals and are not shown. */
export function shownMessage(error: unknown): string {
  return error instanceof PaperdeskError ? error.message : 'an unexpected error; see the log';
}
