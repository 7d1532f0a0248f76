import { decodeText, readFactorList, readIcTable } from '../../src/factor-models/text-artifacts.ts';
import { readTrainingInfo } from '../../src/factor-models/training-info.ts';
import { memoryReader } from '../../src/formats/byte-reader.ts';
import { readTorchFile } from '../../src/formats/torch/read-state-dict.ts';
import { readTensor } from '../../src/formats/torch/read-tensor.ts';
import { readPickledModel } from '../../src/formats/xgboost/booster-pickle.ts';
import { parseModelJson } from '../../src/formats/xgboost/model-document.ts';
import { readModelFile } from '../../src/formats/xgboost/model-file.ts';
import { readXgboostModel } from '../../src/formats/xgboost/xgboost-model.ts';
import { validatePair } from '../../src/packages/validate-pair.ts';
import { writePolicy } from '../helper/sb3-writer.ts';
import { ONE_PATCH, patchTst, writeTorch } from '../helper/torch-writer.ts';
import type { Role } from './files-by-role.ts';

const FILE_IN_ERRORS = 'The file';
const forecast = memoryReader(writeTorch(patchTst(ONE_PATCH)));
const policy = memoryReader(writePolicy());
const pair = { forecast, policy, scaler: undefined, manifest: undefined, vecNormalize: undefined };

/** Reads a file in its role as the service does; files of an upload are validated next to good ones. */
export const READERS: Readonly<Record<Role, (bytes: Buffer) => unknown>> = {
  forecast: (bytes) => validatePair({ ...pair, forecast: memoryReader(bytes) }),
  policy: (bytes) => validatePair({ ...pair, policy: memoryReader(bytes) }),
  scaler: (bytes) => validatePair({ ...pair, scaler: memoryReader(bytes) }),
  manifest: (bytes) => validatePair({ ...pair, manifest: memoryReader(bytes) }),
  vec_normalize: (bytes) => validatePair({ ...pair, vecNormalize: memoryReader(bytes) }),
  info: (bytes) => readTrainingInfo(bytes, FILE_IN_ERRORS),
  model: (bytes) => {
    const model = readPickledModel(bytes, FILE_IN_ERRORS);
    readXgboostModel(model.document, FILE_IN_ERRORS);
    model.json();
  },
  model_json: (bytes) =>
    readXgboostModel(parseModelJson(decodeText(bytes, FILE_IN_ERRORS), FILE_IN_ERRORS), FILE_IN_ERRORS),
  model_ubj: (bytes) => {
    const { document, json } = readModelFile(bytes, FILE_IN_ERRORS);
    readXgboostModel(document, FILE_IN_ERRORS);
    json();
  },
  ic: (bytes) => readIcTable(bytes, FILE_IN_ERRORS),
  factors: (bytes) => readFactorList(bytes, FILE_IN_ERRORS),
  state_dict: async (bytes) => {
    const reader = memoryReader(bytes);
    const { stateDicts } = await readTorchFile(reader);
    for (const tensor of stateDicts.flatMap(({ tensors }) => [...tensors.values()])) {
      if (tensor.dtype.includes('float')) await readTensor(reader, tensor);
    }
  },
};
