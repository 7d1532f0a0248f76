import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OnnxGraph } from '../src/formats/onnx/onnx-graph.ts';
import { createSession } from '../src/models/session.ts';
import { type BenchResult, benchTable, median, timed } from './measure.ts';

const THREADS = 2;
const RUNS = 30;
/** A square product whose matrices stay in the caches. */
const SIDE = 768;
/** A matrix larger than any cache, like the head of a large forecaster: 256 MiB. */
const WIDE = { rows: 512, columns: 1 << 17 };

/** Additions and multiplications of one forecast of the production size, without and with its head. */
const PRODUCTION_GFLOP = 2.26;
const PRODUCTION_HEAD_GB = 0.462;

/** The limits of forecasts here: the rates of matrix products and of memory reads, with onnxruntime's kernels. */
export async function benchMachine(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-bench-'));
  try {
    const product = await timeProduct(folder, { rows: SIDE, columns: SIDE }, SIDE);
    const reading = await timeProduct(folder, WIDE, 1);
    const gflops = (2 * SIDE ** 3) / product / 1e6;
    const gigabytes = (WIDE.rows * WIDE.columns * 4) / reading / 1e6;
    return [
      { what: 'limit: float32 matrix products, 2 threads', figure: gflops, unit: 'GFLOP/s' },
      { what: 'limit: reading weights from memory, 2 threads', figure: gigabytes, unit: 'GB/s' },
      {
        what: 'limit: these two for one forecast of the production size',
        figure: (PRODUCTION_GFLOP / gflops + PRODUCTION_HEAD_GB / gigabytes) * 1000,
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Median ms of the product of a matrix, mapped from a file of zeros, with `batch` vectors. */
async function timeProduct(folder: string, { rows, columns }: typeof WIDE, batch: number): Promise<number> {
  const location = `${rows}x${columns}`;
  const length = rows * columns * Float32Array.BYTES_PER_ELEMENT;
  const file = await open(join(folder, location), 'w');
  await file.truncate(length);
  await file.close();

  const graph = new OnnxGraph('product');
  const input = graph.input('x', ['batch', columns]);
  const weight = graph.external({
    name: 'w',
    dims: [rows, columns],
    type: 'float32',
    location,
    offset: 0,
    length,
  });
  graph.output('y', graph.node('Gemm', [input, weight], { transB: 1 }), ['batch', rows]);
  const session = await createSession(graph.encode(), { folder, threads: THREADS });
  const values = new Float32Array(batch * columns).fill(0.5);
  const times: number[] = [];
  for (let run = 0; run < RUNS + 3; run++) {
    times.push(await timed(() => session.run(values, [batch, columns])));
  }
  await session.dispose();
  return median(times.slice(3));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchTable(await benchMachine()));
