import { InferenceSession, Tensor } from 'onnxruntime-node';
import { NO_TELEMETRY } from './no-telemetry.ts';

// The inference process starts with these; benchmarks and tests also create sessions in their own process.
Object.assign(process.env, NO_TELEMETRY);

export interface SessionSettings {
  /** The folder of the files that the graph's external tensors name. */
  readonly folder?: string;
  readonly threads: number;
  /**
   * Whether constants may be copied into another layout. Without it they stay mapped from their file; products of
   * 8-bit matrices are fast only with it.
   */
  readonly prepack?: boolean;
}

/** A loaded graph with one float32 input and one float32 output. */
export interface Session {
  /** Computes the output for `values` of shape `dims`; blocks the thread. */
  run(values: Float32Array, dims: readonly number[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Creates the session of an ONNX model file from its bytes. */
export async function createSession(
  model: Uint8Array,
  { folder, threads, prepack = false }: SessionSettings,
): Promise<Session> {
  const session = await InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: {
      session: {
        ...(folder === undefined ? {} : { model_external_initializers_file_folder_path: folder }),
        ...(prepack ? {} : { disable_prepacking: '1' }),
        // Spinning idle threads would take a core from the service.
        intra_op: { allow_spinning: '0' },
      },
    },
  });
  const input = session.inputNames[0]!;
  const output = session.outputNames[0]!;
  return {
    async run(values, dims) {
      const results = await session.run({ [input]: new Tensor('float32', values, dims) });
      const { data } = results[output]!;
      if (!(data instanceof Float32Array))
        throw new TypeError(`The output ${output} is not an array of float32.`);
      return data;
    },
    dispose: () => session.release(),
  };
}
