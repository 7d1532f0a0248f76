/** Watches what forecasts of a package take while it is in use (packages.md#60). */
export interface ForecastBudget {
  /** @param ms what a forecast took, or after which it was ended */
  note(id: string, ms: number): void;
  /** Listeners get the shortest of the forecasts that exceeded the limit, in ms. */
  onExceeded(listener: (id: string, bestMs: number) => void): void;
}

/** One slow forecast says little: the machine may have been busy, or the weights not in memory. */
const IN_A_ROW = 3;

export function createForecastBudget(limitMs: number): ForecastBudget {
  /** The latest forecasts that took too long, by package. */
  const slow = new Map<string, readonly number[]>();
  const listeners: ((id: string, bestMs: number) => void)[] = [];
  return {
    note(id, ms) {
      if (ms <= limitMs) {
        slow.delete(id);
        return;
      }
      const times = [...(slow.get(id) ?? []), ms];
      if (times.length < IN_A_ROW) {
        slow.set(id, times);
        return;
      }
      slow.delete(id);
      for (const listener of listeners) listener(id, Math.min(...times));
    },
    onExceeded(listener) {
      listeners.push(listener);
    },
  };
}
