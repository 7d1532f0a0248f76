import { PaperdeskError } from '../../errors.ts';

/** What XGBoost 1.0 to 1.2 write before the binary format, with its configuration behind it. */
const WITH_CONFIGURATION = 'CONFIG-offset:';

/** Whether bytes look like XGBoost's own binary format: its mark, or a base score and a number of features. */
export function isOldFormat(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 16));
  if (head.toString('latin1').startsWith('binf') || isWithConfiguration(bytes)) return true;
  if (head.length < 16) return false;
  // struct LearnerModelParam: base_score, num_feature, num_class, contain_extra_attrs.
  const [base, features, classes] = [head.readFloatLE(0), head.readUInt32LE(4), head.readInt32LE(8)];
  const isCount = features > 0 && features < 2 ** 24 && classes >= 0 && classes < 10_000;
  return Number.isFinite(base) && Math.abs(base) < 1e6 && (base === 0 || Math.abs(base) > 1e-6) && isCount;
}

/** The error for a model in the binary format, with the versions that can convert it. */
export function oldFormat(bytes: Uint8Array, what: string): PaperdeskError {
  const since = isWithConfiguration(bytes)
    ? 'as XGBoost 1.0 to 1.2 pickle it; load it with XGBoost 1.7 and save it again: model.save_model("x_model.json")'
    : 'which XGBoost before 1.0 pickles and later versions save by save_model("x.bin"). Load it with XGBoost 1.7 and save it again: model.save_model("x_model.json"); a pickle that 1.7 cannot load must be loaded with XGBoost 0.90 first and saved by booster.save_model("x.bin")';
  return new PaperdeskError('XGBOOST_UNSUPPORTED', `${what} is in XGBoost's old binary format, ${since}.`);
}

function isWithConfiguration(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, WITH_CONFIGURATION.length)).toString('latin1') === WITH_CONFIGURATION;
}
