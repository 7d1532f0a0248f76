/** Accounts store the next candle to execute themselves. */
export { down as up, up as down } from './0003_candle_cursors.ts';
