/**
 * Environment variables that a process must have before onnxruntime creates its first session. Without them
 * onnxruntime 1.30 opens a database in `~/.cache/Microsoft`, writes a log in the temporary folder and looks up the
 * address of its maker's event collector.
 */
export const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' } as const;
