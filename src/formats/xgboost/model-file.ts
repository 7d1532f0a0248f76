import { PaperdeskError } from '../../errors.ts';
import { decompressJoblib } from '../sklearn/joblib.ts';
import { readUbjson } from '../ubjson/ubjson.ts';
import { MAX_MODEL_BYTES, readPickledModel, type SavedModel } from './booster-pickle.ts';
import { parseModelJson } from './model-document.ts';
import { writeModelJson } from './model-json.ts';
import { isOldFormat, oldFormat } from './old-format.ts';
import { savedByOfDocument } from './saved-by.ts';

/**
 * Reads a model by the content of its file, whatever its name: XGBoost's JSON or UBJSON, a pickle, or a file of
 * joblib.dump.
 * @param what how sentences about the file begin
 * @throws FACTOR_FILE_INVALID for a compression that is not read, and what the readers of each content throw
 */
export function readModelFile(bytes: Uint8Array, what: string): SavedModel {
  const start = Buffer.from(bytes.subarray(0, 64))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^\{\s*["}]/.test(start)) return readJson(bytes, what);
  if (start.startsWith('{')) return readUbjsonFile(bytes, what);
  if (/^\[\s*[[{]/.test(start)) {
    throw new PaperdeskError(
      'NOT_XGBOOST',
      `${what} is a list in JSON, such as get_dump() makes for people to read; save the model by save_model("x_model.json").`,
    );
  }
  const pickle = decompressJoblib(bytes, { what, maxBytes: MAX_MODEL_BYTES, code: 'FACTOR_FILE_INVALID' });
  if (pickle[0] !== 0x80 && isOldFormat(pickle)) throw oldFormat(pickle, what);
  return readPickledModel(pickle, what);
}

/** JSON is handed out as it is. */
function readJson(bytes: Uint8Array, what: string): SavedModel {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PaperdeskError('JSON_MALFORMED', `${what} is not UTF-8 text.`, { cause });
  }
  const document = parseModelJson(text, what);
  return { document, json: () => bytes, savedBy: savedByOfDocument(document) };
}

function readUbjsonFile(bytes: Uint8Array, what: string): SavedModel {
  const document = readUbjson(bytes, what);
  return { document, json: () => writeModelJson(document), savedBy: savedByOfDocument(document) };
}
