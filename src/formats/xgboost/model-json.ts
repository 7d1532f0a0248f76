import { UbjsonFloat, type UbjsonValue } from '../ubjson/ubjson.ts';
import { float32Text } from './float32-text.ts';

/**
 * A model as XGBoost's `save_model("x.json")` writes it: keys in the order of the document, which is XGBoost's own, and
 * every number as the shortest decimal of its float32.
 */
export function writeModelJson(document: UbjsonValue): string {
  if (document === null) return 'null';
  switch (typeof document) {
    case 'boolean':
    case 'number':
    case 'bigint':
      return String(document);
    case 'string':
      return quoted(document);
  }
  if (document instanceof UbjsonFloat) return float32Text(Math.fround(document.value));
  if (document instanceof Float32Array) return floats(document);
  if (document instanceof Float64Array) return floats(Float32Array.from(document));
  if (ArrayBuffer.isView(document)) return `[${document.join(',')}]`;
  if (document instanceof Map) {
    const members = Array.from(document, ([key, value]) => `${quoted(key)}:${writeModelJson(value)}`);
    return `{${members.join(',')}}`;
  }
  return `[${document.map(writeModelJson).join(',')}]`;
}

function floats(values: Float32Array): string {
  let text = '';
  for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ',') + float32Text(values[i]!);
  return `[${text}]`;
}

/** XGBoost holds `\uXXXX` as it stood in what it once read, and writes it back like that. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  return json.includes('\\\\u') ? json.replace(/\\\\(u[0-9a-fA-F]{4})/g, '\\$1') : json;
}
