import { decodeText, readFactorList, readIcTable } from '../../src/factor-models/text-artifacts.ts';
import { readTrainingInfo } from '../../src/factor-models/training-info.ts';
import { memoryReader } from '../../src/formats/byte-reader.ts';
import { readPickledModel } from '../../src/formats/xgboost/booster-pickle.ts';
import { parseModelJson } from '../../src/formats/xgboost/model-document.ts';
import { readXgboostModel } from '../../src/formats/xgboost/xgboost-model.ts';
import { validatePair } from '../../src/packages/validate-pair.ts';
import { writePolicy } from '../helper/sb3-writer.ts';
import { patchTst, writeTorch } from '../helper/torch-writer.ts';
import type { Role } from './files-by-role.ts';

const WHAT = 'The file';
const forecast = memoryReader(writeTorch(patchTst()));
const policy = memoryReader(writePolicy());
const pair = { forecast, policy, scaler: undefined, manifest: undefined };

/** Reads a file in its role exactly as the service does, beside good files where it does not stand alone. */
export const READERS: Readonly<Record<Role, (bytes: Buffer) => unknown>> = {
  forecast: (bytes) => validatePair({ ...pair, forecast: memoryReader(bytes) }),
  policy: (bytes) => validatePair({ ...pair, policy: memoryReader(bytes) }),
  scaler: (bytes) => validatePair({ ...pair, scaler: memoryReader(bytes) }),
  manifest: (bytes) => validatePair({ ...pair, manifest: memoryReader(bytes) }),
  info: (bytes) => readTrainingInfo(bytes, WHAT),
  model: (bytes) => {
    const model = readPickledModel(bytes, WHAT);
    readXgboostModel(model.document, WHAT);
    model.json();
  },
  model_json: (bytes) => readXgboostModel(parseModelJson(decodeText(bytes, WHAT), WHAT), WHAT),
  ic: (bytes) => readIcTable(bytes, WHAT),
  factors: (bytes) => readFactorList(bytes, WHAT),
};
