const SHUTDOWN_LIMIT_MS = 10_000;

let isListening = false;
let isClosing = false;
/** Undefined while the process starts. */
let closeProcess: (() => Promise<void>) | undefined;

/**
 * From now on SIGINT and SIGTERM end the process at once, until `runUntilSignal` says how it is to be closed. To be called
 * before anything that takes time: for process 1 of a container the system ignores signals without a listener.
 */
export function endOnSignal(): void {
  if (isListening) return;
  isListening = true;
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(0));
}

/**
 * Keeps the process running until SIGINT or SIGTERM, then closes and exits with 0, or with 1 if closing fails or
 * takes more than 10 s. A second signal exits at once.
 */
export function runUntilSignal(close: () => Promise<void>): void {
  closeProcess = close;
  endOnSignal();
}

/** @param startingCode exit code of a process that was still starting: it has acknowledged nothing that could be lost */
function stop(startingCode: number): void {
  if (isClosing) process.exit(1);
  if (closeProcess === undefined) process.exit(startingCode);
  isClosing = true;
  const limit = setTimeout(() => {
    process.stderr.write(`Closing took more than ${SHUTDOWN_LIMIT_MS / 1000} s; giving up.\n`);
    process.exit(1);
  }, SHUTDOWN_LIMIT_MS);
  closeProcess().then(
    () => {
      clearTimeout(limit);
      process.exit(0);
    },
    (error: Error) => {
      process.stderr.write(`Closing failed: ${error.stack}\n`);
      process.exit(1);
    },
  );
}
