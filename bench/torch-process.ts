import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Debian's torch in its own process. */
export interface TorchProcess {
  readonly version: string;
  /** The time of one forecast, in ms. */
  forecast(): Promise<number>;
  close(): void;
}

/** @returns undefined if python3-torch is not installed */
export async function startTorch(modelPath: string, threads: number): Promise<TorchProcess | undefined> {
  const script = fileURLToPath(new URL('./torch_forecast.py', import.meta.url));
  const python = spawn('/usr/bin/python3', ['-W', 'ignore', script, modelPath, String(threads)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  python.on('error', () => {});
  python.stdin.on('error', () => {});
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) return undefined;
  return {
    version: first.value,
    async forecast() {
      python.stdin.write('\n');
      const line = await lines.next();
      if (line.done === true) throw new Error('The process of torch ended.');
      return Number(line.value);
    },
    close: () => python.stdin.end(),
  };
}
