import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  loadRecording,
  moveRecording,
  moveToLastWeek,
  type Recording,
} from '../../../simulator/recording.ts';
import { PaperdeskError } from '../../errors.ts';
import { PROJECT_ROOT } from '../../runtime/project-root.ts';
import { dateOf } from '../../statistics/utc-days.ts';

const RECORDING_FOLDER = join(PROJECT_ROOT, 'recording');
/** Says which recording the store of a demo holds, and where in time. */
const PLACE_FILE = 'recording.json';

interface Place {
  readonly recorded: string;
  readonly movedByMs: number;
}

/** The recording of a demo, moved in time. */
export interface DemoRecording {
  readonly recording: Recording;
  /** By how much it was moved, ms. */
  readonly movedByMs: number;
}

/**
 * The recording, moved so that the first start of a demo lies in its last week. Later starts move it as the first did, since
 * the store has its candles.
 * @param folder for the data of the demo
 * @param now the clock, ms
 * @throws PaperdeskError STORE_UNUSABLE when the folder has the data of another recording
 */
export async function openDemoRecording(folder: string, now: number): Promise<DemoRecording> {
  const recording = await loadRecording(RECORDING_FOLDER);
  const recorded = recordedDays(recording);
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  if (names.length === 0) {
    const movedByMs = moveToLastWeek(recording, now);
    await writeFile(join(folder, PLACE_FILE), JSON.stringify({ recorded, movedByMs } satisfies Place));
    return { recording: moveRecording(recording, movedByMs), movedByMs };
  }
  const place = names.includes(PLACE_FILE) ? await readPlace(join(folder, PLACE_FILE)) : undefined;
  if (place?.recorded !== recorded) {
    throw new PaperdeskError(
      'STORE_UNUSABLE',
      `${folder} has a demo of ${place?.recorded ?? 'another recording'}, and this version plays ${recorded}. Delete the ` +
        'folder and start the demo again; nothing of value is in it.',
    );
  }
  const { movedByMs } = place;
  return { recording: moveRecording(recording, movedByMs), movedByMs };
}

/** When a recording was recorded, for people: `2025-03-17 to 2025-04-07 and ...`. */
export function recordedDays({ stretches = [] }: Pick<Recording, 'stretches'>): string {
  return stretches.map(({ from, to }) => `${dateOf(from)} to ${dateOf(to)}`).join(' and ');
}

async function readPlace(file: string): Promise<Place> {
  const { recorded, movedByMs } = JSON.parse(await readFile(file, 'utf8')) as Partial<Place>;
  if (typeof recorded === 'string' && Number.isSafeInteger(movedByMs))
    return { recorded, movedByMs: movedByMs as number };
  throw new PaperdeskError(
    'STORE_UNUSABLE',
    `${file} does not say which recording the demo plays; delete its folder.`,
  );
}
