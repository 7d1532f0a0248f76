const SHUTDOWN_LIMIT_MS = 10_000;

/**
 * Keeps the process running until SIGINT or SIGTERM, then closes and exits with 0, or with 1 if closing fails or
 * takes more than 10 s. A second signal exits at once.
 */
export function runUntilSignal(close: () => Promise<void>): void {
  let closing = false;
  const stop = () => {
    if (closing) process.exit(1);
    closing = true;
    const limit = setTimeout(() => {
      process.stderr.write(`Closing took more than ${SHUTDOWN_LIMIT_MS / 1000} s; giving up.\n`);
      process.exit(1);
    }, SHUTDOWN_LIMIT_MS);
    close().then(
      () => {
        clearTimeout(limit);
        process.exit(0);
      },
      (error: Error) => {
        process.stderr.write(`Closing failed: ${error.stack}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
