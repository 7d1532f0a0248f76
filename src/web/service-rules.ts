// Numbers of the service's rules that the page shows; the page imports no values from the service.

/** What a package that declares nothing has, and an account without a package (pipelines.md#1). */
export const DEFAULT_PIPELINE = { decision_tf: '15m', intrabar_tf: '3m', max_hold_steps: 192 };
/** With more filled candles in the window nothing is opened (market.md#16). */
export const MAX_FILLED_CANDLES = 8;
/** Largest sum of margins when a lot opens, as a share of equity (paper.md#14). */
export const MAX_EXPOSURE = 0.1;
/** What figures need at least (statistics.md#12). */
export const FIGURE_NEEDS = {
  days: 30,
  activeDays: 10,
  lots: 31,
  positions: 10,
  averagedLots: 5,
  profitFactorLots: 20,
  profitFactorLosses: 5,
};
/** Figures beyond these are shown as above or below them (statistics.md#11). */
export const FIGURE_LIMITS = {
  sharpe: 10,
  sharpe_adjusted: 10,
  sortino: 20,
  calmar: 20,
  profit_factor: 20,
  annual_return_pct: '1,000 %',
};
/** Independent outcomes that shares of forecasts need, and the test of their skill (statistics.md#42, statistics.md#48). */
export const MIN_INDEPENDENT_FOR_SHARES = 10;
export const MIN_INDEPENDENT_FOR_SKILL = 20;
/** Characters that a password needs (factor-models.md#27). */
export const MIN_PASSWORD_LENGTH = 8;

/** The service compares no more accounts or replays than this at once. */
export const MAX_COMPARED = 7;
