/** Name of a file in the upload form (http.md#11). */
export type PartName = 'forecast_model' | 'ppo_model' | 'scaler' | 'manifest' | 'vec_normalize' | 'proof';

export interface UploadPart {
  readonly name: PartName;
  readonly label: string;
  readonly extensions: readonly string[];
  readonly isRequired: boolean;
  /** Shown while there is no file: what it is, or what happens without it. */
  readonly hint: string;
}

export const UPLOAD_PARTS: readonly UploadPart[] = [
  {
    name: 'forecast_model',
    label: 'Forecast model',
    extensions: ['.pt', '.pth'],
    isRequired: true,
    hint: 'the PatchTST state dict that torch.save wrote',
  },
  {
    name: 'ppo_model',
    label: 'Policy',
    extensions: ['.zip'],
    isRequired: true,
    hint: 'the archive that stable-baselines3 wrote',
  },
  {
    name: 'scaler',
    label: 'Scaler',
    extensions: ['.pkl', '.pickle', '.joblib', '.json'],
    isRequired: false,
    hint: 'default: the scaler that comes with paperdesk',
  },
  {
    name: 'manifest',
    label: 'Manifest',
    extensions: ['.json'],
    isRequired: false,
    hint: 'default: derived from the files',
  },
  {
    name: 'vec_normalize',
    label: 'Normalization',
    extensions: ['.pkl', '.pickle'],
    isRequired: false,
    hint:
      'the file that VecNormalize.save wrote: whether a policy was trained under VecNormalize cannot be told from ' +
      'its own file, and forgetting it makes the policy worthless',
  },
  {
    name: 'proof',
    label: 'Proof',
    extensions: ['.json'],
    isRequired: false,
    hint: 'what your code computes on some windows of candles: lets the service check that it computes the same',
  },
];

/** A larger JSON file cannot be a scaler, so it is not read. */
const MAX_SCALER_BYTES = 4_000_000;
/** So much of a file tells what it is. */
const START_BYTES = 4096;

/** The part that a file belongs to, by its extension and, for JSON, its content; undefined for other files. */
export async function partOf(file: File): Promise<PartName | undefined> {
  const extension = /\.[^.]+$/.exec(file.name.toLowerCase())?.[0];
  if (extension === undefined) return undefined;
  const matching = UPLOAD_PARTS.filter(({ extensions }) => extensions.includes(extension));
  if (matching.length < 2) return matching[0]?.name;
  // A pickle begins with the class of its object.
  if (extension !== '.json') return /VecNormalize/.test(await startOf(file)) ? 'vec_normalize' : 'scaler';
  if (/"format"\s*:\s*"paperdesk-proof\//.test(await startOf(file))) return 'proof';
  if (await isScaler(file)) return 'scaler';
  return /proof/i.test(file.name) ? 'proof' : 'manifest';
}

function startOf(file: File): Promise<string> {
  return file.slice(0, START_BYTES).text();
}

async function isScaler(file: File): Promise<boolean> {
  if (file.size > MAX_SCALER_BYTES) return false;
  try {
    const value: unknown = JSON.parse(await file.text());
    return typeof value === 'object' && value !== null && 'mean' in value && 'scale' in value;
  } catch {
    return /scaler/i.test(file.name);
  }
}

/** Words that training scripts put in every file name. */
const COMMON_WORDS =
  /\b(forecast|forecaster|model|patchtst|ppo|policy|final|best|scaler|manifest|vec|vecnormalize|normalize|proof)\b/g;

/** A name for the package from its folder, else from its file names; '' where all of them are common words. */
export function nameFor(folder: string | undefined, fileNames: readonly string[]): string {
  for (const candidate of [folder ?? '', ...fileNames.map((name) => name.replace(/\.[^.]+$/, ''))]) {
    const words = candidate.replace(/[_\-.\s]+/g, ' ').trim();
    if (words.toLowerCase().replace(COMMON_WORDS, '').trim() !== '') return candidate;
  }
  return '';
}
