/** Requests come in bursts; one call follows each burst. */
const BURST_MS = 200;

/**
 * Calls an action soon after a request; requests until `intervalMs` after a call, 200 ms unless given, share the next
 * one. No request is lost, and requests that never end do not hold the action up.
 */
export function atMostEvery(intervalMs: number | undefined, action: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRequested = false;
  const call = () => {
    timer = undefined;
    if (!isRequested) return;
    isRequested = false;
    timer = setTimeout(call, intervalMs ?? BURST_MS);
    action();
  };
  return {
    request(): void {
      isRequested = true;
      timer ??= setTimeout(call, BURST_MS);
    },
    /** Forgets the requests so far. */
    cancel(): void {
      clearTimeout(timer);
      timer = undefined;
      isRequested = false;
    },
  };
}
