/** A file of an upload, by the name of its part (http.md#11). */
export type PartName = 'forecast_model' | 'ppo_model' | 'scaler' | 'manifest';

export interface UploadPart {
  readonly name: PartName;
  readonly label: string;
  /** Endings, as a file chooser takes them. */
  readonly endings: readonly string[];
  readonly isRequired: boolean;
  /** What happens without it. */
  readonly without: string;
}

export const UPLOAD_PARTS: readonly UploadPart[] = [
  {
    name: 'forecast_model',
    label: 'Forecast model',
    endings: ['.pt', '.pth'],
    isRequired: true,
    without: 'the PatchTST state dict that torch.save wrote',
  },
  {
    name: 'ppo_model',
    label: 'Policy',
    endings: ['.zip'],
    isRequired: true,
    without: 'the archive that stable-baselines3 wrote',
  },
  {
    name: 'scaler',
    label: 'Scaler',
    endings: ['.pkl', '.pickle', '.joblib', '.json'],
    isRequired: false,
    without: 'without it, the one that comes with paperdesk',
  },
  {
    name: 'manifest',
    label: 'Manifest',
    endings: ['.json'],
    isRequired: false,
    without: 'without it, what the files say themselves',
  },
];

/** Larger JSON is no manifest, and not read to find that out. */
const LARGEST_JSON = 4_000_000;

/** Which part a file is: by its ending, and JSON by what it holds; undefined where it is none of them. */
export async function partOf(file: File): Promise<PartName | undefined> {
  const ending = /\.[^.]+$/.exec(file.name.toLowerCase())?.[0];
  if (ending === undefined) return undefined;
  const fitting = UPLOAD_PARTS.filter(({ endings }) => endings.includes(ending));
  if (fitting.length < 2) return fitting[0]?.name;
  return (await holdsScaler(file)) ? 'scaler' : 'manifest';
}

async function holdsScaler(file: File): Promise<boolean> {
  if (file.size > LARGEST_JSON) return false;
  try {
    const value: unknown = JSON.parse(await file.text());
    return typeof value === 'object' && value !== null && 'mean' in value && 'scale' in value;
  } catch {
    return /scaler/i.test(file.name);
  }
}

/** Names that training scripts give every time tell nothing of the pair. */
const COMMON_WORDS = /\b(forecast|forecaster|model|patchtst|ppo|policy|final|best|scaler|manifest)\b/g;

/** A name for the pair, of the folder that it came in or of its files; '' where these say nothing. */
export function nameFor(folder: string | undefined, fileNames: readonly string[]): string {
  for (const candidate of [folder ?? '', ...fileNames.map((name) => name.replace(/\.[^.]+$/, ''))]) {
    const words = candidate.replace(/[_\-.\s]+/g, ' ').trim();
    if (words.toLowerCase().replace(COMMON_WORDS, '').trim() !== '') return candidate;
  }
  return '';
}
