/**
 * Environment variables that must be set before onnxruntime creates its first session in a process. Without them
 * onnxruntime 1.30 opens a database in `~/.cache/Microsoft`, writes a log to the temporary folder and resolves the
 * host name of Microsoft's event collector.
 */
export const NO_TELEMETRY = { ORT_DISABLE_TELEMETRY: '1' } as const;
